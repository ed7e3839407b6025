package dev.tideline.engine.index;

import dev.tideline.routing.token.Position;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;

/**
 * The products of an instance's index. One thread changes it; any thread reads. Changes are seen
 * after {@link #publish}, all at once.
 */
public final class ProductIndex implements Closeable {

  /** Changes are buffered in so much memory before they become a segment. */
  private static final double BUFFER_MEGABYTES = 32;

  private final IndexWriter writer;
  private final SnapshotDeletionPolicy commits;
  private final AtomicLong versions = new AtomicLong();
  private volatile IndexView view;
  private volatile boolean closed;

  private ProductIndex(IndexWriter writer, SnapshotDeletionPolicy commits, Position stamp)
      throws IOException {
    this.writer = writer;
    this.commits = commits;
    this.view = view(DirectoryReader.open(writer), stamp);
  }

  /** Creates an empty index. */
  public static ProductIndex create(Directory directory) throws IOException {
    return open(directory, OpenMode.CREATE, Position.UNKNOWN);
  }

  /**
   * Opens the index that a directory has.
   *
   * @param stamp from which on a read of the database shows nothing older
   * @throws IOException if it has none, or files are missing
   */
  static ProductIndex open(Directory directory, Position stamp) throws IOException {
    return open(directory, OpenMode.APPEND, stamp);
  }

  private static ProductIndex open(Directory directory, OpenMode mode, Position stamp)
      throws IOException {
    SnapshotDeletionPolicy commits =
        new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy());
    IndexWriterConfig config = new IndexWriterConfig(new IndexAnalyzer());
    config.setRAMBufferSizeMB(BUFFER_MEGABYTES);
    config.setSimilarity(new BM25Similarity());
    config.setIndexDeletionPolicy(commits);
    config.setOpenMode(mode);
    return new ProductIndex(new IndexWriter(directory, config), commits, stamp);
  }

  private IndexView view(DirectoryReader reader, Position stamp) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new BM25Similarity());
    return IndexView.of(searcher, versions.incrementAndGet(), stamp);
  }

  /** Adds products, or replaces those with the same ids. */
  public void put(Collection<IndexedProduct> products) throws IOException {
    for (IndexedProduct each : products) {
      writer.updateDocument(new Term(IndexField.ID, each.product().id()), ProductDocument.of(each));
    }
  }

  public void delete(Collection<String> ids) throws IOException {
    for (String id : ids) {
      writer.deleteDocuments(new Term(IndexField.ID, id));
    }
  }

  /**
   * Shows all changes to readers.
   *
   * @param stamp from which on a read of the database shows them
   */
  public void publish(Position stamp) throws IOException {
    IndexView before = view;
    DirectoryReader old = (DirectoryReader) before.searcher().getIndexReader();
    DirectoryReader changed = DirectoryReader.openIfChanged(old, writer);
    if (changed == null) {
      view = before.at(stamp);
    } else {
      view = view(changed, stamp);
      old.decRef(); // closed when its last reader ends
    }
  }

  /** What was published last; to be read only inside of {@link #read}, but for its numbers. */
  IndexView view() {
    return view;
  }

  /** From which position on a read of the database shows nothing older. */
  public Position stamp() {
    return view.stamp();
  }

  /**
   * Reads the index as it was last published.
   *
   * @return empty if it is closed
   */
  public <R> Optional<R> read(Function<IndexView, R> work) {
    while (true) {
      IndexView current = view;
      if (current.searcher().getIndexReader().tryIncRef()) {
        try {
          return Optional.of(work.apply(current));
        } finally {
          release(current);
        }
      }
      if (closed) {
        return Optional.empty();
      } // else it was published meanwhile
      Thread.onSpinWait();
    }
  }

  private static void release(IndexView view) {
    try {
      view.searcher().getIndexReader().decRef();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Commits what was changed, and keeps the files of it until {@link #release}. Not while another
   * thread changes the index.
   */
  IndexCommit commit() throws IOException {
    writer.commit();
    return commits.snapshot();
  }

  /** Lets the files of a commit go. */
  void release(IndexCommit commit) throws IOException {
    commits.release(commit);
  }

  /** Merges deleted products away, and all segments into few; for an index that was just built. */
  public void compact() throws IOException {
    writer.forceMerge(1);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    view.searcher().getIndexReader().decRef(); // closed when its last reader ends
    writer.rollback(); // nothing of it is kept
  }
}
