package dev.tideline.bench.cache;

import picocli.CommandLine.Command;

/** What is measured of caching. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "What caching saves, and what it costs.",
    subcommands = {PopularBench.class, WritesBench.class},
    footer = {
      "",
      "Examples:",
      "  ./tideline bench cache popular",
      "  ./tideline bench cache writes --esci ../shared/data/esci"
    })
public final class CacheBenches {}
