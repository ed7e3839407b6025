package dev.tideline.fleet;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("fleet");
  }

  @Override
  protected List<String> uses() {
    return List.of("embedded", "scaling");
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("Fleet");
  }

  @Override
  protected List<String> readsEnvironment() {
    return List.of("Fleet");
  }
}
