package dev.tideline.cli;

import dev.tideline.service.config.InstanceConfig;
import dev.tideline.service.instance.Instance;
import java.security.Security;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** Runs one instance. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Run one stateless instance against the databases named in the environment",
      "(TIDELINE_DB_PRIMARY_URL, TIDELINE_DB_REPLICA_URLS, TIDELINE_DB_USER,",
      "TIDELINE_DB_PASSWORD, TIDELINE_REDIS_URL, TIDELINE_HTTP_PORT and more)."
    },
    footer = {
      "",
      "Example:",
      "  TIDELINE_DB_PRIMARY_URL=jdbc:postgresql://db:5432/shop TIDELINE_DB_USER=shop \\",
      "  TIDELINE_DB_PASSWORD_FILE=/run/secrets/db TIDELINE_REDIS_URL=redis://cache:6379 \\",
      "  TIDELINE_TOKEN_KEY_FILE=/run/secrets/tokens \\",
      "  ./tideline serve"
    })
final class ServeCommand implements Callable<Integer> {

  @Override
  public Integer call() throws InterruptedException {
    // Or Java would not see for 30 s that a host name has come to mean other replicas.
    Security.setProperty("networkaddress.cache.ttl", "5");
    Instance instance = Instance.start(InstanceConfig.from(System.getenv()), Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(instance::close, "stop"));
    new CountDownLatch(1).await(); // until a signal
    return 0;
  }
}
