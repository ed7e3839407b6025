package dev.tideline.engine.words;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.routing.route.ReadContext;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The catalog's words and the shop's synonyms in PostgreSQL. Thread-safe. */
public final class VocabularyStore {

  /** The commonest are kept. */
  static final int WORDS_MAX = 300_000;

  /** Longer ones are codes, not words. */
  private static final int WORD_LENGTH_MAX = 64;

  private static final String COUNT =
      """
      CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
      SELECT word, coalesce((tsvector_to_array(to_tsvector('tideline', word)))[1], word) AS lexeme, ndoc AS products
      FROM ts_stat($$SELECT to_tsvector('simple', search_text(
          title || ' ' || coalesce(brand, '') || ' ' || coalesce(category, '') || ' ' || description)) FROM products$$)
      WHERE length(word) <= :length ORDER BY ndoc DESC, word LIMIT :limit
      """;

  private static final String KEEP =
      """
      INSERT INTO search_words AS kept (word, lexeme, products, lexeme_products)
      SELECT counted.word, counted.lexeme, counted.products, greatest(counted.products, coalesce(stems.ndoc, 0))
      FROM counted LEFT JOIN ts_stat('SELECT search FROM products') AS stems ON stems.word = counted.lexeme
      ON CONFLICT (word) DO UPDATE
      SET lexeme = excluded.lexeme, products = excluded.products, lexeme_products = excluded.lexeme_products
      WHERE (kept.lexeme, kept.products, kept.lexeme_products)
        IS DISTINCT FROM (excluded.lexeme, excluded.products, excluded.lexeme_products)
      """;

  private static final String CHANGED =
      """
      SELECT s.computed_at IS NULL OR s.products <> c.products OR c.updated_at >= s.computed_at
      FROM search_statistics s, (SELECT count(*) AS products, max(updated_at) AS updated_at FROM products) c
      """;

  private static final String FORGET =
      "DELETE FROM search_words WHERE word NOT IN (SELECT word FROM counted)";

  private static final String STATISTICS =
      """
      UPDATE search_statistics SET version = version + 1, products = counted.products,
        title_words = coalesce(counted.title_words, 10), computed_at = now(),
        currency = (SELECT currency FROM products WHERE price IS NOT NULL
          GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1)
      FROM (SELECT count(*) AS products, avg(title_words) AS title_words FROM products) counted
      """;

  private final ShopDatabase database;

  public VocabularyStore(ShopDatabase database) {
    this.database = database;
  }

  /** Which vocabulary there is. */
  public long version(ReadContext reads) {
    return database.read(
        "vocabulary_version",
        reads,
        handle ->
            handle.createQuery("SELECT version FROM search_statistics").mapTo(Long.class).one());
  }

  Vocabulary words(ReadContext reads) {
    return database.read(
        "vocabulary",
        reads,
        handle -> {
          record Counted(long version, long products, double titleWords) {}
          // before the words: newer words under an older version are only loaded once more
          Counted counted =
              handle
                  .createQuery("SELECT version, products, title_words FROM search_statistics")
                  .map((row, context) ->
                      new Counted(row.getLong(1), row.getLong(2), row.getDouble(3)))
                  .one();
          List<Vocabulary.Word> words =
              handle
                  .createQuery(
                      "SELECT word, lexeme, products, lexeme_products FROM search_words LIMIT :max")
                  .bind("max", WORDS_MAX)
                  .setFetchSize(10_000)
                  .map((row, context) ->
                      new Vocabulary.Word(
                          row.getString(1), row.getString(2), row.getInt(3), row.getInt(4)))
                  .list();
          return new Vocabulary(counted.version(), counted.products(), counted.titleWords(), words);
        });
  }

  public List<Synonyms.Rule> synonyms(ReadContext reads) {
    return database.read(
        "synonyms",
        reads,
        handle ->
            handle
                .createQuery(
                    "SELECT term, synonym, two_way FROM synonyms ORDER BY term, synonym LIMIT :max")
                .bind("max", Synonyms.RULES_MAX)
                .map((row, context) ->
                    new Synonyms.Rule(row.getString(1), row.getString(2), row.getBoolean(3)))
                .list());
  }

  /** Counts the catalog's words anew; answers how many there are. */
  public long rebuild() {
    return database.write("vocabulary_rebuild", VocabularyStore::rebuild);
  }

  /** The same if a product was stored or removed since; answers 0 if none was. */
  static long rebuildIfChanged(Handle handle) {
    boolean changed = handle.createQuery(CHANGED).mapTo(Boolean.class).one();
    return changed ? rebuild(handle) : 0;
  }

  private static long rebuild(Handle handle) {
    JobStore.allowLongStatements(handle); // a minute of counting is a catalog of millions
    handle.createUpdate(COUNT).bind("length", WORD_LENGTH_MAX).bind("limit", WORDS_MAX).execute();
    handle.execute("ANALYZE counted");
    handle.execute(KEEP);
    handle.execute(FORGET);
    handle.execute(STATISTICS);
    return handle.createQuery("SELECT count(*) FROM counted").mapTo(Long.class).one();
  }

  /** Puts these synonyms in place of all there were; answers how many those were. */
  public int replaceSynonyms(List<Synonyms.Rule> rules) {
    return database.write(
        "synonyms_replace",
        handle -> {
          int before = handle.execute("DELETE FROM synonyms");
          insert(handle, rules);
          return before;
        });
  }

  /**
   * Adds synonyms to those there are.
   *
   * @throws OverloadedException if there would be more than {@link Synonyms#RULES_MAX}; nothing is
   *     changed then
   */
  public void addSynonyms(List<Synonyms.Rule> rules) {
    database.write(
        "synonyms_add",
        handle -> {
          insert(handle, rules);
          long all = handle.createQuery("SELECT count(*) FROM synonyms").mapTo(Long.class).one();
          if (all > Synonyms.RULES_MAX) {
            throw new OverloadedException(
                "%d synonyms exceed the limit of %d; none was added"
                    .formatted(all, Synonyms.RULES_MAX));
          }
          return all;
        });
  }

  private static void insert(Handle handle, List<Synonyms.Rule> rules) {
    var batch =
        handle.prepareBatch(
            "INSERT INTO synonyms VALUES (:term, :synonym, :twoWay) ON CONFLICT DO NOTHING");
    for (Synonyms.Rule rule : rules) {
      batch
          .bind("term", SearchText.fold(rule.term()))
          .bind("synonym", SearchText.fold(rule.synonym()))
          .bind("twoWay", rule.twoWay())
          .add();
    }
    batch.execute();
    handle.execute("UPDATE search_statistics SET version = version + 1");
  }
}
