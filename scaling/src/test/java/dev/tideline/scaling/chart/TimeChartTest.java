package dev.tideline.scaling.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.scaling.chart.TimeChart.Line;
import dev.tideline.scaling.chart.TimeChart.Panel;
import java.io.StringReader;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class TimeChartTest {

  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private static Document chart(Panel... panels) throws Exception {
    String svg = TimeChart.svg("A < B & C", START, START.plusSeconds(60), List.of(panels));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> paths(Document chart) {
    NodeList all = chart.getElementsByTagName("path");
    return java.util.stream.IntStream.range(0, all.getLength())
        .mapToObj(i -> all.item(i).getAttributes().getNamedItem("d").getNodeValue())
        .toList();
  }

  @Test
  void chart_isXml_withTitleTimesAndLines() throws Exception {
    Document chart =
        chart(
            new Panel(
                "rate",
                List.of(new Line("requests/s", new double[] {0, 10, 5}, false)),
                OptionalDouble.of(7)));
    assertThat(chart.getDocumentElement().getTextContent())
        .contains("A < B & C", "rate", "requests/s", "10:00:00", "10:01:00", "10");
    // from the bottom to the top of a panel to half of it
    assertThat(paths(chart)).contains("M70.0 234.0L525.0 54.0L980.0 144.0");
  }

  @Test
  void steps_andGaps() throws Exception {
    Document chart =
        chart(
            new Panel(
                "instances",
                List.of(new Line("n", new double[] {2, 4, Double.NaN, 4}, true)),
                OptionalDouble.empty()));
    assertThat(paths(chart)).anyMatch(path -> path.matches("M\\S+ \\S+H\\S+L\\S+ \\S+M\\S+ \\S+"));
  }

  @Test
  void manyValues_keepTheirPeak() throws Exception {
    double[] values = new double[50_000];
    Arrays.fill(values, 1);
    values[33_333] = 100;
    Document chart =
        chart(new Panel("p", List.of(new Line("n", values, false)), OptionalDouble.empty()));
    String line = paths(chart).getLast();
    assertThat(line.length()).isLessThan(20_000);
    assertThat(line).as("the top of the panel").containsPattern("L\\S+ 54\\.0L");
  }

  @Test
  void nothing_isAnEmptyChart() throws Exception {
    assertThat(
            paths(
                chart(
                    new Panel(
                        "p",
                        List.of(new Line("n", new double[0], false)),
                        OptionalDouble.empty()))))
        .isNotEmpty();
  }
}
