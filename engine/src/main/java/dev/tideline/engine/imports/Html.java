package dev.tideline.engine.imports;

import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.ParseSettings;
import org.jsoup.parser.Parser;
import org.jsoup.parser.Tag;

/**
 * Converts texts that may be HTML to plain text. Only known HTML tags are treated as markup: {@code
 * Cable <USB-C> 2m} and {@code x<y} stay unchanged. Words that a browser separates stay separated.
 */
final class Html {

  /** Content that a browser does not show. */
  private static final Pattern HIDDEN =
      Pattern.compile(
          "<!--.*?-->|<!doctype[^>]*>|<(script|style)\\b[^>]*>.*?</\\1\\s*>",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** A tag whose attributes, if any, have values: {@code a<b and c>d} contains no tag. */
  private static final Pattern TAG =
      Pattern.compile(
          "</?([a-zA-Z][a-zA-Z0-9:-]*+)"
              + "(?:\\s*+[\\w:-]++\\s*+=\\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\\s\"'<>]++))*+\\s*+/?>");

  private static final Pattern ENTITY =
      Pattern.compile("&(?:#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});");

  private static final Pattern BLANKS = Pattern.compile("[ \\t]{2,}");
  private static final Pattern BLANK_LINES = Pattern.compile("[ \\t]*\\n\\s*");
  private static final String NAMESPACE = "http://www.w3.org/1999/xhtml";

  private Html() {}

  /** The plain text, with a line break for each HTML paragraph or break. */
  static String text(String text) {
    if (text.indexOf('<') < 0 && text.indexOf('&') < 0) {
      return text;
    }
    String shown = HIDDEN.matcher(text).replaceAll(" ");
    String untagged = TAG.matcher(shown).replaceAll(Html::replacement);
    String plain = ENTITY.matcher(untagged).replaceAll(Html::character);
    if (plain.equals(text)) {
      return text;
    }
    return BLANK_LINES.matcher(BLANKS.matcher(plain).replaceAll(" ")).replaceAll("\n");
  }

  private static String replacement(MatchResult tag) {
    String name = tag.group(1).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "br", "p", "div" -> "\n";
      default -> {
        if (!Tag.isKnownTag(name) && name.indexOf(':') < 0) {
          yield Matcher.quoteReplacement(tag.group());
        }
        boolean apart = Tag.valueOf(name, NAMESPACE, ParseSettings.htmlDefault).isBlock();
        yield apart ? " " : "";
      }
    };
  }

  private static String character(MatchResult entity) {
    String text = Parser.unescapeEntities(entity.group(), true).replace('\u00a0', ' ');
    boolean half = text.length() == 1 && Character.isSurrogate(text.charAt(0));
    return Matcher.quoteReplacement(half ? "\ufffd" : text);
  }
}
