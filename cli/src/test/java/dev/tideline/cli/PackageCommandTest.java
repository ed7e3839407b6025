package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it makes is run by {@link ImageIT}. */
final class PackageCommandTest {

  @TempDir Path folder;

  private final StringWriter told = new StringWriter();

  private int run(String... arguments) {
    return Main.commandLine().setErr(new PrintWriter(told, true)).execute(arguments);
  }

  @Test
  void outputHoldsSomething_isLeftAlone() throws Exception {
    Path mine = Files.writeString(folder.resolve("mine"), "mine");
    assertThat(run("package", "--output", folder.toString())).isEqualTo(1);
    assertThat(told.toString()).contains("is not empty");
    assertThat(mine).hasContent("mine");
  }

  @Test
  void noOutput_isAskedFor() {
    assertThat(run("package")).isEqualTo(2);
    assertThat(told.toString()).contains("--output");
  }
}
