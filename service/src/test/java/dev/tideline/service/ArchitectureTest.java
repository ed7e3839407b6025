package dev.tideline.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("service");
  }

  @Override
  protected List<String> uses() {
    return List.of("routing", "cache", "engine");
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("Instance", "BoundedConnection");
  }

  @Test
  void helidon_isKnownToHttpAlone() {
    check(
        noClasses()
            .that(not(resideInAnyPackage("dev.tideline.service.http..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon.."));
  }

  @Test
  void sql_isInTheEngineAlone() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jdbi..", "java.sql..", "org.postgresql.."));
  }
}
