package dev.tideline.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("embedded");
  }

  @Override
  protected List<String> uses() {
    return List.of();
  }

  @Override
  protected List<String> readsEnvironment() {
    return List.of("Programs");
  }

  @Test
  void noServerOfHttp() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.helidon..", "io.vertx.."));
  }

  @Test
  void noCycles_rootPackageAndOneBelowUseEachOther_isFound() {
    assertThatThrownBy(() ->
            noCycles()
                .check(new ClassFileImporter().importPackages("dev.tideline.embedded.circle")))
        .hasMessageContaining("Cycle detected");
  }

  /** Modules that do not know each other have a copy each. */
  @Test
  void backgroundLoops_areEqual() throws IOException {
    Set<String> texts = new HashSet<>();
    for (String folder :
        List.of(
            "routing/src/main/java/dev/tideline/routing/node",
            "cache/src/main/java/dev/tideline/cache",
            "embedded/src/main/java/dev/tideline/embedded/process")) {
      String text = Files.readString(Path.of("..", folder, "BackgroundLoop.java"));
      texts.add(text.substring(text.indexOf(';')));
    }
    assertThat(texts).hasSize(1);
  }
}
