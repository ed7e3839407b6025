package dev.tideline.embedded.postgres;

import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.ServerException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * Copies a replica from a running primary on the same machine. It uses PostgreSQL's low-level
 * backup API ("Making a Base Backup Using the Low Level API" in its documentation), because the
 * embedded distribution has no {@code pg_basebackup}.
 */
final class ReplicaCopy {

  /** Directories that are created empty: their content belongs to the running primary. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "standby.signal", "recovery.signal", "user.conf");

  private ReplicaCopy() {}

  /**
   * Replaces the replica's data directory with a copy of the primary's, and creates its replication
   * slot.
   */
  static void make(PostgresServer primary, PostgresServer replica) {
    try (Connection connection = primary.connect("postgres")) {
      BinaryCache.delete(replica.data());
      replica.createDataDirectory();
      recreateSlot(connection, replica.slot());
      execute(connection, "SELECT pg_backup_start(?, true)", "copy for " + replica.name());
      copy(primary.data(), replica.data());
      try (PreparedStatement stop =
              connection.prepareStatement("SELECT labelfile FROM pg_backup_stop(false)");
          ResultSet label = stop.executeQuery()) {
        label.next();
        Files.writeString(replica.data().resolve("backup_label"), label.getString(1));
      }
      Files.createDirectories(replica.data().resolve("pg_wal/archive_status"));
    } catch (SQLException | IOException e) {
      throw new ServerException("cannot copy " + replica.name() + " from the primary", e);
    }
  }

  private static void recreateSlot(Connection connection, String slot) throws SQLException {
    execute(
        connection,
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            + " WHERE slot_name = ? AND NOT active",
        slot);
    execute(connection, "SELECT pg_create_physical_replication_slot(?, true)", slot);
  }

  private static void execute(Connection connection, String sql, String argument)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, argument);
      statement.execute();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(folder));
            if (!folder.equals(from)) {
              Files.createDirectory(target);
              Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(folder));
            }
            return isChildOfRoot(folder) && EMPTIED.contains(name(folder))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!(isChildOfRoot(file) && LEFT_OUT.contains(name(file)))) {
              copyIfThere(file, to.resolve(from.relativize(file)));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // dropped meanwhile; WAL replay drops it too
            }
            throw e;
          }

          private boolean isChildOfRoot(Path path) {
            return from.equals(path.getParent());
          }
        });
  }

  private static void copyIfThere(Path file, Path target) throws IOException {
    try {
      Files.copy(file, target);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(target);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
