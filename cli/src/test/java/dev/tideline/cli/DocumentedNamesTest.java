package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every setting and every metric of the code is documented, and nothing else is. */
final class DocumentedNamesTest {

  private static final Path ROOT = Path.of("..");

  /** Of the launcher, the build of the image and the compose file. */
  private static final Set<String> SETTINGS_OF_SCRIPTS =
      Set.of("TIDELINE_COMMIT", "TIDELINE_HOME", "TIDELINE_JAVA_OPTIONS", "TIDELINE_PASSWORD");

  private static final Pattern SETTING_IN_CODE = Pattern.compile("\"(TIDELINE_[A-Z0-9_]+)\"");
  private static final Pattern SETTING_IN_TEXT = Pattern.compile("TIDELINE_[A-Z0-9_]+");
  private static final Pattern METRIC_IN_CODE =
      Pattern.compile("(?:\\.name\\(|counter\\(\\s*registry,)\\s*\"([a-z]+(?:_[a-z]+)+)\"");
  private static final Pattern METRIC_IN_TABLE =
      Pattern.compile("^\\| `([a-z_]+)` \\|", Pattern.MULTILINE);

  private static List<Path> files(String folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
      return all.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private static Set<String> found(Pattern pattern, List<Path> files) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path file : files) {
      Matcher matcher = pattern.matcher(Files.readString(file));
      while (matcher.find()) {
        names.add(matcher.group(matcher.groupCount()));
      }
    }
    return names;
  }

  private static Set<String> inCode(Pattern pattern, String... modules) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String module : modules) {
      names.addAll(found(pattern, files(module + "/src/main/java", ".java")));
    }
    return names;
  }

  /** A name with an underscore at its end is a family: {@code TIDELINE_CACHE_TTL_...}. */
  private static boolean isIn(Set<String> names, String name) {
    return names.contains(name)
        || names.stream().anyMatch(other -> other.endsWith("_") && name.startsWith(other));
  }

  @Test
  void settings_areThoseOfTheDocuments() throws Exception {
    Set<String> code = inCode(SETTING_IN_CODE, "service", "fleet", "cli", "embedded", "engine");
    Set<String> documents = new TreeSet<>(found(SETTING_IN_TEXT, files("docs", ".md")));
    documents.addAll(found(SETTING_IN_TEXT, List.of(ROOT.resolve("README.md"))));
    assertThat(code).as("documented").allMatch(name -> isIn(documents, name));
    assertThat(documents)
        .as("settings of the code")
        .allMatch(name ->
            SETTINGS_OF_SCRIPTS.contains(name)
                || isIn(code, name)
                || name.endsWith("_")
                || (name.endsWith("_FILE") && code.contains(name.replaceAll("_FILE$", ""))));
  }

  @Test
  void metrics_areThoseOfTheDocument() throws Exception {
    assertThat(found(METRIC_IN_TABLE, List.of(ROOT.resolve("docs/metrics.md"))))
        .isEqualTo(inCode(METRIC_IN_CODE, "service", "fleet"));
  }
}
