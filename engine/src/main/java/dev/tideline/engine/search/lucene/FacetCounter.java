package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.search.Facet;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.util.BytesRef;

/** Counts the values of one facet in the segments that one thread searches. */
final class FacetCounter extends SimpleCollector {

  private final String field;
  private final String prefix;
  private final Map<String, Long> counts = new HashMap<>();
  private SortedSetDocValues values = DocValues.emptySortedSet();

  /** The values' numbers in the segment that begin with the prefix, and how often each occurs. */
  private long first;

  private int[] perSegment = new int[0];

  private FacetCounter(Facet facet) {
    this.field =
        switch (facet.name()) {
          case "brand" -> IndexField.BRAND;
          case "category" -> IndexField.CATEGORY;
          case "in_stock" -> IndexField.IN_STOCK;
          default -> IndexField.ATTRIBUTE;
        };
    this.prefix = facet.isAttribute() ? IndexField.attributePrefix(facet.attribute()) : "";
  }

  /** Counts the most frequent values of a facet, equal ones by name. */
  static CollectorManager<FacetCounter, List<Facet.Count>> of(Facet facet) {
    return new CollectorManager<>() {
      @Override
      public FacetCounter newCollector() {
        return new FacetCounter(facet);
      }

      @Override
      public List<Facet.Count> reduce(Collection<FacetCounter> counters) throws IOException {
        Map<String, Long> counts = new HashMap<>();
        for (FacetCounter counter : counters) {
          counter.flush();
          counter.counts.forEach((value, count) -> counts.merge(value, count, Long::sum));
        }
        return top(counts);
      }
    };
  }

  /** A value that no filter may have, blank or with control characters, is not counted. */
  private static List<Facet.Count> top(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .filter(one -> !one.getKey().isBlank() && !Identifiers.hasControlCharacter(one.getKey()))
        .map(one -> new Facet.Count(one.getKey(), one.getValue()))
        .sorted(
            Comparator.comparingLong(Facet.Count::count)
                .reversed()
                .thenComparing(Facet.Count::value))
        .limit(Facet.VALUES_MAX)
        .toList();
  }

  @Override
  protected void doSetNextReader(LeafReaderContext leaf) throws IOException {
    flush();
    values = DocValues.getSortedSet(leaf.reader(), field);
    first = prefix.isEmpty() ? 0 : place(prefix);
    long end = prefix.isEmpty() ? values.getValueCount() : place(prefix + '\uffff');
    perSegment = new int[(int) (end - first)];
  }

  /** The number of the first value that is not below a text. */
  private long place(String text) throws IOException {
    long place = values.lookupTerm(new BytesRef(text));
    return place < 0 ? -place - 1 : place;
  }

  @Override
  public void collect(int document) throws IOException {
    if (perSegment.length > 0 && values.advanceExact(document)) {
      for (int i = values.docValueCount(); i > 0; i--) {
        long value = values.nextOrd() - first;
        if (value >= 0 && value < perSegment.length) {
          perSegment[(int) value]++;
        }
      }
    }
  }

  private void flush() throws IOException {
    for (int i = 0; i < perSegment.length; i++) {
      if (perSegment[i] > 0) {
        String value = values.lookupOrd(first + i).utf8ToString().substring(prefix.length());
        counts.merge(value, (long) perSegment[i], Long::sum);
      }
    }
    perSegment = new int[0];
  }

  @Override
  public ScoreMode scoreMode() {
    return ScoreMode.COMPLETE_NO_SCORES;
  }
}
