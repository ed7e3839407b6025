package dev.tideline.bench;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("bench");
  }

  @Override
  protected List<String> uses() {
    return List.of("embedded", "routing", "cache", "engine", "scaling", "service", "fleet");
  }

  /** A benchmark's load runs for as long as the benchmark. */
  @Override
  protected List<String> startsThreads() {
    return List.of(
        "BenchFleet",
        "CompareBench",
        "EvenLoad",
        "FailoverBench",
        "InstanceProcess",
        "RedisFaultsBench",
        "ScalingRunBench",
        "ScalingTimeline",
        "WritesBench");
  }

  @Override
  protected List<String> readsEnvironment() {
    return List.of("InstanceProcess");
  }
}
