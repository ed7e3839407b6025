package dev.tideline.scaling;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.tideline.embedded.ArchitectureTestCase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("scaling");
  }

  @Override
  protected List<String> uses() {
    return List.of();
  }

  /** Its inputs are arguments: it opens no file and no connection, and reads no clock. */
  @Test
  void inputsAreArguments() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.net..", "java.nio..", "java.sql..", "io.."));
    check(
        noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime"));
  }
}
