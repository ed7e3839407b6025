package dev.tideline.cache;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("cache");
  }

  @Override
  protected List<String> uses() {
    return List.of();
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("Loads", "RedisTier");
  }
}
