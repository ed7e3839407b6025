package dev.tideline.embedded;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rules of {@code docs/architecture.md} that hold for every module. Each module has a subclass,
 * which says what the module may use and adds the module's own rules.
 */
public abstract class ArchitectureTestCase {

  private static final String PROJECT = "dev.tideline";

  /** Of the module under test: a JVM tests one module, so it reads the classes once. */
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  private final String module;

  /**
   * @param module the module's package below {@code dev.tideline}
   */
  protected ArchitectureTestCase(String module) {
    this.module = module;
  }

  /** The modules that it may use. */
  protected abstract List<String> uses();

  /** Classes that start a thread which does one thing and ends, or a shutdown hook. */
  protected List<String> startsThreads() {
    return List.of();
  }

  /** Classes that read the environment; elsewhere it is an argument. */
  protected List<String> readsEnvironment() {
    return List.of();
  }

  protected final void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  /** Every package is a slice of its own, a module's root package too. */
  static ArchRule noCycles() {
    return slices()
        .matching(PROJECT + ".(**)")
        .should()
        .beFreeOfCycles()
        .because("a package that needs another is not needed by it");
  }

  @Test
  void packages_areFreeOfCycles() {
    check(noCycles());
  }

  @Test
  void module_usesOnlyWhatItMay() {
    String[] allowed =
        Stream.concat(Stream.of(module), uses().stream())
            .map(name -> PROJECT + "." + name + "..")
            .toArray(String[]::new);
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAPackage(PROJECT + "..")
                    .and(not(JavaClass.Predicates.resideInAnyPackage(allowed)))));
  }

  @Test
  void environment_isAnArgument() {
    check(
        noClasses()
            .that(not(isOneOf(readsEnvironment())))
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
            .haveModifier(JavaModifier.FINAL)
            .allowEmptyShould(true));
  }

  /**
   * A plain thread ends at the first exception, and a scheduled executor stops without a word. What
   * runs again and again is a BackgroundLoop, which continues.
   */
  @Test
  void threads_areBackgroundLoops() {
    check(
        noClasses()
            .that(not(simpleName("BackgroundLoop")))
            .and(not(isOneOf(startsThreads())))
            .should()
            .accessTargetWhere(
                DescribedPredicate.<JavaAccess<?>>describe(
                    "it starts a thread",
                    access ->
                        access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                            && target
                                .resolveMember()
                                .map(ArchitectureTestCase::startsThread)
                                .orElse(false))));
  }

  private static boolean startsThread(JavaCodeUnit unit) {
    boolean isThread = unit.getOwner().isAssignableTo(Thread.class);
    boolean isBuilder = unit.getOwner().isAssignableTo(Thread.Builder.class);
    return unit.getOwner().isAssignableTo(ScheduledExecutorService.class)
        || unit.getOwner().isAssignableTo(Timer.class)
        || unit.getName().contains("Scheduled")
        || unit.getName().equals("startVirtualThread")
        || ((isThread || isBuilder) && unit.getName().matches("start|unstarted|<init>"));
  }

  private static DescribedPredicate<JavaClass> isOneOf(List<String> simpleNames) {
    return DescribedPredicate.describe(
        "one of " + simpleNames,
        one -> {
          String name = one.getName().substring(one.getPackageName().length() + 1);
          return simpleNames.contains(name.split("\\$", 2)[0]);
        });
  }
}
