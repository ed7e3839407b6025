package dev.tideline.routing;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("routing");
  }

  @Override
  protected List<String> uses() {
    return List.of();
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("NodePool");
  }
}
