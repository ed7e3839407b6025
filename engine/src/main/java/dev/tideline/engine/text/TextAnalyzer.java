package dev.tideline.engine.text;

import java.io.Reader;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cn.smart.HMMChineseTokenizer;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.icu.ICUFoldingFilter;
import org.apache.lucene.analysis.icu.ICUNormalizer2Filter;
import org.apache.lucene.analysis.ja.JapaneseTokenizer;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterIterator;
import org.apache.lucene.analysis.sr.SerbianNormalizationFilter;
import org.apache.lucene.analysis.tr.ApostropheFilter;
import org.apache.lucene.analysis.tr.TurkishLowerCaseFilter;
import org.apache.lucene.analysis.util.ElisionFilter;

/**
 * Makes terms of a text. Index and queries use the same chain for a language, so that nothing has
 * to be kept in step.
 *
 * <p>Parts that were written together, such as {@code WX-7710} or {@code 256GB}, are terms of their
 * own beside the whole ({@code wx}, {@code 7710}, {@code wx7710}), so that each spelling finds the
 * others.
 */
final class TextAnalyzer extends Analyzer {

  /** What the terms are for. */
  enum Purpose {
    /** Terms of products: alternatives at one position, as an index can hold them. */
    INDEX,
    /** Terms of queries: a graph, in which alternatives may have different lengths. */
    QUERY,
    /** Words as people write them, but for capitals and accents; not stemmed, not divided. */
    SURFACE
  }

  private static final int PARTS =
      WordDelimiterGraphFilter.GENERATE_WORD_PARTS
          | WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS
          | WordDelimiterGraphFilter.CATENATE_ALL
          | WordDelimiterGraphFilter.SPLIT_ON_NUMERICS
          | WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE;

  private static final int SURFACE_PARTS =
      WordDelimiterGraphFilter.GENERATE_WORD_PARTS
          | WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS
          | WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE;

  private final ShopLanguage language;
  private final Purpose purpose;

  /**
   * An analyzer.
   *
   * @param reuse who keeps its parts from one text to the next
   */
  TextAnalyzer(ShopLanguage language, Purpose purpose, ReuseStrategy reuse) {
    super(reuse);
    this.language = language;
    this.purpose = purpose;
  }

  @Override
  protected Reader initReader(String field, Reader text) {
    return CharacterRules.apply(text);
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    Tokenizer tokenizer =
        switch (language) {
          case JA -> new JapaneseTokenizer(null, true, false, JapaneseTokenizer.Mode.SEARCH);
          case KO -> new KoreanTokenizer();
          case ZH -> new HMMChineseTokenizer();
          default -> new ChunkTokenizer();
        };
    TokenStream tokens = tokenizer;
    tokens = parts(tokens);
    tokens = lowerCase(tokens);
    if (purpose != Purpose.SURFACE) {
      tokens = Stems.of(language, tokens);
    }
    return new TokenStreamComponents(tokenizer, folded(tokens));
  }

  private TokenStream parts(TokenStream tokens) {
    TokenStream parts =
        switch (language) {
          case FR, IT -> new ElisionFilter(tokens, FrenchAnalyzer.DEFAULT_ARTICLES);
          case TR -> new ApostropheFilter(tokens);
          default -> tokens;
        };
    return switch (purpose) {
      case INDEX -> new FlattenGraphFilter(new LeadingZeros(divided(parts, PARTS)));
      case QUERY -> new LeadingZeros(divided(parts, PARTS));
      case SURFACE -> divided(parts, SURFACE_PARTS);
    };
  }

  /** Parts have the offsets of the whole: after character rules there are none of their own. */
  private static TokenStream divided(TokenStream tokens, int flags) {
    return new WordDelimiterGraphFilter(
        tokens,
        false,
        WordDelimiterIterator.DEFAULT_WORD_DELIM_TABLE,
        flags,
        CharArraySet.EMPTY_SET);
  }

  private TokenStream lowerCase(TokenStream tokens) {
    return language == ShopLanguage.TR
        ? new TurkishLowerCaseFilter(tokens)
        : new LowerCaseFilter(tokens);
  }

  /** Folds after stemming, since stemmers know words by their accents. */
  private TokenStream folded(TokenStream tokens) {
    return switch (language) {
      case JA, ZH, KO -> new ICUNormalizer2Filter(tokens); // a voiced kana is another letter
      case SR -> new ICUFoldingFilter(new SerbianNormalizationFilter(tokens));
      default -> new ICUFoldingFilter(tokens);
    };
  }
}
