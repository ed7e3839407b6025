package dev.tideline.bench.quality;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/** Who bought what, from the events. */
final class PurchaseStore {

  /** From then on it is to be foretold. */
  private static final String LATER = "occurred_at >= '2011-11-01T00:00Z'";

  private final ShopDatabase database;

  PurchaseStore(ShopDatabase database) {
    this.database = database;
  }

  /** Takes away what is to be foretold, and answers it: product ids by user id. */
  Map<String, Set<String>> takeLater() {
    return database.write(
        "bench_take",
        handle -> {
          Map<String, Set<String>> later = select(handle, LATER);
          handle.execute("DELETE FROM events WHERE " + LATER);
          return later;
        });
  }

  /** All that is left: product ids by user id. */
  Map<String, Set<String>> all() {
    return database.read("bench_all", ReadContext.strong(), handle -> select(handle, "true"));
  }

  private static Map<String, Set<String>> select(Handle handle, String condition) {
    return handle
        .createQuery(
            "SELECT DISTINCT e.user_id, e.product_id FROM events e JOIN products p ON p.id = e.product_id"
                + " WHERE e.user_id IS NOT NULL AND "
                + condition)
        .reduceResultSet(
            new TreeMap<String, Set<String>>(),
            (all, row, context) -> {
              all.computeIfAbsent(row.getString(1), key -> new TreeSet<>()).add(row.getString(2));
              return all;
            });
  }
}
