package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.storefront.ShopJobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The command line and the documentation show the jobs of the list, and no others. */
final class JobsTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `jobs ([a-z]+)` \\| ([^|]*) \\| ([^|]*) \\| ([^|]*) \\|$");

  @Test
  void commands_areThoseOfTheList_andRun() {
    Set<String> expected = new TreeSet<>(ShopJobs.ALL.stream().map(Job::name).toList());
    expected.add("run");
    assertThat(Main.commandLine().getSubcommands().get("jobs").getSubcommands().keySet())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void document_hasATableOfTheList() throws Exception {
    List<List<String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/architecture.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(List.of(row.group(1), row.group(2), row.group(3), row.group(4)));
      }
    }
    assertThat(rows)
        .containsExactlyElementsOf(
            ShopJobs.ALL.stream()
                .map(job ->
                    List.of(
                        job.name(),
                        job.description().replaceAll("\\.$", ""),
                        text(job.interval()),
                        job.cron().isEmpty() ? "-" : "`" + job.cron() + "`"))
                .toList());
  }

  private static String text(Duration interval) {
    return interval.toHours() > 0 ? interval.toHours() + " h" : interval.toMinutes() + " min";
  }
}
