package dev.tideline.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.tideline.embedded.ArchitectureTestCase;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest extends ArchitectureTestCase {

  ArchitectureTest() {
    super("engine");
  }

  @Override
  protected List<String> uses() {
    return List.of("routing", "cache");
  }

  @Override
  protected List<String> startsThreads() {
    return List.of("Outbox");
  }

  @Test
  void noHttp() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.helidon..", "io.vertx..", "java.net.http.."));
  }

  @Test
  void sql_isInStoresAlone() {
    check(
        noClasses()
            .that(not(simpleNameEndingWith("Store")))
            .and(not(resideInAnyPackage("dev.tideline.engine.database..")))
            .and()
            .areTopLevelClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jdbi..", "java.sql..", "org.postgresql.."));
  }
}
