package dev.tideline.routing.sql;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random SQL, put together from parts that read and parts that write. */
final class RandomSql {

  private RandomSql() {}

  /**
   * What lexers disagree about: ends of comments, quotes, prefixes, numbers, signs side by side.
   */
  private static final List<String> FRAGMENTS =
      List.of(
          "a",
          "note",
          "E",
          "e",
          "N",
          "n",
          "b",
          "X",
          "u",
          "U",
          "select",
          "\u00e9",
          "\u00c4",
          "\u212a",
          "a$b",
          "_x1",
          "\u3000",
          "\u2028",
          "\u0663",
          "\ud83d\ude00",
          "x".repeat(62),
          "'",
          "''",
          "\"",
          "\"\"",
          "'a'",
          "\"a b\"",
          "E'",
          "E'\\''",
          "'\\'",
          "'\\",
          "'\\\\'",
          "U&'",
          "U&\"",
          "u&",
          "N'",
          "B'01'",
          "X'1F",
          " ",
          "\n",
          "\r",
          "\t",
          "\f",
          "\u000b",
          "\u00a0",
          "\u0085",
          "\u001c",
          "--",
          "-- c\n",
          "-- c\r",
          "/*",
          "*/",
          "/* /* */",
          "/**/",
          "/* ' */",
          "--'\n",
          "'a'\n'\\'",
          "$",
          "$$",
          "$a$",
          "$1",
          "$a",
          "$1a$",
          "$\u00e9$",
          "1",
          "1.",
          ".5",
          "1..2",
          "1.5e3",
          "1e",
          "1e+",
          "0x1F",
          "0x",
          "0b12",
          "0b1",
          "0o17",
          "0x_f",
          "1_000",
          "1__0",
          "1_",
          "12",
          "+",
          "-",
          "*",
          "/",
          "<",
          ">",
          "=",
          "~",
          "!",
          "@",
          "#",
          "%",
          "^",
          "&",
          "|",
          "`",
          "?",
          "!=",
          "<>",
          "::",
          ":=",
          "=>",
          "@-",
          "*-",
          "|/",
          "-@",
          "(",
          ")",
          "[",
          "]",
          ",",
          ";",
          ":",
          ".",
          "..",
          "{",
          "\\");

  // ---- statements

  private static final List<String> CALLS =
      List.of(
          "nextval('numbers')",
          "pg_catalog.nextval('numbers')",
          "\"nextval\"('numbers')",
          "setval('numbers', 9)",
          "length(note('x'))",
          "public.plain(1)",
          "plain(2)",
          "length(says_stable('y'))",
          "length('x'::noted)",
          "length(CAST('x' AS noted))",
          "length(@!@ 'x')",
          "abs(-1)",
          "count(*)",
          "max(price)",
          "length(name)",
          "pg_advisory_lock(1) IS NULL",
          "lo_create(0)::int",
          "txid_current() > 0",
          "set_config('my.note', 'x', false) = 'x'",
          "(SELECT nextval('numbers'))",
          "coalesce(price, 0)",
          "1 + 1",
          "id",
          "now() > at",
          "length(note_all(name))",
          "length(query_to_xml('SELECT nextval(''numbers'')', true, true, '')::text)",
          "(SELECT max(n) FROM drawn)",
          "(SELECT count(*) FROM guarded)",
          "(SELECT count(*) FROM cheap)",
          "length(i.touch)",
          "random() > 2",
          "'nextval(1)' = ''",
          "E'\\'; SELECT nextval(''numbers'')' IS NULL",
          "\"id\"",
          "nextval /* c */ ('numbers')",
          "nextval -- c\n ('numbers')",
          "U&\"n\\0065xtval\"('numbers')",
          "nextval -- c\r ('numbers')",
          "1 -- c\r + nextval('numbers')",
          "E'a'\n'\\'' || nextval('numbers') || '''' <> ''",
          "'\\' || nextval('numbers') || '\\' <> ''",
          "$a$'$a$ || nextval('numbers') <> ''",
          "0x1F + nextval('numbers')",
          "treat('numbers' AS nextval)",
          "length(table_to_xml('drawn', true, true, '')::text)",
          "pg_input_is_valid('x', 'noted')",
          "pg_try_advisory_lock(7)",
          "by_default()",
          "takes_noted('x')",
          "loops()",
          "length(signs('x'))",
          "length(#!# 'x')",
          "length(OPERATOR(public.@!@) 'x')",
          "length(next('x'))",
          "length(first('x'))",
          "length(filter('x'))",
          "length(over('x'))",
          "length(rows('x'))",
          "length(public.zone('x'))",
          "length(path('x'))",
          "length(i.quietly)",
          "length(i.anything)",
          "length(quiet_all(name))",
          "CAST('glad'::mood AS pair) IS NULL",
          "array_position(m.notes, 'x')",
          "(SELECT last_value FROM numbers)",
          "dice()",
          "name COLLATE \"C\" < 'a'",
          "EXISTS (TABLE items)",
          "max(id) FILTER (WHERE true) OVER (ORDER BY id)",
          "(SELECT count(*) FROM log)",
          "i.id IS DISTINCT FROM 2");

