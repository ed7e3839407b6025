package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher of a checkout, in a checkout of its own with a Java and a Maven that only report.
 */
final class LauncherTest {

  private static final String JAVA =
      """
      #!/bin/sh
      [ "$1" = -version ] && { echo 'openjdk version "25.0.4"' >&2; exit; }
      printf '%s\\n' "home=$TIDELINE_HOME" "charset=${LC_ALL:-}" "arguments=$*"
      """;

  /** Builds what the launcher copies, and leaves a trace of itself. */
  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$*" >>maven.log
      mkdir -p cli/target/tideline/lib
      touch cli/target/tideline/lib/tideline.jar
      """;

  private record Outcome(int exitCode, String out, String err) {
    String value(String name) {
      return out.lines()
          .filter(line -> line.startsWith(name + "="))
          .map(line -> line.substring(name.length() + 1))
          .findFirst()
          .orElse("");
    }
  }

  @TempDir Path folder;
  private Path checkout;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeCheckout() throws Exception {
    checkout = Files.createDirectory(folder.toRealPath().resolve("checkout"));
    Files.copy(Path.of("../tideline"), checkout.resolve("tideline"));
    Files.copy(Path.of("../pom.xml"), checkout.resolve("pom.xml"));
    Files.createDirectories(checkout.resolve("cli/src/main"));
    program("jdk/bin/java", JAVA);
    program("jdk/bin/javac", "#!/bin/sh\n");
    program("bin/mvn", MAVEN);
    environment.put("JAVA_HOME", folder.resolve("jdk").toString());
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("HOME", folder.toString());
    environment.put("LC_ALL", "C.UTF-8");
  }

  private void program(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A build that is older than the sources. */
  private void build() throws IOException {
    Path built = Files.createDirectories(checkout.resolve("target/run/one/lib")).getParent();
    Path current = Files.writeString(checkout.resolve("target/run/current"), built + "\n");
    Files.setLastModifiedTime(current, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
  }

  private Outcome run(Path script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Outcome(
        exitCode,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Path launcher() {
    return checkout.resolve("tideline");
  }

  private boolean hasBuilt() {
    return Files.exists(checkout.resolve("maven.log"));
  }

  @Test
  void commandsAboutWhatRuns_sourcesAreNewer_buildNothing() throws Exception {
    build();
    for (String command : List.of("status", "down", "--version")) {
      Outcome outcome = run(launcher(), command);
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.value("arguments")).endsWith("tideline.jar " + command);
    }
    assertThat(hasBuilt()).isFalse();
  }

  @Test
  void commandsAboutWhatRuns_nothingIsBuilt_answerAllTheSame() throws Exception {
    assertThat(run(launcher(), "down").exitCode()).isZero();
    Outcome status = run(launcher(), "status", "--json");
    assertThat(status.exitCode()).isEqualTo(3);
    assertThat(status.out()).isEqualTo("{\"state\":\"down\"}\n");
    Outcome version = run(launcher(), "--version");
    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).matches("tideline \\S+ \\(unknown, not built\\)\\n");
    assertThat(hasBuilt()).isFalse();
  }

  @Test
  void otherCommands_sourcesAreNewer_buildWithTheCommitInTheBuild() throws Exception {
    build();
    git("init", "-q");
    git("add", "pom.xml");
    git("-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "-q", "-m", "First");
    Outcome outcome = run(launcher(), "doctor");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(Files.readString(checkout.resolve("maven.log")))
        .containsPattern("-Dbuild.commit=[0-9a-f]{12} ");
    assertThat(run(launcher(), "--version").exitCode()).isZero();
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", checkout.toString()));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void calledThroughSymbolicLinks_findsItsCheckout() throws Exception {
    build();
    Path bin = Files.createDirectories(folder.resolve("elsewhere/bin"));
    Files.createSymbolicLink(bin.resolve("first"), Path.of("../../checkout/tideline"));
    Files.createSymbolicLink(bin.resolve("second"), bin.resolve("first"));
    assertThat(run(bin.resolve("second"), "status").value("home")).isEqualTo(checkout.toString());
  }

  @Test
  void withoutHome_andWithCdpath_findsItsCheckout() throws Exception {
    build();
    environment.remove("HOME");
    environment.remove("JAVA_HOME");
    environment.put("PATH", folder.resolve("jdk/bin") + ":" + environment.get("PATH"));
    environment.put("CDPATH", folder.toString());
    Outcome outcome = run(Path.of("checkout/tideline"), "status");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.value("home")).isEqualTo(checkout.toString());
  }

  @Test
  void javaOnThePathIsOlder_andNoHome_looksInTheUsualPlaces() throws Exception {
    build();
    program("jdk/bin/java", JAVA.replace("25.0.4", "17.0.1"));
    environment.put("PATH", folder.resolve("jdk/bin") + ":/usr/bin:/bin");
    environment.remove("HOME");
    // Whether a JDK 25 is there or not: the search comes to its end.
    assertThat(run(launcher(), "status").err()).doesNotContain("parameter not set", "unbound");
  }

  @Test
  void localeThatIsNotUtf8_javaReadsFileNamesAsUtf8AllTheSame() throws Exception {
    Path other = folder.toRealPath().resolve("Läden-店");
    Files.move(checkout, other);
    checkout = other;
    build();
    for (String locale : List.of("C", "POSIX", "xx_XX.UTF-8")) {
      environment.put("LC_ALL", locale);
      Outcome outcome = run(launcher(), "status");
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.value("charset")).isEqualTo("C.UTF-8");
      assertThat(outcome.value("home")).isEqualTo(other.toString());
    }
  }
}
