package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionEffectsTest {

  private static final SessionCatalog CATALOG =
      new SessionCatalog(
          Set.of("lower", "now", "nextval", "set_config", "pg_advisory_lock", "audit", "dblink"),
          Set.of("as", "on", "select", "values", "in", "over", "varchar", "by", "partition", "and"),
          Set.of("audit", "audited", "audited_view"),
          Set.of("dblink", "remote_view"));

  private static SessionEffect effect(String sql) {
    return SessionEffects.of(SqlLexer.tokens(sql).orElseThrow(), CATALOG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT lower(name), count FROM t WHERE id IN (1, 2)",
        "SELECT sum FROM t WINDOW w AS (PARTITION BY (a)); ",
        "INSERT INTO t (a, b) VALUES (nextval('s'), now())",
        "INSERT INTO public.t (a) SELECT a FROM u ON CONFLICT DO NOTHING",
        "UPDATE t SET a = 1 WHERE b = ?; DELETE FROM t",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        "WITH c (n) AS (SELECT 1), e (m) AS (SELECT 2) SELECT n, m FROM c, e",
        "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE",
        "TRUNCATE t",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT 1",
        "(SELECT 1)",
        "SHOW work_mem"
      })
  void readOrPlainDml_leavesNothing(String sql) {
    assertThat(effect(sql)).isEqualTo(SessionEffect.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL synchronous_commit = off",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "DECLARE c CURSOR FOR SELECT 1"
      })
  void settingOfTheTransaction_endsWithIt(String sql) {
    assertThat(effect(sql)).isEqualTo(SessionEffect.TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DO $$ BEGIN END $$",
        "SELECT audit(1)",
        "INSERT INTO audited VALUES (1)",
        "DELETE FROM public.\"audited\"",
        "SELECT * FROM audited_view",
        "CREATE TABLE u (a varchar(10) REFERENCES t (a))",
        "ALTER TABLE t ADD COLUMN a int",
        "? = call audit(?)"
      })
  void whatRunsUnprovenSql_possiblyLeavesSomething(String sql) {
    assertThat(effect(sql)).isEqualTo(SessionEffect.POSSIBLY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET app.tenant = 'x'",
        "SET SESSION ROLE tenant",
        "RESET ALL",
        "SELECT set_config('a.b', 'c', false)",
        "SELECT 1; SELECT pg_advisory_lock(1)",
        "SELECT DISTINCT ON (1) pg_advisory_lock(42)",
        "UPDATE t SET a = 1; SET a.b = 'c'",
        "SELECT 1 AS i INTO TEMP t",
        "CREATE TEMPORARY TABLE t (i int)",
        "CREATE LOCAL TEMP VIEW v AS SELECT 1",
        "CREATE TABLE pg_temp.t (i int)",
        "LISTEN c",
        "PREPARE p AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "BEGIN"
      })
  void changeOfTheSession_isKnown(String sql) {
    assertThat(effect(sql)).isEqualTo(SessionEffect.SESSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOAD 'auto_explain'",
        "CREATE EXTENSION dblink",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x'",
        "SELECT * FROM dblink('x')",
        "SELECT * FROM remote_view",
        "SELECT came_later()",
        "SELECT came_later(1) FROM t",
        "NOSUCH COMMAND",
        "EXPLAIN"
      })
  void anythingElse_isUnknown(String sql) {
    assertThat(effect(sql)).isEqualTo(SessionEffect.UNKNOWN);
  }

  @Test
  void withoutACatalog_nothingIsProven() {
    assertThat(new SessionEffects().apply("SELECT 1")).isEqualTo(SessionEffect.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN UPDATE t SET a = 1; RETURN NEW; END",
        "BEGIN INSERT INTO t (comment) VALUES (NEW.comment) ON CONFLICT DO NOTHING; RETURN NULL;"
            + " END",
        "DECLARE load int := 1; BEGIN IF load > 0 THEN RETURN load; END IF; RETURN 0; END",
        "SELECT CASE WHEN a THEN b ELSE c END FROM t"
      })
  void body_ofQueriesAndDml_hasNoCommands(String body) {
    assertThat(SessionText.ofBody(body).commands()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN SET app.tenant = 'x'; END",
        "BEGIN IF a THEN SET LOCAL app.tenant = 'x'; END IF; END",
        "BEGIN EXECUTE 'SELECT 1'; END",
        "BEGIN RETURN QUERY EXECUTE 'SELECT 1'; END",
        "BEGIN CREATE TEMP TABLE t (i int); END",
        "CREATE TABLE t (i int); SELECT 1",
        "BEGIN <<here>> LISTEN c; END"
      })
  void body_withACommand_isRecognized(String body) {
    assertThat(SessionText.ofBody(body).commands()).isTrue();
  }
}
