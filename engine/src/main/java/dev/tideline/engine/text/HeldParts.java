package dev.tideline.engine.text;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.Analyzer.ReuseStrategy;
import org.apache.lucene.analysis.Analyzer.TokenStreamComponents;
import org.jspecify.annotations.Nullable;

/** For an analyzer that one thread uses at a time, whichever: keeps its parts, not by thread. */
final class HeldParts extends ReuseStrategy {

  private @Nullable TokenStreamComponents parts;

  @Override
  public @Nullable TokenStreamComponents getReusableComponents(Analyzer analyzer, String field) {
    return parts;
  }

  @Override
  public void setReusableComponents(
      Analyzer analyzer, String field, TokenStreamComponents components) {
    parts = components;
  }
}
