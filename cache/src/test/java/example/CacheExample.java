package example;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.CacheRequest;
import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Cached;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Codec;
import dev.tideline.cache.Freshness;
import dev.tideline.cache.HintStream;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.RedisConfig;
import dev.tideline.cache.RedisConnection;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.TieredCache;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;

/** A cache of mugs' colours, in process and in Redis, over one PostgreSQL. */
public final class CacheExample {

  public static void main(String[] args) throws Exception {
    // jdbc:postgresql://host/shop?user=...&password=... redis://host:6379
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(args[0]);
    MugStore mugs = new MugStore(database);
    mugs.createTables();
    try (RedisConnection redis = RedisConnection.open(RedisConfig.of(args[1]));
        Invalidations invalidations =
            Invalidations.follow(mugs, Invalidations.Settings.DEFAULT, CacheListener.NONE);
        HintStream hints = HintStream.open(redis, invalidations)) {
      invalidations.awaitStart(Duration.ofSeconds(10));
      TieredCache<String> colours =
          Caches.tiered(invalidations, redis, Caches.LoadSettings.DEFAULT, CacheListener.NONE)
              .cache(CacheSettings.of("colour", Duration.ofMinutes(10), 8 << 20), new Utf8());

      hints.tell(mugs.paint("mug-1", "blue"), List.of("mug:mug-1"), "product");
      System.out.println(colour(colours, mugs, Freshness.EVENTUAL)); // read from the database
      System.out.println(colour(colours, mugs, Freshness.EVENTUAL)); // a hit

      Stamp painted = mugs.paint("mug-1", "red"); // nobody has been told of it yet
      // Whoever brings this stamp is shown the write or a later one, in any instance.
      System.out.println(colour(colours, mugs, new Freshness.AtLeast(List.of(painted))));
    }
  }

  private static String colour(TieredCache<String> colours, MugStore mugs, Freshness freshness) {
    Cached<String> found =
        colours.get("mug-1", new CacheRequest(freshness), asked -> load(mugs, "mug-1"));
    return found.value() + " " + found.source();
  }

  /** The stamp is asked first: what is read afterwards shows all that was written up to it. */
  private static Loaded<String> load(MugStore mugs, String id) {
    try {
      Stamp stamp = mugs.now();
      return new Loaded<>(mugs.colour(id), stamp, Set.of("mug:" + id));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Utf8 implements Codec<String> {

    @Override
    public byte[] encode(String value) {
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
