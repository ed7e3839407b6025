package dev.tideline.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.service.http.RouteTable.Match;
import io.helidon.http.Method;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RouteTableTest {

  private static final Route ONE = Route.get("/v1/products/{id}", call -> Answer.noContent());
  private static final Route PUT =
      Route.admin(Method.PUT, "/v1/products/{id}", call -> Answer.noContent());
  private static final Route BATCH =
      Route.admin(Method.POST, "/v1/products/batch", call -> Answer.noContent());
  private static final Route SIMILAR =
      Route.get("/v1/products/{id}/similar", call -> Answer.noContent());

  private final RouteTable table = new RouteTable(List.of(ONE, PUT, BATCH, SIMILAR));

  @Test
  void find_parameter_isDecoded() {
    assertThat(table.find("GET", "/v1/products/a%2Fb%20%C3%BC+"))
        .isEqualTo(new Match.Found(ONE, Map.of("id", "a/b ü+")));
  }

  @Test
  void find_fixedSegment_goesBeforeAParameter() {
    assertThat(table.find("POST", "/v1/products/batch"))
        .isEqualTo(new Match.Found(BATCH, Map.of()));
    assertThat(table.find("GET", "/v1/products/batch"))
        .isEqualTo(new Match.Found(ONE, Map.of("id", "batch")));
  }

  @Test
  void find_otherMethod_namesThoseThereAre() {
    assertThat(table.find("DELETE", "/v1/products/x"))
        .isEqualTo(new Match.WrongMethod("GET, HEAD, PUT, OPTIONS"));
  }

  @Test
  void find_unknownPaths_areNone() {
    for (String path :
        List.of("/", "", "/v1/products/", "/v1/products", "/v1/products/a/b", "//")) {
      assertThat(table.find("GET", path)).isEqualTo(new Match.NoSuchPath());
    }
  }

  @Test
  void find_brokenEncoding_isRefused() {
    assertThatThrownBy(() -> table.find("GET", "/v1/products/%zz"))
        .isInstanceOf(ProblemException.class);
  }
}
