package dev.tideline.engine.search;

import java.util.List;
import java.util.Optional;

/** Writes marked texts as HTML. */
public final class Marks {

  /** Of a long text, so many characters around the first marked word are kept. */
  public static final int SNIPPET_LENGTH = 160;

  /** A part of a text; the end is exclusive. */
  public record Span(int start, int end) {}

  private Marks() {}

  /**
   * The whole text with its spans in {@code mark} elements.
   *
   * @param spans in the order of their starts; where they overlap, they are marked as one
   * @return empty if there are none
   */
  public static Optional<String> mark(String text, List<Span> spans) {
    return spans.isEmpty() ? Optional.empty() : Optional.of(marked(text, 0, text.length(), spans));
  }

  /** The part of a long text around the first span, cut at blanks; empty if there are none. */
  public static Optional<String> snippet(String text, List<Span> spans) {
    if (spans.isEmpty()) {
      return Optional.empty();
    }
    Span first = spans.getFirst();
    int from = wordStart(text, Math.max(0, first.start() - SNIPPET_LENGTH / 3));
    int to =
        Math.max(
            wordEnd(text, Math.min(text.length(), from + SNIPPET_LENGTH)),
            Math.min(text.length(), first.end()));
    String part = marked(text, Math.min(from, first.start()), to, spans).strip();
    return Optional.of((from > 0 ? "… " : "") + part + (to < text.length() ? " …" : ""));
  }

  private static String marked(String text, int from, int to, List<Span> spans) {
    StringBuilder html = new StringBuilder();
    int done = from;
    for (int i = 0; i < spans.size(); i++) {
      int start = spans.get(i).start();
      int end = spans.get(i).end();
      while (i + 1 < spans.size() && spans.get(i + 1).start() < end) {
        i++;
        end = Math.max(end, spans.get(i).end());
      }
      if (start >= done && end <= to) {
        html.append(escaped(text.substring(done, start)));
        html.append("<mark>").append(escaped(text.substring(start, end))).append("</mark>");
        done = end;
      }
    }
    return html.append(escaped(text.substring(done, to))).toString();
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
