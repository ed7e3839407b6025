package dev.tideline.engine.index;

import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.TextAnalysis;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.core.KeywordAnalyzer;

/** Analyses each text field in its language. */
final class IndexAnalyzer extends DelegatingAnalyzerWrapper {

  private final Map<String, Analyzer> byField = new HashMap<>();
  private final Analyzer others = new KeywordAnalyzer();

  IndexAnalyzer() {
    super(PER_FIELD_REUSE_STRATEGY);
    for (ShopLanguage language : ShopLanguage.values()) {
      Analyzer terms = TextAnalysis.ofProducts(language);
      for (Text field : Text.values()) {
        byField.put(
            field.in(language), field == Text.SURFACE ? TextAnalysis.ofSurface(language) : terms);
      }
    }
  }

  @Override
  protected Analyzer getWrappedAnalyzer(String field) {
    return byField.getOrDefault(field, others);
  }
}
