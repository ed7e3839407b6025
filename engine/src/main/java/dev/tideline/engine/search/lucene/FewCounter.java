package dev.tideline.engine.search.lucene;

import java.io.IOException;
import java.util.Collection;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.CollectionTerminatedException;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;

/** Counts the products of a query as far as a limit, in the segments that one thread searches. */
final class FewCounter extends SimpleCollector {

  private final int limit;
  private int count;

  private FewCounter(int limit) {
    this.limit = limit;
  }

  /** How many products match; the limit if there are more. */
  static int count(IndexSearcher searcher, Query query, int limit) throws IOException {
    return searcher.search(
        query,
        new CollectorManager<FewCounter, Integer>() {
          @Override
          public FewCounter newCollector() {
            return new FewCounter(limit);
          }

          @Override
          public Integer reduce(Collection<FewCounter> counters) {
            return Math.min(limit, counters.stream().mapToInt(one -> one.count).sum());
          }
        });
  }

  @Override
  protected void doSetNextReader(LeafReaderContext leaf) {
    if (count >= limit) {
      throw new CollectionTerminatedException();
    }
  }

  @Override
  public void collect(int document) {
    count++;
    if (count >= limit) {
      throw new CollectionTerminatedException();
    }
  }

  @Override
  public ScoreMode scoreMode() {
    return ScoreMode.COMPLETE_NO_SCORES;
  }
}
