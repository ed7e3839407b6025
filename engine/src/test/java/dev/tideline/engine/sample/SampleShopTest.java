package dev.tideline.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.sample.SampleShop.SampleEvent;
import dev.tideline.engine.sample.SampleShop.SampleProduct;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SampleShopTest {

  private static final Instant END = Instant.parse("2026-03-01T12:00:00Z");
  private static final SampleShop.Size SMALL =
      new SampleShop.Size(2_000, 200, 20_000, Duration.ofDays(90), END);

  private final SampleShop shop = new SampleShop(7, SMALL);

  private static List<SampleEvent> events(SampleShop shop) {
    List<SampleEvent> events = new ArrayList<>();
    shop.events(events::add);
    return events;
  }

  @Test
  void products_sameSeed_areTheSame() {
    assertThat(new SampleShop(7, SMALL).products()).isEqualTo(shop.products());
    assertThat(new SampleShop(8, SMALL).products()).isNotEqualTo(shop.products());
  }

  @Test
  void events_sameSeed_areTheSame() {
    assertThat(events(shop)).isEqualTo(events(new SampleShop(7, SMALL)));
  }

  @Test
  void products_all_haveTitlesOfTheirOwnAndBelievablePrices() {
    List<SampleProduct> products = shop.products();
    assertThat(products).hasSize(2_000);
    assertThat(products.stream().map(SampleProduct::title).distinct()).hasSize(2_000);
    Map<String, ProductKind> kinds =
        ProductKind.all().stream().collect(Collectors.toMap(ProductKind::category, kind -> kind));
    assertThat(products)
        .allSatisfy(product -> {
          ProductKind kind = kinds.get(product.category());
          assertThat(product.price().doubleValue())
              .isBetween(kind.lowestPrice(), kind.highestPrice() + 1);
          assertThat(kind.names()).anySatisfy(name -> assertThat(product.title()).contains(name));
        });
  }

  @Test
  void events_all_areInTheirTimeAndExactlyAsMany() {
    List<SampleEvent> events = events(shop);
    assertThat(events).hasSize(20_000);
    assertThat(events)
        .allSatisfy(
            event -> assertThat(event.occurredAt()).isBetween(END.minus(SMALL.history()), END));
    assertThat(events.stream().map(SampleEvent::id).distinct()).hasSize(20_000);
  }

  @Test
  void events_popularity_isFarFromEven() {
    List<Long> counts =
        events(shop).stream()
            .filter(event -> event.productId() != null)
            .collect(Collectors.groupingBy(SampleEvent::productId, Collectors.counting()))
            .values()
            .stream()
            .sorted(Comparator.reverseOrder())
            .toList();
    long all = counts.stream().mapToLong(Long::longValue).sum();
    long topTenth = counts.stream().limit(200).mapToLong(Long::longValue).sum();
    assertThat((double) topTenth / all).isGreaterThan(0.4);
  }

  @Test
  void events_evening_hasMoreThanTheNight() {
    Map<Boolean, Long> byEvening =
        events(shop).stream()
            .map(event -> event.occurredAt().atOffset(ZoneOffset.UTC).getHour())
            .filter(hour -> hour < 6 || hour >= 18)
            .collect(Collectors.partitioningBy(hour -> hour >= 18, Collectors.counting()));
    assertThat(byEvening.get(true)).isGreaterThan(5 * byEvening.get(false));
  }
}
