package dev.tideline.engine.index;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.index.ChangeStore.Bookmark;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Published indexes in PostgreSQL. Thread-safe. */
final class SnapshotStore {

  /** Parts of files are as long, except the last. */
  private static final int PART_BYTES = 1 << 20;

  /** The one before is kept for instances that are reading it. */
  private static final int KEPT = 2;

  private static final String FIND =
      """
      SELECT s.id, s.epoch, s.lsn, CAST(s.bookmark AS text) AS bookmark, s.seen, s.products
      FROM index_snapshots s JOIN epoch e ON e.epoch = s.epoch
      WHERE s.format = :format AND s.id < :before ORDER BY s.id DESC LIMIT 1
      """;

  private static final String INSERT =
      """
      INSERT INTO index_snapshots (epoch, lsn, bookmark, seen, format, products)
      VALUES (:epoch, :lsn, CAST(CAST(:bookmark AS text) AS xid8), :seen, :format, :products) RETURNING id
      """;

  private static final String INSERT_PART =
      """
      INSERT INTO index_snapshot_files (snapshot_id, name, part, sha256, content)
      VALUES (:snapshot, :name, :part, sha256(:content), :content)
      """;

  private static final String PARTS =
      """
      SELECT name, part FROM index_snapshot_files WHERE snapshot_id = :snapshot ORDER BY name, part
      """;

  private static final String PART =
      """
      SELECT content, sha256 FROM index_snapshot_files
      WHERE snapshot_id = :snapshot AND name = :name AND part = :part
      """;

  private static final String PRUNE =
      """
      DELETE FROM index_snapshots WHERE id NOT IN (
        SELECT id FROM index_snapshots ORDER BY id DESC LIMIT :kept)
      """;

  private final ShopDatabase database;

  SnapshotStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * A published index.
   *
   * @param stamp a read of the database from here on shows nothing older
   * @param bookmark of the log of changed products
   */
  record Snapshot(long id, Position stamp, Bookmark bookmark, int products) {

    private static Snapshot of(ResultSet row) throws SQLException {
      return new Snapshot(
          row.getLong("id"),
          new Position(row.getString("epoch"), row.getLong("lsn")),
          new Bookmark(row.getString("bookmark"), SeenRows.parse(row.getString("seen"))),
          row.getInt("products"));
    }
  }

  /** The newest of the database's history in a format, with an id below one. */
  Optional<Snapshot> newest(String format, long below, ReadContext reads) {
    return database.read(
        "index_snapshot",
        reads,
        handle ->
            handle
                .createQuery(FIND)
                .bind("format", format)
                .bind("before", below)
                .map((row, context) -> Snapshot.of(row))
                .findOne());
  }

  /** Publishes all files of a folder that are named; in one transaction, so whole or not at all. */
  void publish(
      Position stamp,
      Bookmark bookmark,
      String format,
      int products,
      Path folder,
      Iterable<String> names) {
    database.write(
        "index_publish",
        handle -> {
          long id =
              handle
                  .createQuery(INSERT)
                  .bind("epoch", stamp.epoch())
                  .bind("lsn", stamp.lsn())
                  .bind("bookmark", bookmark.xact())
                  .bind("seen", bookmark.seen().toString())
                  .bind("format", format)
                  .bind("products", products)
                  .mapTo(Long.class)
                  .one();
          for (String name : names) {
            insert(handle, id, folder.resolve(name));
          }
          return handle.createUpdate(PRUNE).bind("kept", KEPT).execute();
        });
  }

  private static void insert(Handle handle, long snapshot, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(PART_BYTES);
      for (int part = 0; part == 0 || bytes.length > 0; part++) {
        handle
            .createUpdate(INSERT_PART)
            .bind("snapshot", snapshot)
            .bind("name", String.valueOf(file.getFileName()))
            .bind("part", part)
            .bind("content", bytes)
            .execute();
        bytes = in.readNBytes(PART_BYTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * Writes the files of a snapshot into a folder.
   *
   * @throws IOException if one is damaged, or cannot be written
   */
  void download(Snapshot snapshot, Path folder, ReadContext reads) throws IOException {
    List<Part> parts =
        database.read(
            "index_snapshot_parts",
            reads,
            handle ->
                handle
                    .createQuery(PARTS)
                    .bind("snapshot", snapshot.id())
                    .map((row, context) -> new Part(row.getString("name"), row.getInt("part")))
                    .list());
    int next = 0;
    String name = "";
    for (Part part : parts) {
      next = part.name().equals(name) ? next + 1 : 0;
      name = part.name();
      if (part.number() != next) {
        throw new IOException("part " + next + " of " + name + " is missing");
      }
      append(snapshot, part, folder, reads);
    }
  }

  private record Part(String name, int number) {}

  private record Content(ByteBuffer bytes, ByteBuffer sha256) {}

  private void append(Snapshot snapshot, Part part, Path folder, ReadContext reads)
      throws IOException {
    Content content =
        database
            .read(
                "index_snapshot_part",
                reads,
                handle ->
                    handle
                        .createQuery(PART)
                        .bind("snapshot", snapshot.id())
                        .bind("name", part.name())
                        .bind("part", part.number())
                        .map((row, context) ->
                            new Content(
                                ByteBuffer.wrap(row.getBytes("content")),
                                ByteBuffer.wrap(row.getBytes("sha256"))))
                        .findOne())
            .orElseThrow(() -> new IOException(part.name() + " was removed meanwhile"));
    byte[] bytes = content.bytes().array();
    if (!content.sha256().equals(ByteBuffer.wrap(sha256(bytes)))) {
      throw new IOException("part %d of %s is damaged".formatted(part.number(), part.name()));
    }
    Path file = folder.resolve(part.name()).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException(part.name() + " is not the name of a file");
    }
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(bytes);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
