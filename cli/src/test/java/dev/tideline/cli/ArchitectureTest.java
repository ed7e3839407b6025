package dev.tideline.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("cli");
  }

  @Override
  protected List<String> uses() {
    return List.of("embedded", "routing", "cache", "engine", "scaling", "service", "fleet");
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("AutoscaleCommand", "RestartCommand", "ServeCommand", "UpCommand");
  }

  @Override
  protected List<String> readsEnvironment() {
    return List.of(
        "AutoscaleCommand",
        "JobsCommand",
        "JobCommand",
        "ImportCommand",
        "Main",
        "ServeCommand",
        "UpCommand",
        "DoctorCommand",
        "ShopAccess");
  }

  @Test
  void noHelidon() {
    check(noClasses().should().dependOnClassesThat().resideInAPackage("io.helidon.."));
  }
}
