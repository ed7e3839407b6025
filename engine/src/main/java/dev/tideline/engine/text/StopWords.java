package dev.tideline.engine.text;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.ja.JapaneseAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.pl.PolishAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;

/**
 * Words such as "for" and "the", which a query may have and a product need not. They are in the
 * index all the same, so that "the who" can be found.
 */
public final class StopWords {

  private static final Map<ShopLanguage, StopWords> ALL = new EnumMap<>(ShopLanguage.class);

  static {
    for (ShopLanguage language : ShopLanguage.values()) {
      ALL.put(language, new StopWords(words(language)));
    }
  }

  private final CharArraySet words;

  private StopWords(CharArraySet words) {
    this.words = words;
  }

  public static StopWords of(ShopLanguage language) {
    return Objects.requireNonNull(ALL.get(language), "every language has some");
  }

  /** Whether a word, in lower case, is one of them. */
  public boolean contains(String word) {
    return words.contains(word);
  }

  private static CharArraySet words(ShopLanguage language) {
    return switch (language) {
      case EN -> EnglishAnalyzer.getDefaultStopSet();
      case DE -> GermanAnalyzer.getDefaultStopSet();
      case FR -> FrenchAnalyzer.getDefaultStopSet();
      case ES -> SpanishAnalyzer.getDefaultStopSet();
      case IT -> ItalianAnalyzer.getDefaultStopSet();
      case NL -> DutchAnalyzer.getDefaultStopSet();
      case PT -> PortugueseAnalyzer.getDefaultStopSet();
      case SV -> SwedishAnalyzer.getDefaultStopSet();
      case DA -> DanishAnalyzer.getDefaultStopSet();
      case PL -> PolishAnalyzer.getDefaultStopSet();
      case TR -> TurkishAnalyzer.getDefaultStopSet();
      case RU -> RussianAnalyzer.getDefaultStopSet();
      case SR -> SerbianAnalyzer.getDefaultStopSet();
      case AR -> ArabicAnalyzer.getDefaultStopSet();
      case JA -> JapaneseAnalyzer.getDefaultStopSet();
      case ZH, KO -> CharArraySet.EMPTY_SET;
    };
  }
}
