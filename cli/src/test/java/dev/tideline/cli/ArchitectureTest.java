package dev.tideline.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md, kept by machine. */
final class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.tideline");

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  private static ArchRule module(String module, String... others) {
    return noClasses()
        .that()
        .resideInAPackage("dev.tideline." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }

  @Test
  void routing_knowsNoOtherModule() {
    check(
        module(
            "routing",
            "dev.tideline.cache..",
            "dev.tideline.engine..",
            "dev.tideline.service..",
            "dev.tideline.fleet..",
            "dev.tideline.cli.."));
  }

  @Test
  void cache_knowsNoOtherModule() {
    check(
        module(
            "cache",
            "dev.tideline.routing..",
            "dev.tideline.engine..",
            "dev.tideline.service..",
            "dev.tideline.fleet..",
            "dev.tideline.cli.."));
  }

  @Test
  void engine_knowsNoHttpAndNothingAboveIt() {
    check(
        module(
            "engine",
            "dev.tideline.service..",
            "dev.tideline.fleet..",
            "dev.tideline.cli..",
            "io.helidon..",
            "io.vertx..",
            "java.net.http.."));
  }

  @Test
  void service_knowsNeitherFleetNorCommandLine() {
    check(module("service", "dev.tideline.fleet..", "dev.tideline.cli.."));
  }

  @Test
  void fleet_knowsNoShop() {
    check(
        module(
            "fleet",
            "dev.tideline.routing..",
            "dev.tideline.cache..",
            "dev.tideline.engine..",
            "dev.tideline.service..",
            "dev.tideline.cli.."));
  }

  /** Its inputs are arguments: it opens no file, no connection, and asks no clock. */
  @Test
  void scaling_dependsOnNothing_andDoesNoInputOrOutput() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.tideline.scaling..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.tideline.routing..",
                "dev.tideline.cache..",
                "dev.tideline.engine..",
                "dev.tideline.service..",
                "dev.tideline.fleet..",
                "dev.tideline.cli..",
                "java.io..",
                "java.net..",
                "java.nio..",
                "java.sql..",
                "io.."));
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.tideline.scaling..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime"));
  }

  @Test
  void helidon_isKnownToHttpAndFleetAlone() {
    check(
        noClasses()
            .that(not(resideInAnyPackage("dev.tideline.service.http..", "dev.tideline.fleet..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon.."));
  }

  @Test
  void sql_inEngineAndService_isInStoresAlone() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("dev.tideline.engine..", "dev.tideline.service..")
            .and(not(simpleNameEndingWith("Store")))
            .and(not(resideInAnyPackage("dev.tideline.engine.database..")))
            .and()
            .areTopLevelClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jdbi..", "java.sql..", "org.postgresql.."));
  }

  @Test
  void environment_isReadInOneClassAModule() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.tideline.routing..",
                "dev.tideline.cache..",
                "dev.tideline.scaling..",
                "dev.tideline.engine..",
                "dev.tideline.service..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class));
  }

  @Test
  void stores_areFinal() {
    check(
        classes()
            .that()
            .haveSimpleNameEndingWith("Store")
            .and()
            .areNotInterfaces()
            .should()
            .haveModifier(JavaModifier.FINAL));
  }

  /** Whose threads do one thing and end; a shutdown hook for one. */
  private static final List<String> ONE_SHOT =
      List.of(
          "dev.tideline.cache.Loads",
          "dev.tideline.cache.RedisTier",
          "dev.tideline.cli.AutoscaleCommand",
          "dev.tideline.cli.RestartCommand",
          "dev.tideline.cli.ServeCommand",
          "dev.tideline.cli.UpCommand",
          "dev.tideline.engine.database.Outbox",
          "dev.tideline.fleet.Fleet",
          "dev.tideline.routing.NodePool",
          "dev.tideline.service.Instance",
          "dev.tideline.service.http.BoundedConnection");

  /**
   * A thread that begins by itself ends at the first exception, and a scheduled executor says
   * nothing of it. What runs again and again is a BackgroundLoop, which goes on.
   */
  @Test
  void loops_areBackgroundLoops() {
    DescribedPredicate<JavaCodeUnit> beginsThread =
        DescribedPredicate.describe(
            "that begins a thread of its own",
            unit -> {
              boolean isThread = unit.getOwner().isAssignableTo(Thread.class);
              boolean isBuilder = unit.getOwner().isAssignableTo(Thread.Builder.class);
              return unit.getOwner().isAssignableTo(ScheduledExecutorService.class)
                  || unit.getOwner().isAssignableTo(Timer.class)
                  || unit.getName().contains("Scheduled")
                  || unit.getName().equals("startVirtualThread")
                  || ((isThread || isBuilder) && unit.getName().matches("start|unstarted|<init>"));
            });
    check(
        noClasses()
            .that(not(simpleName("BackgroundLoop")))
            .and(not(isOneOf(ONE_SHOT)))
            .should()
            .accessTargetWhere(
                DescribedPredicate.describe(
                    "it begins a thread of its own",
                    access ->
                        access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                            && target.resolveMember().map(beginsThread::test).orElse(false))));
  }

  private static DescribedPredicate<JavaClass> isOneOf(List<String> names) {
    return DescribedPredicate.describe(
        "one of " + names,
        one -> names.stream().anyMatch(name -> (one.getName() + "$").startsWith(name + "$")));
  }

  /** Modules that know nothing of each other have a copy each. */
  @Test
  void backgroundLoops_areAlike() throws IOException {
    Set<String> texts = new HashSet<>();
    for (String one :
        List.of(
            "routing/src/main/java/dev/tideline/routing",
            "cache/src/main/java/dev/tideline/cache",
            "fleet/src/main/java/dev/tideline/fleet/process")) {
      String text = Files.readString(Path.of("..", one, "BackgroundLoop.java"));
      texts.add(text.substring(text.indexOf(';')));
    }
    assertThat(texts).hasSize(1);
  }

  @Test
  void packages_ofEngine_areFreeOfCycles() {
    check(slices().matching("dev.tideline.engine.(*)..").should().beFreeOfCycles());
  }

  @Test
  void packages_ofFleet_areFreeOfCycles() {
    check(slices().matching("dev.tideline.fleet.(*)..").should().beFreeOfCycles());
  }
}
