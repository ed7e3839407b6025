package dev.tideline.engine.search;

import dev.tideline.engine.words.SearchText;
import dev.tideline.engine.words.Vocabulary;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Marks the words of a text that a search looked for, in any of their forms, for HTML: the marks
 * are {@code <mark>} elements, all else is escaped. Immutable.
 */
final class WordHighlighter implements Highlighter {

  /** Of a long text, so many characters around the first marked word are kept. */
  static final int SNIPPET_LENGTH = 160;

  /** A word, with what may belong to it: a number and its unit, an apostrophe. */
  private static final Pattern WORD =
      Pattern.compile(
          "[\\p{N}][\\p{N}.,]*[ -]?(?:inch(?:es)?|in|feet|foot|ft|ounces?|oz|pounds?|lbs?|\"|”)(?![\\p{L}\\p{N}])"
              + "|[\\p{L}\\p{M}\\p{N}]+(?:['’][\\p{L}\\p{M}]+)*",
          Pattern.CASE_INSENSITIVE);

  private final Vocabulary vocabulary;
  private final Set<String> lexemes = new HashSet<>();
  private final Optional<String> beginning;

  /**
   * A highlighter.
   *
   * @param words folded; what was looked for
   * @param beginning folded; words that begin so are marked too
   */
  WordHighlighter(Vocabulary vocabulary, List<String> words, Optional<String> beginning) {
    this.vocabulary = vocabulary;
    this.beginning = beginning;
    words.forEach(word -> lexemes.add(vocabulary.lexeme(word)));
  }

  private boolean isWanted(String text) {
    for (String word : SearchText.fold(text).split(" ", -1)) {
      if (lexemes.contains(vocabulary.lexeme(word))
          || beginning.filter(word::startsWith).isPresent()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<String> mark(String text) {
    Matcher matcher = WORD.matcher(text);
    StringBuilder marked = new StringBuilder();
    int done = 0;
    boolean any = false;
    while (matcher.find()) {
      if (isWanted(matcher.group())) {
        any = true;
        marked.append(escaped(text.substring(done, matcher.start())));
        marked.append("<mark>").append(escaped(matcher.group())).append("</mark>");
        done = matcher.end();
      }
    }
    return any
        ? Optional.of(marked.append(escaped(text.substring(done))).toString())
        : Optional.empty();
  }

  @Override
  public Optional<String> snippet(String text) {
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      if (isWanted(matcher.group())) {
        int from = wordStart(text, Math.max(0, matcher.start() - SNIPPET_LENGTH / 3));
        int to = wordEnd(text, Math.min(text.length(), from + SNIPPET_LENGTH));
        return mark(text.substring(from, Math.max(to, matcher.end())))
            .map(part -> (from > 0 ? "… " : "") + part.strip() + (to < text.length() ? " …" : ""));
      }
    }
    return Optional.empty();
  }

  private static int wordStart(String text, int near) {
    int blank = text.indexOf(' ', near);
    return near == 0 || blank < 0 ? near : Math.min(blank + 1, text.length());
  }

  private static int wordEnd(String text, int near) {
    int blank = text.lastIndexOf(' ', near);
    return near == text.length() || blank <= 0 ? near : blank;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
