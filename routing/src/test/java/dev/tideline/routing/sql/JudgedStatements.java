package dev.tideline.routing.sql;

import static dev.tideline.routing.sql.StatementKind.READ;
import static dev.tideline.routing.sql.StatementKind.SESSION;
import static dev.tideline.routing.sql.StatementKind.WRITE;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Statements with their kinds and reasons, and the schema that they are about. */
final class JudgedStatements {

  /** What users make, and what their reads may run into. */
  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE items (id bigint PRIMARY KEY, name text, price numeric(12, 2), tags text[],"
              + " data jsonb, at timestamptz)",
          "CREATE TABLE \"Odd Name\" (\"Select\" int)",
          "CREATE TABLE log (line text)",
          "CREATE SEQUENCE numbers",
          "CREATE FUNCTION plain(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x + 1'",
          "CREATE FUNCTION note(x text) RETURNS text LANGUAGE sql VOLATILE AS 'INSERT INTO log"
              + " VALUES (x) RETURNING line'",
          "CREATE FUNCTION says_stable(x text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN"
              + " RETURN note(x); END'",
          "CREATE FUNCTION touch(i items) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT"
              + " note(i.name)'",
          "CREATE FUNCTION textcat_note(a text, b text) RETURNS text LANGUAGE sql VOLATILE AS"
              + " 'SELECT coalesce(a, '''') || note(b)'",
          "CREATE AGGREGATE note_all(text) (SFUNC = textcat_note, STYPE = text)",
          "CREATE VIEW cheap AS SELECT * FROM items WHERE price < 10",
          "CREATE VIEW drawn AS SELECT nextval('numbers') AS n",
          "CREATE VIEW drawn_twice AS SELECT n FROM drawn",
          "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM items",
          "CREATE DOMAIN noted AS text CHECK (note(VALUE) IS NOT NULL)",
          "CREATE TYPE mood AS ENUM ('glad', 'sad')",
          "CREATE OPERATOR @!@ (RIGHTARG = text, FUNCTION = note)",
          "CREATE TABLE guarded (id int)",
          "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
          "CREATE POLICY watched ON guarded USING (note('read') IS NOT NULL)",
          // what no statement names
          "CREATE FUNCTION by_default(x bigint DEFAULT nextval('numbers')) RETURNS bigint LANGUAGE"
              + " plpgsql IMMUTABLE AS 'BEGIN RETURN x; END'",
          "CREATE FUNCTION takes_noted(x noted) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
          "CREATE FUNCTION loops() RETURNS int LANGUAGE plpgsql STABLE AS"
              + " 'BEGIN FOR i IN 1..nextval(''numbers'') LOOP EXIT; END LOOP; RETURN 1; END'",
          "CREATE FUNCTION signs(x text) RETURNS text LANGUAGE sql STABLE AS 'SELECT @!@ x'",
          "CREATE OPERATOR #!# (RIGHTARG = text, FUNCTION = says_stable)",
          "CREATE FUNCTION quietly(i items) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN"
              + " note(i.name); END'",
          "CREATE FUNCTION anything(x anyelement, y int DEFAULT 1) RETURNS text LANGUAGE plpgsql"
              + " VOLATILE AS 'BEGIN RETURN note(x::text); END'",
          "CREATE FUNCTION quiet_step(a text, b text) RETURNS text LANGUAGE plpgsql STABLE AS"
              + " 'BEGIN RETURN note(b); END'",
          "CREATE AGGREGATE quiet_all(text) (SFUNC = quiet_step, STYPE = text)",
          "CREATE TYPE pair AS (a text, b text)",
          "CREATE FUNCTION to_pair(m mood) RETURNS pair LANGUAGE plpgsql STABLE AS"
              + " 'BEGIN RETURN ROW(note(m::text), NULL); END'",
          "CREATE CAST (mood AS pair) WITH FUNCTION to_pair(mood)",
          "CREATE TABLE marked (id int, notes noted[])",
          "CREATE VIEW signed AS SELECT @!@ name AS n FROM items",
          "CREATE VIEW assigned AS SELECT txid_current() AS n",
          // what a standby refuses, or has not
          "CREATE UNLOGGED TABLE scratch (id int, name text)",
          "CREATE VIEW scratched AS SELECT id FROM scratch",
          "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
          "CREATE UNLOGGED TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
          "CREATE FOREIGN DATA WRAPPER nowhere",
          "CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere",
          "CREATE TABLE near (id int)",
          "CREATE FOREIGN TABLE far () INHERITS (near) SERVER nowhere",
          // what varies, and changes nothing
          "CREATE VIEW shuffled AS SELECT * FROM items ORDER BY random()",
          "CREATE FUNCTION dice() RETURNS int LANGUAGE sql STABLE AS 'SELECT (6 * random())::int'");

