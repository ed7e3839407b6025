package dev.tideline.bench.routing;

import picocli.CommandLine.Command;

/** What is measured of routing. */
@Command(
    name = "routing",
    mixinStandardHelpOptions = true,
    description = "What routing costs and gains.",
    subcommands = {OverheadBench.class, FailoverBench.class},
    footer = {
      "",
      "Examples:",
      "  ./tideline bench routing overhead --rounds 5",
      "  ./tideline bench routing failover --rate 500 --threads 32"
    })
public final class RoutingBenches {}
