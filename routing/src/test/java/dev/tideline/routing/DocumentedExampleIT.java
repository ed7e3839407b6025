package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.embedded.postgres.Credentials;
import example.RoutingExample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example in the documentation is this source, and it runs. */
final class DocumentedExampleIT {

  @Test
  void document_showsTheSourceThatRunsHere() throws Exception {
    String source = Files.readString(Path.of("src/test/java/example/RoutingExample.java"));
    assertThat(Files.readString(Path.of("../docs/database-scaling.md"))).contains(source);
  }

  @Test
  void example_runs() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (TestCluster cluster = new TestCluster(2)) {
      cluster.run(0, "GRANT ALL ON SCHEMA public TO " + Credentials.APPLICATION);
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      RouterConfig config = cluster.config();
      RoutingExample.main(
          new String[] {
            config.primary().url(),
            config.replicas().get(0).url(),
            config.replicas().get(1).url(),
            config.user(),
            config.password()
          });
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("mugs: 1");
  }
}