  /** Functions that write, and are named like keywords. */
  static final List<String> KEYWORD_FUNCTIONS =
      Stream.of("next", "first", "filter", "over", "rows", "zone", "path")
          .map(name ->
              "CREATE FUNCTION "
                  + name
                  + "(x text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT note(x)'")
          .toList();

  /** Calls of these functions, where one could take their names for syntax. */
  static final List<String> KEYWORD_CALLS =
      List.of(
          "SELECT next('x')",
          "SELECT first('x')",
          "SELECT filter('x')",
          "SELECT over('x')",
          "SELECT rows ('x')",
          "SELECT public.zone('x')",
          "SELECT path('x')",
          "SELECT DISTINCT ON (1) over('x')",
          "SELECT true OPERATOR(pg_catalog.=) (1 OPERATOR(pg_catalog.=) filter('x')::int)",
          "SELECT * FROM items FETCH FIRST first('1')::int ROWS ONLY",
          "SELECT max(id) OVER (ROWS rows('1')::int PRECEDING) FROM items",
          "SELECT at AT TIME ZONE zone('x') FROM items");

  private static Arguments row(String sql, StatementKind kind, Reason reason) {
    return Arguments.of(sql, kind, reason);
  }

  private static Arguments read(String sql) {
    return row(sql, READ, Reason.READS_ONLY);
  }

  private static Arguments harmless(String sql) {
    return row(sql, READ, Reason.HARMLESS_FUNCTION);
  }

  private static Arguments write(String sql, Reason reason) {
    return row(sql, WRITE, reason);
  }

  private static Arguments session(String sql, Reason reason) {
    return row(sql, SESSION, reason);
  }