  private static final List<String> SOURCES =
      List.of(
          "items i",
          "items AS i",
          "public.items i",
          "cheap i",
          "(SELECT * FROM items) i",
          "(SELECT * FROM items FOR UPDATE) i",
          "items i, drawn",
          "items i CROSS JOIN drawn_twice",
          "items i, LATERAL (SELECT note(i.name)) x",
          "items i, note('x') f",
          "guarded g, items i",
          "items i, generate_series(1, 2) AS s(n)",
          "items i TABLESAMPLE bernoulli (50)",
          "(WITH d AS (DELETE FROM log RETURNING line) SELECT * FROM d) i",
          "(SELECT i.*, nextval('numbers') FROM items i) i",
          "counted i",
          "items i, marked m",
          "items i, signed",
          "items i, assigned",
          "items i, scratched",
          "items i, parted",
          "shuffled i",
          "items i(id, name)",
          "items i, ROWS FROM (generate_series(1, 2), note('x')) r(a, b)",
          "items i, JSON_TABLE(i.data, '$' COLUMNS (y text PATH '$.y')) jt",
          "(VALUES (1, 'a', 2)) i(id, name, price)",
          "(items i CROSS JOIN log)",
          "ONLY items i",
          "items values, cheap i",
          "items i JOIN LATERAL over('x') o(z) ON true",
          "items i JOIN log ON i.name IS NOT DISTINCT FROM line, cheap");

  private static final List<String> CONDITIONS =
      List.of(
          "",
          "WHERE true",
          "WHERE id > 0",
          "WHERE nextval('numbers') > 0",
          "WHERE EXISTS (SELECT note('x'))",
          "WHERE id IN (SELECT id FROM items FOR SHARE)",
          "WHERE 'FOR UPDATE' <> ''",
          "WHERE note(name) IS NOT NULL",
          "WHERE name LIKE 'n%'",
          "ORDER BY setval('numbers', 5)",
          "GROUP BY i.id HAVING nextval('numbers') > 0",
          "LIMIT 1",
          "LIMIT (SELECT nextval('numbers'))",
          "FOR UPDATE",
          "FOR KEY SHARE",
          "FOR/**/UPDATE",
          "WINDOW w AS (ORDER BY length(note('x')))",
          "GROUP BY GROUPING SETS ((i.id), ())",
          "FETCH FIRST length(first('x')) ROWS ONLY",
          "ORDER BY i.name COLLATE \"C\"",
          "WHERE i.id IS DISTINCT FROM nextval('numbers')",
          "UNION ALL SELECT length(line) FROM log");

