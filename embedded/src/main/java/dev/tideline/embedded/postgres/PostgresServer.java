package dev.tideline.embedded.postgres;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerProcess;
import dev.tideline.embedded.process.ServerProcess.StopSignal;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.process.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * One PostgreSQL server of a fleet: its data directory and settings.
 *
 * @param name {@code primary}, {@code replica-1} and so on
 * @param data absolute path of the data directory
 * @param upstreamPort port of the primary if this server is a replica, otherwise 0
 */
record PostgresServer(String name, Path data, int port, int upstreamPort, ServerSettings settings) {

  static final String HOST = "127.0.0.1";

  private static final String STANDBY_SIGNAL = "standby.signal";
  private static final String WRONG_PASSWORD = "28P01";

  /** Settings that all servers of a fleet share. */
  record ServerSettings(
      PostgresBinaries binaries, ServerUser user, Credentials credentials, Path logs, Path pids) {}

  boolean isReplica() {
    return upstreamPort != 0;
  }

  boolean exists() {
    return Files.exists(data.resolve("PG_VERSION"));
  }

  /** The replication slot that the primary keeps for this replica. */
  String slot() {
    return name.replace('-', '_');
  }

  /**
   * Creates an empty database cluster. It uses UTF-8 and the built-in Unicode locale, so that it
   * behaves the same on every machine.
   */
  void initialise() throws InterruptedException {
    try {
      createDataDirectory();
      Path password = Files.createTempFile(settings.pids(), "admin", ".tmp");
      try {
        Files.writeString(password, settings.credentials().admin() + "\n");
        settings.user().own(password);
        run(
            "initdb",
            "--pgdata=" + data,
            "--username=" + Credentials.ADMIN,
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=PG_UNICODE_FAST",
            "--data-checksums");
      } finally {
        Files.deleteIfExists(password);
      }
    } catch (IOException e) {
      throw new ServerException("cannot create the database cluster in " + data, e);
    }
  }

  void createDataDirectory() throws IOException {
    Files.createDirectories(data);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    settings.user().own(data);
  }

  /**
   * Writes the settings. Settings in {@code user.conf} in the same directory belong to the operator
   * and take precedence.
   */
  void configure() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "# Overwritten at every start. Put your own settings into user.conf in this"
                    + " directory.",
                "listen_addresses = '" + HOST + "'",
                "port = " + port,
                "unix_socket_directories = ''",
                "max_connections = 320",
                "shared_buffers = 128MB",
                "random_page_cost = 1.1",
                "jit = off",
                "fsync = on",
                "full_page_writes = on",
                "synchronous_commit = on",
                "wal_level = replica",
                "max_wal_size = 1GB",
                "max_wal_senders = 16",
                "max_replication_slots = 16",
                "# A dead replica must not fill the primary's disk: past this it is copied again.",
                "max_slot_wal_keep_size = 1GB",
                "hot_standby = on",
                "hot_standby_feedback = on",
                "wal_receiver_status_interval = 1s",
                "wal_retrieve_retry_interval = 200ms",
                "shared_preload_libraries = 'pg_stat_statements'",
                "log_line_prefix = '%m [%p] %a '",
                "log_checkpoints = off",
                "timezone = 'UTC'",
                "log_timezone = 'UTC'"));
    if (isReplica()) {
      lines.add(
          "primary_conninfo = 'host=%s port=%d user=%s password=%s application_name=%s'"
              .formatted(
                  HOST,
                  upstreamPort,
                  Credentials.REPLICATION,
                  settings.credentials().replication(),
                  name));
      lines.add("primary_slot_name = '" + slot() + "'");
    }
    lines.add("include_if_exists = 'user.conf'");
    try {
      StateFile.write(data.resolve("postgresql.conf"), String.join("\n", lines) + "\n");
      StateFile.write(
          data.resolve("pg_hba.conf"),
          """
          host all all 127.0.0.1/32 scram-sha-256
          host replication %s 127.0.0.1/32 scram-sha-256
          """
              .formatted(Credentials.REPLICATION));
      if (isReplica() && !Files.exists(data.resolve(STANDBY_SIGNAL))) {
        Files.createFile(data.resolve(STANDBY_SIGNAL));
      }
      removeStalePidFile();
      settings.user().own(data);
    } catch (IOException e) {
      throw new ServerException("cannot configure " + name, e);
    }
  }

  /**
   * Deletes a stale {@code postmaster.pid}. After a crash of the machine its pid may belong to
   * another program, which would prevent the start.
   */
  private void removeStalePidFile() throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    String first = StateFile.read(file).orElse("").lines().findFirst().orElse("").strip();
    boolean ours =
        first.matches("[1-9][0-9]{0,9}")
            && ProcessHandle.of(Long.parseLong(first))
                .map(process -> process.info().commandLine().orElse("").contains("postgres"))
                .orElse(false);
    if (!ours) {
      Files.delete(file);
    }
  }

  ServerProcess process() {
    List<String> command = new ArrayList<>(settings.user().prefix());
    command.addAll(List.of(settings.binaries().program("postgres"), "-D", data.toString()));
    return new ServerProcess(
        name,
        command,
        Map.of("LC_ALL", "C"),
        data,
        settings.logs().resolve(name + ".log"),
        settings.pids().resolve(name + ".pid"),
        StopSignal.INT, // fast shutdown; SIGTERM would wait until every client disconnects
        this::answers);
  }

  boolean answers() {
    try (Connection connection = connect("postgres")) {
      return connection.isValid(1);
    } catch (SQLException e) {
      if (WRONG_PASSWORD.equals(e.getSQLState())) {
        throw new ServerException(
            "the administrator's password in the secrets folder is not the database's password:"
                + " restore the old file");
      }
      return false;
    }
  }

  /** Opens a connection as the administrator. */
  Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", Credentials.ADMIN);
    properties.setProperty("password", settings.credentials().admin());
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("ApplicationName", "tideline-fleet");
    return DriverManager.getConnection(url(database), properties);
  }

  String url(String database) {
    return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(settings.user().prefix());
    command.add(settings.binaries().program(program));
    command.addAll(List.of(arguments));
    Path log = settings.logs().resolve(program + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(data.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    if (process.waitFor() != 0) {
      throw new ServerException(
          program
              + " failed with exit code "
              + process.exitValue()
              + ":\n"
              + Files.readString(log));
    }
  }
}
