package dev.tideline.bench.routing;

import picocli.CommandLine.Command;

/** What is measured of routing. */
@Command(
    name = "routing",
    mixinStandardHelpOptions = true,
    description = "What routing costs and gains.",
    subcommands = {OverheadBench.class, FailoverBench.class, CapacityBench.class},
    footer = {
      "",
      "Examples:",
      "  ./tideline bench routing overhead --rounds 5",
      "  ./tideline bench routing failover --rate 500 --threads 32",
      "  ./tideline bench routing capacity --cores 0.15"
    })
public final class RoutingBenches {}
