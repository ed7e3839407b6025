package dev.tideline.bench.scaling;

import picocli.CommandLine.Command;

/** How a fleet grows and shrinks. */
@Command(
    name = "scaling",
    mixinStandardHelpOptions = true,
    description = "Measure a fleet of instances, each held to a share of a core.",
    subcommands = {LinearBench.class, ScalingRunBench.class},
    footer = {
      "",
      "Examples:",
      "  ./tideline bench scaling linear",
      "  ./tideline bench scaling run --output target/scaling"
    })
public final class ScalingBenches {}
