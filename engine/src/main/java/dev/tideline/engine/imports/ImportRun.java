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
 * One import: reads the files, keeps count, and rejects what cannot be taken. The files may be read
 * several times; the last time counts. Used by one thread.
 *
 * @param <T> what records become
 */
final class ImportRun<T> implements AutoCloseable {

  /** Takes what was mapped. */
  @FunctionalInterface
  interface Sink<T> {
    /**
     * Takes a row.
     *
     * @param number of the file, from 0
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
   * @param place where rejected rows go; null for beside each file
   * @param progress hears how many bytes of all files are read
   */
  ImportRun(List<Path> files, FieldMapping mapping, @Nullable Path place, LongConsumer progress) {
    this.files = files;
    this.mapping = mapping;
    this.progress = progress;
    this.rejects = new Rejects(place, files);
  }

  /** Holds the headers of all files against what is asked for, before anything is read. */
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

  /** Whether all that was read comes from reject files. */
  boolean isOfRejects() {
    return rows > 0 && marked == rows;
  }

  /** Tells the user something. */
  void note(String note) {
    notes.add(note);
  }

  /** Rejects a record that had been taken. */
  void reject(String raw, RejectMark mark) {
    taken--;
    rejects.add(raw, mark);
  }

  /** Puts the rejected rows on disk: before the import is committed, or it is not. */
  void finish() {
    rejects.close();
  }

  /** The same for the same records in the same order, whatever their files are called. */
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

  /** Bytes of all files, for progress. */
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
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
