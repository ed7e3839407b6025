package dev.tideline.cli;

import com.sun.management.OperatingSystemMXBean;
import com.sun.security.auth.module.UnixSystem;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.fleet.FleetConfig;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows what is missing on this machine, and how to install it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Tell what is missing on this machine, and how to get it. Exits 1 if `up` cannot work.",
    footer = {"", "Example:", "  ./tideline doctor"})
final class DoctorCommand implements Callable<Integer> {

  private static final long DISK_BYTES_MIN = 2L << 30;
  private static final long MEMORY_BYTES_MIN = 2L << 30;

  private boolean fit = true;

  @Override
  public Integer call() {
    ok("JDK " + Runtime.version() + " (" + System.getProperty("java.home") + ")");
    need(
        Programs.find("mvn").isPresent(),
        "Maven",
        "Maven is not on the path: install it (Debian: apt-get install maven)");
    user();
    File here = Path.of("").toAbsolutePath().toFile();
    need(
        here.getUsableSpace() > DISK_BYTES_MIN,
        "disk: %d GiB free".formatted(here.getUsableSpace() >> 30),
        "less than 2 GiB of disk are free in " + here);
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    need(
        memory > MEMORY_BYTES_MIN,
        "memory: %d GiB".formatted(memory >> 30),
        "less than 2 GiB of memory: a fleet needs about that");
    port(FleetConfig.PORT, "--port");
    port(FleetConfig.CONTROL_PORT, "--control-port");
    optional("nginx", "for `up --balancer nginx` (Debian: apt-get install nginx-light)");
    optional("psql", "to look into the databases (Debian: apt-get install postgresql-client)");
    return fit ? 0 : 1;
  }

  private void user() {
    try {
      ServerUser user = ServerUser.detect();
      String how = user.prefix().isEmpty() ? "as you" : "by " + String.join(" ", user.prefix());
      ok("PostgreSQL runs " + how + (new UnixSystem().getUid() == 0 ? " (you are root)" : ""));
    } catch (ServerException e) {
      need(false, "", String.valueOf(e.getMessage()));
    }
  }

  private static void port(int port, String option) {
    if (Ports.isFree(port)) {
      ok("port " + port + " is free");
    } else {
      System.out.printf("  note     port %d is in use: choose another with %s%n", port, option);
    }
  }

  private static void optional(String program, String purpose) {
    if (Programs.find(program).isPresent()) {
      ok(program);
    } else {
      System.out.printf("  optional %s is not installed: %s%n", program, purpose);
    }
  }

  private void need(boolean there, String what, String missing) {
    if (there) {
      ok(what);
    } else {
      fit = false;
      System.out.println("  MISSING  " + missing);
    }
  }

  private static void ok(String what) {
    System.out.println("  ok       " + what);
  }
}