  private static final List<String> OTHERS =
      List.of(
          "INSERT INTO log VALUES ('x')",
          "UPDATE items SET name = name || 'x'",
          "DELETE FROM items",
          "TRUNCATE log",
          "CREATE TABLE fresh (id int)",
          "CREATE TEMP TABLE fresh (id int)",
          "DROP TABLE log",
          "SELECT * INTO fresh FROM items",
          "DO $$ BEGIN INSERT INTO log VALUES ('x'); END $$",
          "SET my.note = 'x'",
          "COPY log FROM PROGRAM 'echo x'",
          "TABLE items",
          "VALUES (nextval('numbers'))",
          "VALUES (1), (2)",
          "CALL nothing()",
          "SELECT",
          "SHOW my.note",
          "MERGE INTO log USING items ON false WHEN NOT MATCHED THEN INSERT VALUES ('x')");

  private static final List<String> SHAPES =
      List.of(
          "%s",
          "%s;",
          "(%s)",
          "EXPLAIN %s",
          "EXPLAIN ANALYZE %s",
          "EXPLAIN (ANALYZE, VERBOSE) %s",
          "/* SELECT 1 */ %s",
          "-- a read\n%s",
          "WITH t AS (%s) SELECT * FROM t",
          "WITH t AS MATERIALIZED (%s), u AS (SELECT 1) SELECT 1",
          "SELECT (%s) IS NULL",
          "SELECT * FROM (%s) s",
          "%s UNION ALL %s",
          "SELECT EXISTS (%s)",
          "SELECT 1; %s",
          "WITH t AS (SELECT 1) %s",
          "SELECT ARRAY(%s)",
          "PREPARE p AS %s",
          "DECLARE c CURSOR FOR %s",
          "CREATE TABLE fresh AS %s",
          "((%s))",
          "SELECT CASE WHEN true THEN (%s) END IS NULL",
          "SELECT DISTINCT ON (1) (%s)",
          "SELECT DISTINCT ON (1) note('x') FROM (%s) s",
          "WITH a(x) AS (SELECT 1), b AS (%s) TABLE b",
          "WITH log AS (%s) SELECT count(*) FROM log",
          "SELECT 1 OPERATOR(pg_catalog.=) (SELECT count(*) FROM (%s) s)",
          "SELECT 1 OPERATOR(pg_catalog.=) length(note('x')) FROM (%s) s",
          "EXPLAIN ANALYSE %s",
          "SELECT 1 -- c\r UNION ALL SELECT 1 FROM (%s) s");

  /** Texts of up to eight fragments, in any order. */
  static Arbitrary<String> fragments() {
    return Arbitraries.of(FRAGMENTS)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  /** Statements, nested up to twice; whether one reads or writes is not known. */
  static Arbitrary<String> statements() {
    Arbitrary<String> call = Arbitraries.of(CALLS);
    Arbitrary<String> select =
        Combinators.combine(
                call, call.optional(0.3), Arbitraries.of(SOURCES), Arbitraries.of(CONDITIONS))
            .as((one, other, source, condition) ->
                "SELECT %s%s FROM %s %s"
                    .formatted(one, other.map(text -> ", " + text).orElse(""), source, condition));
    Arbitrary<String> plain = call.map(text -> "SELECT " + text);
    Arbitrary<String> statement =
        Arbitraries.frequencyOf(
            Tuple.of(6, select), Tuple.of(2, plain), Tuple.of(2, Arbitraries.of(OTHERS)));
    Arbitrary<String> shape = Arbitraries.of(SHAPES);
    Arbitrary<String> once = Combinators.combine(shape, statement).as(RandomSql::shaped);
    Arbitrary<String> twice = Combinators.combine(shape, once).as(RandomSql::shaped);
    return Arbitraries.oneOf(statement, once, twice);
  }

  private static String shaped(String shape, String statement) {
    return shape.replace("%s", statement);
  }
}
