package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.fleet.FleetConfig;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Every number of `up` and `autoscale` has bounds, and what is beyond them is told. */
final class OptionBoundsTest {

  @TempDir Path folder;

  private static CommandLine command(String name) {
    return Main.commandLine().getSubcommands().get(name);
  }

  private static CommandLine parsed(String... arguments) {
    CommandLine all = Main.commandLine();
    all.parseArgs(arguments);
    return all.getSubcommands().get(arguments[0]);
  }

  private FleetConfig up(String... options) {
    String[] arguments = Stream.concat(Stream.of("up"), Stream.of(options)).toArray(String[]::new);
    return parsed(arguments).<UpCommand>getCommand().config(folder);
  }

  private static ScalingConfig autoscale(String option) {
    AutoscaleCommand autoscale = parsed("autoscale", option).getCommand();
    return autoscale.scaling.config(ScalingConfig.Mode.ON, asked -> asked);
  }

  private static boolean isNumber(OptionSpec option) {
    return List.of("int", "double", "Integer", "Double", "Duration")
        .contains(option.type().getSimpleName());
  }

  private static List<String> badValues(OptionSpec option) {
    return switch (option.type().getSimpleName()) {
      case "Duration" -> List.of("-1s", "25h", "1000000000h", "x");
      case "int", "Integer" -> List.of("-1", "2147483647", "99999999999", "x");
      default -> List.of("-1", "NaN", "Infinity", "1e308", "x");
    };
  }

  static Stream<String> badOptions() {
    return command("up").getCommandSpec().options().stream()
        .filter(OptionBoundsTest::isNumber)
        .flatMap(
            option -> badValues(option).stream().map(value -> option.longestName() + "=" + value));
  }

  @ParameterizedTest
  @MethodSource("badOptions")
  void up_numberOutOfBounds_isRefused(String option) {
    assertThatThrownBy(() -> up(option))
        .matches(thrown -> thrown instanceof ParameterException || Expected.isExpected(thrown));
  }

  @ParameterizedTest
  @MethodSource("badOptions")
  void autoscale_numberOutOfBounds_isRefused(String option) {
    String name = option.substring(0, option.indexOf('='));
    if (command("autoscale").getCommandSpec().optionsMap().containsKey(name)
        && !name.equals("--control-port")) {
      assertThatThrownBy(() -> autoscale(option))
          .matches(thrown -> thrown instanceof ParameterException || Expected.isExpected(thrown));
    }
  }

  @Test
  void up_zeroOfWhatNeedsMore_isRefusedNamingTheOption() {
    for (String name :
        List.of("--capacity", "--min", "--max", "--up-cpu", "--down-rate", "--forecast-budget")) {
      assertThatThrownBy(() -> up(name + "=0"))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining(name);
    }
    for (String option :
        List.of(
            "--port=0",
            "--control-port=70000",
            "--instances=0",
            "--health-interval=0s",
            "--try-limit=0s",
            "--log-mib=0",
            "--log-files=0")) {
      assertThatThrownBy(() -> up(option)).matches(Expected::isExpected);
    }
  }

  @Test
  void up_defaultsAndTheirCopyForAnotherProcess_areWithinBounds() {
    assertThat(up().instances()).isEqualTo(2);
    assertThat(up("--capacity=150").scaling().thresholds().capacity()).hasValue(150);
    assertThat(up("--log-mib=1", "--log-files=2").logs().bytesMax()).isEqualTo(1 << 20);
    assertThat(up("--try-limit=0.5s").balancing().tryLimit()).hasMillis(500);
  }
}
