package dev.tideline.engine.text;

import java.io.IOException;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.jspecify.annotations.Nullable;

/**
 * Adds to each number with leading zeros the same number without them: {@code 0071}, {@code 71}.
 */
final class LeadingZeros extends TokenFilter {

  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final PositionIncrementAttribute increment =
      addAttribute(PositionIncrementAttribute.class);

  /** The token to repeat without zeros; null if there is none. */
  private @Nullable State pending;

  LeadingZeros(TokenStream tokens) {
    super(tokens);
  }

  @Override
  public boolean incrementToken() throws IOException {
    State again = pending;
    if (again != null) {
      pending = null;
      restoreState(again);
      int zeros = zeros();
      String stripped = term.toString().substring(zeros);
      term.setEmpty().append(stripped);
      increment.setPositionIncrement(0);
      return true;
    }
    if (!input.incrementToken()) {
      return false;
    }
    if (zeros() > 0) {
      pending = captureState();
    }
    return true;
  }

  /** How many zeros precede another digit, of a token that is all digits. */
  private int zeros() {
    int zeros = 0;
    while (zeros < term.length() - 1 && term.charAt(zeros) == '0') {
      zeros++;
    }
    for (int i = zeros; i < term.length(); i++) {
      if (term.charAt(i) < '0' || term.charAt(i) > '9') {
        return 0;
      }
    }
    return zeros;
  }

  @Override
  public void reset() throws IOException {
    super.reset();
    pending = null;
  }
}
