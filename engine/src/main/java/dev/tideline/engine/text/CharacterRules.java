package dev.tideline.engine.text;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;

/**
 * What is changed in a text before it is divided into words: marks that nobody types are removed,
 * and numbers are written in one way, each with its unit as one word. Offsets into the original
 * text are kept. Immutable.
 */
final class CharacterRules {

  private static final String FRACTIONS = "¼½¾⅓⅔⅛⅜⅝⅞";
  private static final List<String> FRACTION_TEXTS =
      List.of("1/4", "1/2", "3/4", "1/3", "2/3", "1/8", "3/8", "5/8", "7/8");

  private static final NormalizeCharMap MARKS = marks();

  private CharacterRules() {}

  private static NormalizeCharMap marks() {
    NormalizeCharMap.Builder map = new NormalizeCharMap.Builder();
    for (String removed : List.of("™", "®", "©", "℠", "\u00ad", "\u200b", "\u200e", "\u200f")) {
      map.add(removed, "");
    }
    for (String apostrophe : List.of("’", "‘", "′", "ʼ", "＇")) {
      map.add(apostrophe, "'");
    }
    for (String quote : List.of("”", "“", "„", "″", "''", "′′", "’’")) {
      map.add(quote, "\"");
    }
    for (String minus : List.of("−", "‐", "‑", "‒", "–")) {
      map.add(minus, "-");
    }
    for (int i = 0; i < FRACTIONS.length(); i++) {
      map.add(FRACTIONS.substring(i, i + 1), " " + FRACTION_TEXTS.get(i));
    }
    return map.build();
  }

  /** A text with the rules applied; each only if it can apply, for most texts need none. */
  static Reader apply(Reader text) {
    String all = read(text);
    Reader reader = new StringReader(all);
    boolean marked = all.contains("''") || all.chars().anyMatch(c -> c > 127);
    if (marked) {
      reader = new MappingCharFilter(MARKS, reader);
    }
    if (all.chars().noneMatch(c -> Character.isDigit(c) || FRACTIONS.indexOf(c) >= 0)) {
      return reader;
    }
    return new NumberRules(marked ? read(reader) : all, reader);
  }

  private static String read(Reader text) {
    try {
      return text.readAllAsString();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a text in memory
    }
  }
}
