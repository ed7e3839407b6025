package dev.tideline.engine.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.jobs.JobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The item graph's job dies, and goes on. */
final class NeighborJobIT {

  private static final int PRODUCTS = 3 * NeighborStore.BATCH - 100;

  private static ShopFixture shop;
  private static JobStore jobs;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    jobs = new JobStore(shop.database());
    shop.execute(
        """
        SELECT ensure_event_partitions(now(), now());
        INSERT INTO products (id, title, currency) SELECT 'p' || i, 'Product ' || i, 'XXX' FROM generate_series(1, %d) AS i;
        INSERT INTO events (event_id, user_id, product_id, type, occurred_at)
        SELECT gen_random_uuid(), 'u' || i %% 300, 'p' || i, 'view', now() FROM generate_series(1, %d) AS i\
        """
            .formatted(PRODUCTS, PRODUCTS));
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  private static String graph() {
    return shop.query(
        "SELECT count(*) || ' ' || md5(string_agg(product_id || '>' || neighbor_id, ' ' ORDER BY product_id, neighbor_id)) FROM product_neighbors");
  }

  private static int due() {
    return Integer.parseInt(shop.query("SELECT count(*) FROM neighbors_due"));
  }

  @Test
  void run_killedBetweenParts_goesOnFromThere() {
    new NeighborJob(jobs, done -> {}, 0).run();
    String whole = graph();
    shop.execute("DELETE FROM job_state; DELETE FROM product_neighbors");
    NeighborJob dying =
        new NeighborJob(
            jobs,
            done -> {
              throw new IllegalStateException("killed after " + done);
            },
            0);
    assertThatThrownBy(dying::run).isInstanceOf(IllegalStateException.class);
    assertThat(due()).as("a part is done and kept").isEqualTo(PRODUCTS - NeighborStore.BATCH);
    assertThat(new NeighborJob(jobs, done -> {}, 0).run())
        .as("the rest")
        .isEqualTo(PRODUCTS - NeighborStore.BATCH);
    assertThat(graph()).isEqualTo(whole);
    assertThat(new NeighborJob(jobs, done -> {}, 0).run()).as("nothing is left").isZero();
  }

  @Test
  void findSome_killedInTheMiddle_losesNothing() throws Exception {
    shop.execute("DELETE FROM job_state");
    jobs.addEvents(NeighborJob.NAME, NeighborStore::addEvents);
    int before = due();
    assertThatThrownBy(() ->
            jobs.runExclusively(
                NeighborJob.NAME,
                handle -> {
                  NeighborStore.findSome(handle);
                  throw new IllegalStateException("killed before the commit");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(due()).isEqualTo(before).isPositive();
  }

  @Test
  void run_interactionsOfYearsAgo_areForgotten() {
    new NeighborJob(jobs, done -> {}, 0).run();
    shop.execute("UPDATE interactions SET weight = weight - 13 WHERE actor = 'u:u1'");
    new NeighborJob(jobs, done -> {}, 0).run();
    assertThat(shop.query("SELECT count(*) FROM interactions WHERE actor = 'u:u1'")).isEqualTo("0");
    assertThat(shop.query("SELECT count(DISTINCT actor) FROM interactions")).isEqualTo("299");
    shop.execute("DELETE FROM job_state");
  }
}
