package dev.tideline.engine.text;

import dev.tideline.engine.text.TextAnalyzer.Purpose;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.icu.ICUFoldingFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.util.graph.GraphTokenStreamFiniteStrings;

/** Analyses texts of queries and of products. Thread-safe. */
public final class TextAnalysis {

  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private static final Pattern DECIMAL = Pattern.compile("(?<=[0-9])d(?=[0-9])");
  private static final Pattern FRACTION = Pattern.compile("(?<=[0-9])fr(?=[0-9])");

  /** A text of a query has no more ways to be divided than this. */
  private static final int PATHS_MAX = 8;

  /**
   * Analyzers keep their parts per thread, and a request has a thread of its own: so they are lent
   * instead. As many as processors are kept, for analysis does nothing but compute.
   */
  private final Map<Kind, Pool> pools = new ConcurrentHashMap<>();

  private record Kind(ShopLanguage language, Purpose purpose) {}

  /** Analyzers of one kind that are not in use. */
  private static final class Pool {

    private final ConcurrentLinkedDeque<Analyzer> free = new ConcurrentLinkedDeque<>();
    private final Semaphore room = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Kind kind;

    private Pool(Kind kind) {
      this.kind = kind;
    }

    private <R> R lend(Function<Analyzer, R> work) {
      room.acquireUninterruptibly();
      Analyzer analyzer = free.poll();
      if (analyzer == null) {
        analyzer = new TextAnalyzer(kind.language(), kind.purpose(), new HeldParts());
      }
      try {
        R result = work.apply(analyzer);
        free.push(analyzer); // not after a failure, which leaves it in no known state
        return result;
      } finally {
        room.release();
      }
    }
  }

  private <R> R with(ShopLanguage language, Purpose purpose, Function<Analyzer, R> work) {
    return pools.computeIfAbsent(new Kind(language, purpose), Pool::new).lend(work);
  }

  /** An analyzer of an index's writer; it keeps what it needs for each thread. */
  public static Analyzer ofProducts(ShopLanguage language) {
    return new TextAnalyzer(language, Purpose.INDEX, Analyzer.GLOBAL_REUSE_STRATEGY);
  }

  /** The same for words as they are written. */
  public static Analyzer ofSurface(ShopLanguage language) {
    return new TextAnalyzer(language, Purpose.SURFACE, Analyzer.GLOBAL_REUSE_STRATEGY);
  }

  /**
   * The parts of a query that are looked for by themselves: what blanks separate, but a number
   * stays together with its unit.
   */
  public static List<String> units(String query) {
    try {
      String text = CharacterRules.apply(new StringReader(query)).readAllAsString().strip();
      return text.isEmpty() ? List.of() : List.of(BLANKS.split(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a text in memory
    }
  }

  /**
   * The terms of a unit of a query.
   *
   * @return the ways in which it may be divided, the likeliest first; each a sequence of terms that
   *     a product must have next to each other; empty if the text has no words
   */
  public List<List<String>> paths(ShopLanguage language, String text) {
    return with(
        language,
        Purpose.QUERY,
        analyzer -> {
          Set<List<String>> paths = new LinkedHashSet<>();
          try (TokenStream tokens = analyzer.tokenStream("", text)) {
            Iterator<TokenStream> ways =
                new GraphTokenStreamFiniteStrings(tokens).getFiniteStrings();
            while (ways.hasNext() && paths.size() < PATHS_MAX) {
              List<String> path = terms(ways.next());
              if (!path.isEmpty()) {
                paths.add(path);
              }
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e); // of a text in memory
          }
          return List.copyOf(paths);
        });
  }

  private static List<String> terms(TokenStream tokens) throws IOException {
    CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
    List<String> terms = new ArrayList<>();
    tokens.reset();
    while (tokens.incrementToken()) {
      terms.add(term.toString());
    }
    tokens.end();
    return terms;
  }

  /** The words of a text as people write them, in lower case, without accents. */
  public List<String> surface(ShopLanguage language, String text) {
    return with(
        language,
        Purpose.SURFACE,
        analyzer -> {
          try (TokenStream tokens = analyzer.tokenStream("", text)) {
            return terms(tokens);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A term of a text, and where in the text it comes from. */
  public record Occurrence(String term, int start, int end) {}

  /** All terms of a product's text, as the index has them, in order. */
  public List<Occurrence> occurrences(ShopLanguage language, String text) {
    return with(
        language,
        Purpose.INDEX,
        analyzer -> {
          List<Occurrence> found = new ArrayList<>();
          try (TokenStream tokens = analyzer.tokenStream("", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            OffsetAttribute offset = tokens.addAttribute(OffsetAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
              found.add(new Occurrence(term.toString(), offset.startOffset(), offset.endOffset()));
            }
            tokens.end();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return found;
        });
  }

  /** A title in one form for all that differ in capitals and blanks alone. */
  public static String exact(String title) {
    return BLANKS.matcher(title.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
  }

  /** A text without capitals, accents and needless blanks, as queries are shown and counted. */
  public static String folded(String text) {
    return BLANKS.matcher(ICUFoldingFilter.NORMALIZER.normalize(text)).replaceAll(" ").strip();
  }

  /** A unit of a query as people write it: {@code 1d75} is {@code 1.75}. */
  public static String shown(String unit) {
    return FRACTION.matcher(DECIMAL.matcher(folded(unit)).replaceAll(".")).replaceAll("/");
  }

  /** The letters and digits of an identifier, folded. */
  public static String identifier(String text) {
    return NO_WORD.matcher(ICUFoldingFilter.NORMALIZER.normalize(text)).replaceAll("");
  }
}
