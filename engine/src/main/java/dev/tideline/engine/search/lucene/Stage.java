package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopFieldCollector;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopFieldDocs;

/** The best products of one query, in an order. */
record Stage(List<String> ids, List<Double> scores) {

  static final Stage EMPTY = new Stage(List.of(), List.of());

  /** Equal products come in the order of their ids, on every instance. */
  static final SortField BY_ID = new SortField(IndexField.ID, SortField.Type.STRING);

  /** Total hits are counted apart, where no score is needed. */
  private static final int COUNTED_EXACTLY = 1;

  /** Searches for at most {@code count} products; each has its text score whatever the order. */
  static Stage of(IndexSearcher searcher, Query query, Sort order, int count) throws IOException {
    int most = Math.min(count, searcher.getIndexReader().maxDoc());
    if (most == 0) {
      return EMPTY;
    }
    TopFieldDocs top =
        searcher.search(query, new TopFieldCollectorManager(order, most, null, COUNTED_EXACTLY));
    boolean scored = order.getSort()[0].getType() == SortField.Type.SCORE;
    if (!scored) {
      TopFieldCollector.populateScores(top.scoreDocs, searcher, query);
    }
    List<Double> scores = new ArrayList<>(top.scoreDocs.length);
    for (ScoreDoc each : top.scoreDocs) {
      scores.add(scored ? score((FieldDoc) each) : (double) each.score);
    }
    return new Stage(ids(searcher, top.scoreDocs), scores);
  }

  private static double score(FieldDoc document) {
    return document.fields == null ? 0 : ((Float) document.fields[0]).doubleValue();
  }

  private static List<String> ids(IndexSearcher searcher, ScoreDoc[] documents) throws IOException {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    String[] ids = new String[documents.length];
    Integer[] places = new Integer[documents.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    // values are read in the order of documents
    Arrays.sort(places, Comparator.comparingInt(i -> documents[i].doc));
    int leaf = -1;
    SortedDocValues values = DocValues.emptySorted();
    for (int place : places) {
      int document = documents[place].doc;
      int holder = ReaderUtil.subIndex(document, leaves);
      if (holder != leaf) {
        leaf = holder;
        values = DocValues.getSorted(leaves.get(leaf).reader(), IndexField.ID);
      }
      values.advanceExact(document - leaves.get(leaf).docBase);
      ids[place] = values.lookupOrd(values.ordValue()).utf8ToString();
    }
    return List.of(ids);
  }

  /** The first {@code count} of this followed by another. */
  Stage then(Stage next, int count) {
    List<String> allIds = new ArrayList<>(ids);
    allIds.addAll(next.ids());
    List<Double> allScores = new ArrayList<>(scores);
    allScores.addAll(next.scores());
    int end = Math.min(count, allIds.size());
    return new Stage(allIds.subList(0, end), allScores.subList(0, end));
  }

  /** The same without the first ones. */
  Stage from(int first) {
    int start = Math.min(first, ids.size());
    return new Stage(ids.subList(start, ids.size()), scores.subList(start, scores.size()));
  }
}
