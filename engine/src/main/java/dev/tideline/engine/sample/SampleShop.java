package dev.tideline.engine.sample;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A generated shop that behaves like a real one: products in realistic categories, shoppers with
 * tastes, events with Zipf popularity and a daily and weekly rhythm. The same seed, size and end
 * give the same shop.
 */
public final class SampleShop {

  /**
   * The size and the time of a shop.
   *
   * @param end no event is later; whole seconds
   */
  public record Size(int products, int users, int events, Duration history, Instant end) {

    /** 20,000 products, 5,000 users and 200,000 events over 90 days. */
    public static Size usual(Instant end) {
      return new Size(20_000, 5_000, 200_000, Duration.ofDays(90), end);
    }
  }

  record SampleProduct(
      String id,
      String title,
      String description,
      String brand,
      String category,
      BigDecimal price,
      boolean inStock,
      Map<String, String> attributes,
      Instant createdAt) {}

  record SampleEvent(
      UUID id,
      String userId,
      String sessionId,
      @Nullable String productId,
      String type,
      @Nullable Integer quantity,
      @Nullable BigDecimal value,
      @Nullable String query,
      Instant occurredAt) {}

  private static final String[] COLOURS = {
    "Black",
    "White",
    "Grey",
    "Navy",
    "Forest Green",
    "Mustard",
    "Terracotta",
    "Sand",
    "Blush",
    "Sky Blue",
    "Burgundy",
    "Olive"
  };
  private static final String[] SYLLABLES = {
    "al", "bor", "cas", "dun", "el", "fen", "gar", "hol", "is", "kel", "lor", "mar", "nor", "os",
    "pel", "quin", "ros", "sol", "tar", "ul", "ven", "wes", "yar", "zan"
  };
  private static final String[] BRAND_ENDINGS = {"field", "well", "ton", "mark", "ley", "worth"};
  private static final String[] SERIES_ENDINGS = {"a", "o", "en", "is", "or", "um"};
  private static final int BRANDS_PER_DEPARTMENT = 14;
  private static final int SERIES = 160;
  private static final int TASTES = 3;

  /** Requests by hour of the day, and by day of the week from Monday. */
  private static final double[] HOURS = {
    2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 12, 11, 10, 10, 11, 12, 14, 17, 19, 17, 11, 5
  };

  private static final double[] WEEKDAYS = {1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.35};

  private final RandomGenerator random;
  private final Size size;
  private final List<ProductKind> kinds = ProductKind.all();
  private final List<SampleProduct> products;
  private final Zipf overall;
  private final List<List<Integer>> byKind = new ArrayList<>();

