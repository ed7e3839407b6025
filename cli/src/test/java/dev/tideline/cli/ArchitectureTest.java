package dev.tideline.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md, kept by machine. */
final class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
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

  @Test
  void packages_ofEngine_areFreeOfCycles() {
    check(slices().matching("dev.tideline.engine.(*)..").should().beFreeOfCycles());
  }

  @Test
  void packages_ofFleet_areFreeOfCycles() {
    check(slices().matching("dev.tideline.fleet.(*)..").should().beFreeOfCycles());
  }
}
