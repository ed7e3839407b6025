package dev.tideline.engine.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.de.GermanLightStemFilter;
import org.apache.lucene.analysis.de.GermanNormalizationFilter;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.es.SpanishPluralStemFilter;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter.StemmerOverrideMap;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.pl.PolishAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseMinimalStemFilter;
import org.apache.lucene.analysis.ru.RussianLightStemFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.stempel.StempelFilter;
import org.apache.lucene.analysis.stempel.StempelStemmer;
import org.apache.lucene.analysis.sv.SwedishMinimalStemFilter;

/**
 * What makes one term of the forms of a word, by language. Stemmers that join singular and plural
 * alone are preferred where there are some: of products, "lighter" and "light" are not the same.
 */
final class Stems {

  /** English plurals that no ending tells, and words that only look like plurals. */
  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("knives", "knife"),
          Map.entry("wives", "wife"),
          Map.entry("lives", "life"),
          Map.entry("wolves", "wolf"),
          Map.entry("calves", "calf"),
          Map.entry("halves", "half"),
          Map.entry("elves", "elf"),
          Map.entry("shelves", "shelf"),
          Map.entry("loaves", "loaf"),
          Map.entry("leaves", "leaf"),
          Map.entry("thieves", "thief"),
          Map.entry("scarves", "scarf"),
          Map.entry("hooves", "hoof"),
          Map.entry("mice", "mouse"),
          Map.entry("lice", "louse"),
          Map.entry("dice", "die"),
          Map.entry("geese", "goose"),
          Map.entry("feet", "foot"),
          Map.entry("teeth", "tooth"),
          Map.entry("men", "man"),
          Map.entry("women", "woman"),
          Map.entry("children", "child"),
          Map.entry("mens", "man"),
          Map.entry("womens", "woman"),
          Map.entry("childrens", "child"),
          Map.entry("oxen", "ox"),
          Map.entry("buses", "bus"),
          Map.entry("busses", "bus"),
          Map.entry("gases", "gas"),
          Map.entry("lenses", "lens"),
          Map.entry("canvases", "canvas"),
          Map.entry("boxes", "box"),
          Map.entry("quizzes", "quiz"),
          Map.entry("tomatoes", "tomato"),
          Map.entry("potatoes", "potato"),
          Map.entry("movies", "movie"),
          Map.entry("cookies", "cookie"),
          Map.entry("shoes", "shoe"),
          Map.entry("lens", "lens"),
          Map.entry("gas", "gas"),
          Map.entry("bus", "bus"),
          Map.entry("canvas", "canvas"));

  private static final StemmerOverrideMap ENGLISH = overrides(IRREGULAR);

  /** The stemmer takes their last letter for a plural's. */
  private static final StemmerOverrideMap DUTCH =
      overrides(Map.of("fiets", "fiets", "bromfiets", "bromfiets", "eieren", "ei"));

  /** Plurals alone: the Snowball stemmer shortens many nouns that have no ending. */
  private static final Pattern TURKISH_PLURAL =
      Pattern.compile("^(.{3,})(?:lar|ler)(?:ı|i|ın|in|a|e|da|de|dan|den)?$");

  private Stems() {}

  private static StemmerOverrideMap overrides(Map<String, String> stems) {
    StemmerOverrideFilter.Builder builder = new StemmerOverrideFilter.Builder(true);
    stems.forEach(builder::add);
    try {
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a map in memory
    }
  }

  /** Stems lower-case tokens. */
  static TokenStream of(ShopLanguage language, TokenStream tokens) {
    return switch (language) {
      case EN -> new EnglishMinimalStemFilter(new StemmerOverrideFilter(tokens, ENGLISH));
      case DE -> new GermanLightStemFilter(new GermanNormalizationFilter(tokens));
      case FR -> new FrenchLightStemFilter(tokens);
      case ES -> new SpanishPluralStemFilter(tokens);
      case IT -> new SnowballFilter(tokens, "Italian");
      case NL -> new SnowballFilter(new StemmerOverrideFilter(tokens, DUTCH), "Dutch");
      case PT -> new PortugueseMinimalStemFilter(tokens);
      case SV -> new SwedishMinimalStemFilter(tokens);
      case DA -> new SnowballFilter(tokens, "Danish");
      case PL -> new StempelFilter(tokens, new StempelStemmer(PolishAnalyzer.getDefaultTable()));
      case TR -> new PatternReplaceFilter(tokens, TURKISH_PLURAL, "$1", false);
      case RU -> new RussianLightStemFilter(tokens);
      case SR -> new SnowballFilter(tokens, "Serbian");
      case AR -> new ArabicStemFilter(new ArabicNormalizationFilter(tokens));
      case JA, ZH, KO -> tokens;
    };
  }
}