  public SampleShop(long seed, Size size) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.size = size;
    this.products = makeProducts();
    this.overall = new Zipf(products.size());
  }

  List<SampleProduct> products() {
    return products;
  }

  Size size() {
    return size;
  }

  private List<SampleProduct> makeProducts() {
    Map<String, List<String>> brands = new TreeMap<>();
    kinds.forEach(kind -> brands.computeIfAbsent(kind.department(), name -> makeBrands()));
    List<String> series = makeWords(SERIES, SERIES_ENDINGS);
    kinds.forEach(kind -> byKind.add(new ArrayList<>()));
    Set<String> titles = new HashSet<>();
    List<SampleProduct> made = new ArrayList<>(size.products());
    while (made.size() < size.products()) {
      int kind = random.nextInt(kinds.size());
      SampleProduct product =
          makeProduct(
              made.size(),
              kinds.get(kind),
              pick(brands.getOrDefault(kinds.get(kind).department(), List.of())),
              pick(series));
      if (titles.add(product.title())) {
        byKind.get(kind).add(made.size());
        made.add(product);
      }
    }
    return made;
  }

  private SampleProduct makeProduct(int number, ProductKind kind, String brand, String series) {
    String name = pick(kind.names());
    String quality = pick(kind.qualities());
    String material = pick(kind.materials());
    String colour = COLOURS[random.nextInt(COLOURS.length)];
    String title = "%s %s %s %s %s, %s".formatted(brand, series, quality, material, name, colour);
    String description =
        "%s %s in %s. %s; %s."
            .formatted(
                quality,
                name.toLowerCase(Locale.ROOT),
                material.toLowerCase(Locale.ROOT),
                capitalised(pick(kind.benefits())),
                pick(kind.benefits()));
    double price =
        Math.exp(
            Math.log(kind.lowestPrice())
                + random.nextDouble() * Math.log(kind.highestPrice() / kind.lowestPrice()));
    return new SampleProduct(
        "p%05d".formatted(number + 1),
        title,
        description,
        brand,
        kind.category(),
        BigDecimal.valueOf(Math.floor(price) + 0.99).setScale(2, RoundingMode.HALF_UP),
        random.nextInt(100) < 93,
        Map.of("color", colour, "material", material),
        size.end().minusSeconds(random.nextLong(Duration.ofDays(730).toSeconds())));
  }

  private List<String> makeBrands() {
    return makeWords(BRANDS_PER_DEPARTMENT, BRAND_ENDINGS);
  }

  private List<String> makeWords(int count, String[] endings) {
    Set<String> words = new LinkedHashSet<>();
    while (words.size() < count) {
      String word =
          SYLLABLES[random.nextInt(SYLLABLES.length)]
              + SYLLABLES[random.nextInt(SYLLABLES.length)]
              + endings[random.nextInt(endings.length)];
      words.add(capitalised(word));
    }
    return List.copyOf(words);
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Generates the events, session by session. */
  void events(Consumer<SampleEvent> sink) {
    int[][] tastes = new int[size.users()][];
    for (int user = 0; user < tastes.length; user++) {
      tastes[user] = random.ints(TASTES, 0, kinds.size()).toArray();
    }
    Zipf shoppers = new Zipf(size.users());
    List<Zipf> withinKind = byKind.stream().map(list -> new Zipf(list.size())).toList();
    int made = 0;
    for (int session = 0; made < size.events(); session++) {
      int user = shoppers.next(random);
      Session one = new Session(user, session, tastes[user], withinKind);
      made += one.make(size.events() - made, sink);
    }
  }

  /** One visit of one shopper. */
  private final class Session {
    private final String userId;
    private final String sessionId;
    private final int[] tastes;
    private final List<Zipf> withinKind;
    private Instant now;

    Session(int user, int number, int[] tastes, List<Zipf> withinKind) {
      this.userId = "u%04d".formatted(user + 1);
      this.sessionId = "s%06d".formatted(number + 1);
      this.tastes = tastes;
      this.withinKind = withinKind;
      this.now = begin();
    }

    int make(int most, Consumer<SampleEvent> sink) {
      List<SampleEvent> events = new ArrayList<>();
      int views = 1 + random.nextInt(6);
      for (int i = 0; i < views; i++) {
        visit(events);
      }
      int kept = Math.min(most, events.size());
      events.subList(0, kept).forEach(sink);
      return kept;
    }

    private void visit(List<SampleEvent> events) {
      boolean toTaste = random.nextInt(100) < 75;
      int kind = tastes[random.nextInt(tastes.length)];
      if (toTaste && byKind.get(kind).isEmpty()) {
        toTaste = false;
      }
      SampleProduct product =
          products.get(
              toTaste
                  ? byKind.get(kind).get(withinKind.get(kind).next(random))
                  : overall.next(random));
      if (random.nextInt(100) < 10) {
        String query = pick(kinds.get(kind).names()).toLowerCase(Locale.ROOT);
        events.add(event(null, "search", null, null, query));
      }
      events.add(event(product.id(), "view", null, null, null));
      if (random.nextInt(100) < 30) {
        events.add(event(product.id(), "click", null, null, null));
      }
      if (random.nextInt(100) < 14) {
        events.add(event(product.id(), "add_to_cart", 1, product.price(), null));
        if (random.nextInt(100) < 45) {
          int quantity = 1 + random.nextInt(3);
          BigDecimal value = product.price().multiply(BigDecimal.valueOf(quantity));
          events.add(event(product.id(), "purchase", quantity, value, null));
        }
      }
    }

    private SampleEvent event(
        @Nullable String productId,
        String type,
        @Nullable Integer quantity,
        @Nullable BigDecimal value,
        @Nullable String query) {
      now = now.plusSeconds(5 + random.nextInt(90));
      Instant time = now.isAfter(size.end()) ? size.end() : now;
      return new SampleEvent(
          randomUuid(), userId, sessionId, productId, type, quantity, value, query, time);
    }

    private UUID randomUuid() {
      long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
      long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
      return new UUID(high, low);
    }
  }

  /** A time in the history, more often in the evening and at the week-end. */
  private Instant begin() {
    double mostLikely = max(HOURS) * max(WEEKDAYS);
    while (true) {
      Instant time = size.end().minusSeconds(random.nextLong(size.history().toSeconds()));
      var local = time.atOffset(ZoneOffset.UTC);
      double weight = HOURS[local.getHour()] * WEEKDAYS[local.getDayOfWeek().getValue() - 1];
      if (random.nextDouble() * mostLikely < weight) {
        return time;
      }
    }
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
