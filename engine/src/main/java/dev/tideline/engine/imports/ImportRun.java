package dev.tideline.engine.imports;

import dev.tideline.engine.imports.ImportStore.Merged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One import: reads the files, counts rows, and rejects rows that cannot be imported. The files may
 * be read several times; the result is that of the last time. Used by one thread.
 *
 * @param <T> what records become
 */
final class ImportRun<T> implements AutoCloseable {

  /** Receives the mapped rows. */
  @FunctionalInterface
  interface Sink<T> {
    /**
     * Receives a row.
     *
     * @param number the number of the file, from 0
     */
    void take(int number, SourceRecord record, Mapped.Row<T> row);
  }

  private final List<Path> files;
  private final FieldMapping mapping;
  private final LongConsumer progress;
  private final Rejects rejects;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> unseen = new TreeSet<>();
  private MessageDigest digest = sha256();
  private long rows;
  private long taken;
  private long marked;

  /**
   * An import of files.
   *
   * @param place a file or a folder for rejected rows; null for beside each file
   * @param progress receives how many bytes of all files have been read
   */
  ImportRun(List<Path> files, FieldMapping mapping, @Nullable Path place, LongConsumer progress) {
    this.files = files;
    this.mapping = mapping;
    this.progress = progress;
    this.rejects = new Rejects(place, files);
  }

  /** Checks the headers of all files before rows are read. */
  void check(RecordMapper<?> mapper) {
    notes.addAll(Columns.check(files, mapping, mapper));
  }

  /** Reads all files from the beginning. */
  void read(RecordMapper<T> mapper, Sink<T> sink) {
    rejects.clear();
    digest = sha256();
    rows = 0;
    taken = 0;
    marked = 0;
    unseen.clear();
    unseen.addAll(mapping.columns().values());
    long before = 0;
    for (int i = 0; i < files.size(); i++) {
      int number = i;
      long base = before;
      new RecordReader(files.get(i), bytes -> progress.accept(base + bytes))
          .read(record -> take(number, record, mapper, sink));
      before += size(files.get(i));
    }
  }

  private void take(int number, SourceRecord record, RecordMapper<T> mapper, Sink<T> sink) {
    rows++;
    marked += record.marked() ? 1 : 0;
    rejects.read(record);
    String damage = record.damage();
    if (damage != null) {
      rejects.add(record, RejectMark.DAMAGED, damage);
      return;
    }
    digest.update(record.identity().getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    if (!unseen.isEmpty()) {
      unseen.removeAll(record.columns());
    }
    switch (mapper.map(record)) {
      case Mapped.Row<T> row -> {
        taken++;
        sink.take(number, record, row);
      }
      case Mapped.Gathered<T> gathered -> taken++;
      case Mapped.Rejected<T>(String reason, String message) ->
          rejects.add(record, reason, message);
    }
  }

  /** Whether all rows were read from reject files. */
  boolean isOfRejects() {
    return rows > 0 && marked == rows;
  }

  /** Adds a note for the user. */
  void note(String note) {
    notes.add(note);
  }

  /** Rejects a record that was counted as loaded. */
  void reject(String raw, RejectMark mark) {
    taken--;
    rejects.add(raw, mark);
  }

  /** Writes the rejected rows to disk. It must succeed before the import is committed. */
  void finish() {
    rejects.close();
  }

  /** A digest of the records and their order; it does not depend on the names of the files. */
  String contents() {
    return "contents:" + HexFormat.of().formatHex(digest.digest());
  }

  ImportReport report(Merged merged) {
    List<String> all = new ArrayList<>(notes);
    if (!unseen.isEmpty() && rows > 0) {
      all.add("no record has " + String.join(", ", unseen) + ", which --map names");
    }
    return new ImportReport(
        rows,
        taken,
        rejects.counts(),
        merged.created(),
        merged.changed(),
        merged.unchanged(),
        rejects.files().stream().map(Path::toString).toList(),
        all);
  }

  @Override
  public void close() {
    rejects.close();
  }

  /** The size of all files in bytes, for progress. */
  static long totalSize(List<Path> files) {
    return files.stream().mapToLong(ImportRun::size).sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ImportException("cannot read " + file, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
