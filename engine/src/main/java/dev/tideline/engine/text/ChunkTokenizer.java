package dev.tideline.engine.text;

import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.io.IOException;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/**
 * Divides a text at white space, and inside of what is left only where a script without spaces
 * begins, ends, or has a word boundary by its dictionary (UAX #29 as ICU implements it).
 * Punctuation stays inside of the chunks, so that a later filter knows which parts were written
 * together, as in {@code WX-7710}. Chunks of more than {@value #CHUNK_MAX} characters are cut.
 */
final class ChunkTokenizer extends Tokenizer {

  /** Longer terms are not useful; Lucene's own limit is 32,766 bytes. */
  static final int CHUNK_MAX = 255;

  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final OffsetAttribute offset = addAttribute(OffsetAttribute.class);
  private final BreakIterator words = BreakIterator.getWordInstance(ULocale.ROOT);
  private String text = "";
  private int next;

  /** The end of the run without spaces that is being divided; 0 outside of one. */
  private int runEnd;

  @Override
  public boolean incrementToken() {
    clearAttributes();
    for (int start = skip(next); start < text.length(); start = skip(next)) {
      next = isUnspaced(text.codePointAt(start)) ? wordEnd(start) : chunkEnd(start);
      if (hasWord(start, next)) { // a dash alone is no word, and takes no position
        term.append(text, start, next);
        offset.setOffset(correctOffset(start), correctOffset(next));
        return true;
      }
    }
    return false;
  }

  private boolean hasWord(int start, int end) {
    return text.substring(start, end).codePoints().anyMatch(Character::isLetterOrDigit);
  }

  private int skip(int from) {
    int at = from;
    while (at < text.length() && isSpace(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  private int chunkEnd(int start) {
    int at = start;
    while (at < text.length() && at - start < CHUNK_MAX) {
      int c = text.codePointAt(at);
      if (isSpace(c) || isUnspaced(c)) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  private int wordEnd(int start) {
    if (start >= runEnd) {
      runEnd = start;
      while (runEnd < text.length() && isUnspaced(text.codePointAt(runEnd))) {
        runEnd += Character.charCount(text.codePointAt(runEnd));
      }
    }
    return Math.min(Math.min(words.following(start), runEnd), start + CHUNK_MAX);
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
  }

  private static boolean isUnspaced(int c) {
    if (c < 0x0E00) {
      return false;
    }
    return switch (UScript.getScript(c)) {
      case UScript.HAN,
          UScript.HIRAGANA,
          UScript.KATAKANA,
          UScript.THAI,
          UScript.LAO,
          UScript.KHMER,
          UScript.MYANMAR ->
          true;
      default -> false;
    };
  }

  @Override
  public void reset() throws IOException {
    super.reset();
    text = input.readAllAsString();
    words.setText(text);
    next = 0;
    runEnd = 0;
  }

  @Override
  public void end() throws IOException {
    super.end();
    int last = correctOffset(text.length());
    offset.setOffset(last, last);
  }
}