  static Stream<Arguments> all() {
    return Stream.of(
        // what only reads
        read("SELECT 1"),
        read("select * from items"),
        read("SELECT name FROM items WHERE id = ?"),
        read("SELECT name FROM public.items WHERE id = $1;"),
        read("TABLE items"),
        read("VALUES (1), (2)"),
        read("(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1"),
        read(
            "SELECT count(*), max(price) FILTER (WHERE price > 1) FROM items GROUP BY name HAVING"
                + " count(*) > 1"),
        read("SELECT i.name, rank() OVER (PARTITION BY name ORDER BY price DESC) FROM items i"),
        read("WITH t AS (SELECT id FROM items) SELECT * FROM t JOIN items USING (id)"),
        read(
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT"
                + " sum(n) FROM t"),
        read("SELECT * FROM cheap"),
        read("SELECT * FROM counted"),
        read("SELECT plain(id::int) FROM items"),
        read("SELECT now(), current_date, current_timestamp(3)"),
        read("SELECT data ->> 'a', tags[1] FROM items WHERE data @> '{\"a\": 1}'"),
        read("SELECT 'it''s; -- no comment', E'\\'; DROP TABLE items'"),
        read("SELECT $$; DELETE FROM items; $$"),
        read("SELECT /* FOR UPDATE /* nested */ nextval('x') */ 1 -- INSERT"),
        read("SELECT coalesce(name, 'FOR UPDATE') FROM items"),
        read("SELECT \"Select\" FROM \"Odd Name\""),
        read("SELECT * FROM generate_series(1, 10) AS g(n)"),
        read("SELECT t.x FROM unnest(ARRAY[1, 2]) AS t(x)"),
        read("SELECT * FROM items TABLESAMPLE bernoulli (10)"),
        read(
            "SELECT substring(name FROM 1 FOR 3), extract(year FROM at), trim(both ' ' from name)"
                + " FROM items"),
        read("SELECT CAST(price AS numeric(10, 1)), 'glad'::mood FROM items"),
        read(
            "SELECT * FROM items WHERE id IN (SELECT id FROM cheap) AND EXISTS (SELECT 1 FROM"
                + " items)"),
        read("SELECT * FROM items i, LATERAL (SELECT plain(i.id::int) AS p) x LIMIT 5 OFFSET 2"),
        read("EXPLAIN SELECT * FROM items"),
        read("EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM items"),
        read("EXPLAIN ANALYZE SELECT * FROM items"),
        read("SELECT relname FROM pg_class"),
        read("SELECT * FROM items FETCH FIRST 3 ROWS ONLY"),
        read("SELECT DISTINCT ON (name) * FROM items ORDER BY name, id"),
        // of PostgreSQL's own grammar
        read("SELECT name COLLATE \"C\" FROM items ORDER BY name COLLATE pg_catalog.\"C\""),
        read("SELECT 1 OPERATOR(pg_catalog.+) 1"),
        read(
            "SELECT jt.x FROM items, JSON_TABLE(data, '$[*]' COLUMNS (x int PATH '$.x', NESTED PATH"
                + " '$.y' COLUMNS (y text))) AS jt"),
        read("SELECT JSON_VALUE(data, '$.a' RETURNING numeric(3) DEFAULT 1 ON EMPTY) FROM items"),
        read("SELECT data IS JSON OBJECT, JSON_EXISTS(data, '$.a') FROM items"),
        read(
            "SELECT * FROM XMLTABLE('/a' PASSING xmlparse(document '<a/>') COLUMNS b text PATH"
                + " 'b')"),
        read("SELECT 1 WHERE EXISTS (TABLE items)"),
        read("SELECT $a$it's; -- no comment$a$"),
        read("SELECT $a$ $b$ DELETE FROM items; $b$ $a$"),
        read("SELECT a FROM items x(a, b)"),
        read("SELECT x.a FROM (SELECT 1, 2) x(a, b)"),
        read("SELECT t.x FROM unnest(ARRAY[1, 2]) WITH ORDINALITY t(x, n)"),
        read("SELECT * FROM json_to_record('{}') AS r(a int, b text)"),
        read("SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r(a, b)"),
        read("WITH a(x) AS (SELECT 1), b(y) AS NOT MATERIALIZED (SELECT 2) SELECT * FROM a, b"),
        read(
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SEARCH DEPTH FIRST BY n"
                + " SET o CYCLE n SET c USING p SELECT * FROM t"),
        read("SELECT name, sum(price) FROM items GROUP BY GROUPING SETS ((name), ROLLUP (id), ())"),
        read("SELECT name FROM items GROUP BY CUBE (name, id)"),
        read(
            "SELECT max(id) OVER w FROM items WINDOW w AS (ORDER BY id ROWS (1 + 1) PRECEDING"
                + " EXCLUDE TIES)"),
        read("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) FROM items"),
        read("SELECT make_interval(days => 1), concat(VARIADIC tags) FROM items"),
        read("SELECT * FROM items WHERE name LIKE '%a\\%' ESCAPE '\\' OR name ILIKE ('x')"),
        read("SELECT name SIMILAR TO 'a' ESCAPE ('b') FROM items"),
        read("SELECT at AT TIME ZONE ('UTC'), at AT LOCAL, interval '1' second(3) FROM items"),
        read("SELECT (now(), now()) OVERLAPS (now(), now())"),
        read("SELECT 'a'::varchar(3), 'a'::character varying(3), 1::pg_catalog.numeric(3, 1)"),
        read("SELECT * FROM items ORDER BY id FETCH FIRST (2 + 1) ROWS WITH TIES"),
        read(
            "SELECT * FROM items WHERE id IS NOT DISTINCT FROM 1 AND id BETWEEN SYMMETRIC 1 AND 2"),
        read("SELECT FROM ONLY items, ONLY (log)"),
        read("SELECT * FROM (items JOIN log ON true) JOIN cheap USING (id) AS u"),
        read("SELECT * FROM items i LEFT JOIN LATERAL (SELECT i.id) x(a) ON true"),
        read("SELECT tags[1:2], (ARRAY[[1]])[1][1], (i).name, i.* FROM items i"),
        read("SELECT 1_000, 0x1F, 1.5e3, .5, 1."),
        read("SELECT 'a'\n  'b' -- c\n  'd'"),
        read("SELECT 1 -- a\r, 2"),
        read("EXPLAIN (ANALYSE, FORMAT JSON) (SELECT 1)"),
        read("EXPLAIN ANALYSE VERBOSE SELECT 1"),
        read("SELECT * FORM items"), // nonsense: any node may say so
        // volatile by their label, and they change nothing
        harmless("SELECT random()"),
        harmless("SELECT random(1, 6), random_normal()"),
        harmless("SELECT * FROM items ORDER BY random() LIMIT 1"),
        harmless("SELECT gen_random_uuid(), uuidv4(), uuidv7()"),
        harmless("SELECT pg_catalog.clock_timestamp(), timeofday()"),
        harmless("SELECT array_sample(tags, 1), array_shuffle(tags) FROM items"),
        harmless("SELECT pg_sleep(0)"),
        harmless("SELECT * FROM shuffled"),
        harmless("SELECT dice()"),
        // what writes, and says so
        write("INSERT INTO items VALUES (1)", Reason.WRITE_STATEMENT),
        write(
            "INSERT INTO items SELECT * FROM items ON CONFLICT DO NOTHING RETURNING id",
            Reason.WRITE_STATEMENT),
        write("UPDATE items SET name = 'x'", Reason.WRITE_STATEMENT),
        write("DELETE FROM items", Reason.WRITE_STATEMENT),
        write(
            "MERGE INTO items USING log ON false WHEN NOT MATCHED THEN INSERT VALUES (1)",
            Reason.WRITE_STATEMENT),
        write("TRUNCATE items", Reason.WRITE_STATEMENT),
        write("CREATE TABLE more (id int)", Reason.WRITE_STATEMENT),
        write("CREATE TABLE more AS SELECT 1", Reason.WRITE_STATEMENT),
        write("ALTER TABLE items ADD x int", Reason.WRITE_STATEMENT),
        write("DROP TABLE items", Reason.WRITE_STATEMENT),
        write("CALL work()", Reason.WRITE_STATEMENT),
        write("DO $$ BEGIN PERFORM 1; END $$", Reason.WRITE_STATEMENT),
        write("COPY items FROM STDIN", Reason.WRITE_STATEMENT),
        write("COPY items TO STDOUT", Reason.WRITE_STATEMENT),
        write("VACUUM items", Reason.WRITE_STATEMENT),
        write("REFRESH MATERIALIZED VIEW counted", Reason.WRITE_STATEMENT),
        write("LOCK TABLE items", Reason.WRITE_STATEMENT),
        write("NOTIFY channel", Reason.WRITE_STATEMENT),
        write("EXPLAIN ANALYZE DELETE FROM items", Reason.WRITE_STATEMENT),
        write("EXPLAIN (ANALYZE) INSERT INTO items VALUES (1)", Reason.WRITE_STATEMENT),
        // what writes in the clothes of a read
        write(
            "WITH t AS (INSERT INTO log VALUES ('a') RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write(
            "WITH t AS MATERIALIZED (DELETE FROM log RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write("WITH t AS (SELECT 1) UPDATE items SET name = 'x'", Reason.DATA_MODIFYING),
        write(
            "EXPLAIN ANALYZE WITH t AS (DELETE FROM log RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write("SELECT * INTO copied FROM items", Reason.SELECT_INTO),
        write("SELECT * FROM items FOR UPDATE", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM items FOR NO KEY UPDATE SKIP LOCKED", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM items FOR SHARE OF items NOWAIT", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM (SELECT * FROM items FOR KEY SHARE) t", Reason.LOCKING_CLAUSE),
        write("(SELECT * FROM items ORDER BY id LIMIT 1 FOR UPDATE)", Reason.LOCKING_CLAUSE),
        write("SELECT 1 UNION ALL (SELECT id FROM items FOR UPDATE)", Reason.LOCKING_CLAUSE),
        write(
            "SELECT * FROM items WHERE id IN (SELECT id FROM items FOR/**/UPDATE)",
            Reason.LOCKING_CLAUSE),
        write("SELECT nextval('numbers')", Reason.SEQUENCE),
        write("SELECT pg_catalog.nextval('numbers')", Reason.SEQUENCE),
        write("SELECT \"nextval\" ('numbers')", Reason.SEQUENCE),
        write("SELECT setval('numbers', 1)", Reason.SEQUENCE),
        write("SELECT currval('numbers')", Reason.SEQUENCE),
        write("SELECT 1 WHERE nextval('numbers') > 0", Reason.SEQUENCE),
        write("SELECT pg_advisory_xact_lock(1)", Reason.ADVISORY_LOCK),
        session("SELECT pg_advisory_lock(1)", Reason.ADVISORY_LOCK),
        session("SELECT pg_try_advisory_lock(1)", Reason.ADVISORY_LOCK),
        write("SELECT note('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT public.NOTE('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT * FROM note('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT says_stable('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT note_all(name) FROM items", Reason.VOLATILE_FUNCTION),
        write("SELECT i.touch FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT touch(i) FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT items ORDER BY (SELECT note('x'))", Reason.VOLATILE_FUNCTION),
        write(
            "SELECT sum(price) OVER (ORDER BY length(note(name))) FROM items",
            Reason.VOLATILE_FUNCTION),
        session("SELECT DISTINCT ON (1) pg_advisory_lock(42)", Reason.ADVISORY_LOCK),
        session(
            "SELECT 1 OPERATOR(pg_catalog.+) pg_try_advisory_lock(4)::int", Reason.ADVISORY_LOCK),
        session("SELECT nextval('numbers'), pg_advisory_lock(1)", Reason.ADVISORY_LOCK),
        write("SELECT DISTINCT ON (1) note('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT DISTINCT ON (1) unheard_of('x')", Reason.UNKNOWN_FUNCTION),
        write("SELECT 1 OPERATOR(pg_catalog.=) unheard_of(1)", Reason.UNKNOWN_FUNCTION),
        write("SELECT 1 -- a\r, nextval('numbers')", Reason.SEQUENCE),
        write("SELECT last_value FROM numbers", Reason.SEQUENCE),
        write("TABLE public.numbers", Reason.SEQUENCE),
        write("SELECT * FROM scratch", Reason.UNLOGGED_TABLE),
        write("SELECT * FROM items JOIN scratch USING (id)", Reason.UNLOGGED_TABLE),
        write("SELECT * FROM scratched", Reason.UNLOGGED_TABLE),
        write("SELECT * FROM parted", Reason.UNLOGGED_TABLE),
        write("SELECT * FROM near", Reason.FOREIGN_TABLE),
        write("SELECT treat('numbers' AS nextval)", Reason.VOLATILE_FUNCTION),
        write("SELECT table_to_xml('drawn', true, true, '')", Reason.VOLATILE_FUNCTION),
        write("SELECT pg_input_is_valid('x', 'noted')", Reason.VOLATILE_FUNCTION),
        write("SELECT by_default()", Reason.VOLATILE_FUNCTION),
        write("SELECT takes_noted('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT loops()", Reason.VOLATILE_FUNCTION),
        write("SELECT signs('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT quiet_all(name) FROM items", Reason.VOLATILE_FUNCTION),
        write("SELECT i.quietly FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT i.anything FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT #!# 'x'", Reason.VOLATILE_OPERATOR),
        write("SELECT OPERATOR(public.@!@) 'x'", Reason.VOLATILE_OPERATOR),
        write("SELECT CAST('glad'::mood AS pair)", Reason.VOLATILE_TYPE),
        write("SELECT array_position(notes, 'x') FROM marked", Reason.VOLATILE_TYPE),
        write("SELECT '{x}'::public.noted[]", Reason.VOLATILE_TYPE),
        write("SELECT * FROM signed", Reason.VOLATILE_VIEW),
        write("SELECT n FROM assigned", Reason.VOLATILE_VIEW),
        write("SELECT pg_notify('a', 'b')", Reason.VOLATILE_FUNCTION),
        write("SELECT lo_create(0)", Reason.VOLATILE_FUNCTION),
        write("SELECT query_to_xml('DELETE FROM items', true, true, '')", Reason.VOLATILE_FUNCTION),
        write("SELECT txid_current()", Reason.VOLATILE_FUNCTION),
        write("SELECT no_such_function(1)", Reason.UNKNOWN_FUNCTION),
        write("SELECT @!@ 'x'", Reason.VOLATILE_OPERATOR),
        write("SELECT 'x'::noted", Reason.VOLATILE_TYPE),
        write("SELECT CAST('x' AS public.noted)", Reason.VOLATILE_TYPE),
        write("SELECT * FROM drawn", Reason.VOLATILE_VIEW),
        write("SELECT n FROM public.\"drawn_twice\"", Reason.VOLATILE_VIEW),
        write("SELECT * FROM guarded", Reason.VOLATILE_VIEW),
        write("SELECT * FROM not_there_yet", Reason.UNKNOWN_RELATION),
        write("SELECT * FROM \"ITEMS\"", Reason.UNKNOWN_RELATION),
        write("SELECT * FROM pg_stat_activity", Reason.SERVER_STATE),
        write("SHOW search_path", Reason.SERVER_STATE),
        // sessions
        session("CREATE TEMP TABLE mine (id int)", Reason.TEMPORARY_TABLE),
        session("CREATE TEMPORARY TABLE mine AS SELECT 1", Reason.TEMPORARY_TABLE),
        session("SET search_path = other", Reason.SESSION_STATE),
        session("RESET ALL", Reason.SESSION_STATE),
        session("LISTEN channel", Reason.SESSION_STATE),
        session("PREPARE p AS SELECT 1", Reason.SESSION_STATE),
        session("EXECUTE p", Reason.SESSION_STATE),
        session("DECLARE c CURSOR WITH HOLD FOR SELECT 1", Reason.SESSION_STATE),
        session("BEGIN", Reason.SESSION_STATE),
        session("SELECT set_config('a.b', 'c', false)", Reason.SESSION_STATE),
        write("SET LOCAL statement_timeout = 1", Reason.SESSION_STATE),
        write("SAVEPOINT s", Reason.WRITE_STATEMENT),
        // what cannot be told
        write("SELECT 1; SELECT 2", Reason.SEVERAL_STATEMENTS),
        write("SELECT 1; DELETE FROM items", Reason.SEVERAL_STATEMENTS),
        session("SELECT 1; SET a.b = 'c'", Reason.SEVERAL_STATEMENTS),
        write("SELECT 'a' AS \"" + "x".repeat(64) + "\"", Reason.NOT_PARSED), // cut by the server
        write("SELECT 1for", Reason.NOT_PARSED),
        write("SELECT (1", Reason.NOT_PARSED),
        write("SELECT 1)", Reason.NOT_PARSED),
        write("EXPLAIN ".repeat(1_000) + "SELECT 1", Reason.WRITE_STATEMENT),
        write("SELECT 'no end", Reason.NOT_PARSED),
        write("SELECT 1 /* no end", Reason.NOT_PARSED),
        write("SELECT U&\"n\\0065xtval\"('numbers')", Reason.NOT_PARSED),
        write("SELECT {fn now()}", Reason.NOT_PARSED),
        write("{call work()}", Reason.NOT_PARSED),
        write("", Reason.NOT_PARSED),
        write("-- nothing", Reason.NOT_PARSED),
        write("FROBNICATE items", Reason.WRITE_STATEMENT));
  }

  private JudgedStatements() {}
}
