package dev.tideline.routing.sql;

/**
 * The queries of a catalog. Those for definitions return a name and the text of its definition, or
 * the quoted names that it uses. They cover user-defined objects only, because no built-in object
 * uses these.
 */
final class CatalogSql {

  /** Name, whether it is volatile, whether it is built in. */
  static final String FUNCTIONS =
      """
      SELECT p.proname, p.provolatile = 'v',
        p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace AND l.lanname = 'internal'
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang\
      """;

  static final String KEYWORDS = "SELECT word, catcode FROM pg_get_keywords()";

  static final String STANDARD_STRINGS = "SHOW standard_conforming_strings";

  static final String RELATIONS =
      "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND"
          + " relpersistence <> 't'";

  static final String FOREIGN_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'f'";

  static final String UNLOGGED_TABLES =
      "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relpersistence = 'u'";

  static final String SEQUENCES =
      "SELECT relname FROM pg_class WHERE relkind = 'S' AND relpersistence <> 't'";

  static final String SERVER_VIEWS =
      """
      SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'pg_catalog'::regnamespace
        AND relname LIKE 'pg\\_%'\
      """;

  /** Types whose input function, of values or of type modifiers, is volatile. */
  static final String VOLATILE_TYPES =
      "SELECT t.typname FROM pg_type t JOIN pg_proc p ON p.oid IN (t.typinput, t.typmodin) WHERE"
          + " p.provolatile = 'v'";

  /** A function of one row can be called like a column of that row. */
  static final String LIKE_COLUMNS =
      """
      SELECT p.proname FROM pg_proc p JOIN pg_type t ON t.oid = p.proargtypes[0]
      WHERE p.oid >= 16384 AND p.pronargs > 0 AND p.pronargs - p.pronargdefaults <= 1 AND (t.typtype IN ('c', 'd')
        OR t.typname IN ('record', 'any', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray'))\
      """;

  /** Functions that are not labelled volatile: their types, defaults and bodies. */
  static final String FUNCTION_BODIES =
      """
      SELECT p.proname, concat_ws(E'\\n', pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
        CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END)
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
      WHERE p.oid >= 16384 AND p.provolatile <> 'v' AND p.prokind <> 'a'\
      """;

  static final String AGGREGATES =
      """
      SELECT p.proname, concat_ws(' ', pg_get_function_arguments(p.oid), string_agg(quote_ident(f.proname), ' '))
      FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid
      JOIN pg_proc f ON f.oid IN (g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
        g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn)
      WHERE p.oid >= 16384 GROUP BY p.oid, p.proname\
      """;

  static final String VIEWS =
      """
      SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      UNION ALL
      SELECT c.relname, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      WHERE p.polqual IS NOT NULL\
      """;

  /** A read of a table also reads the tables that inherit from it, including its partitions. */
  static final String CHILDREN =
      """
      SELECT p.relname, quote_ident(c.relname) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
      JOIN pg_class c ON c.oid = i.inhrelid WHERE p.relkind IN ('r', 'p', 'f')\
      """;

  /** Checks of domains, the types that types are made of, and explicit casts to types. */
  static final String TYPES =
      """
      SELECT t.typname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid
      JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname <> 'information_schema'
      UNION ALL
      SELECT t.typname, quote_ident(p.typname) FROM pg_type t JOIN pg_type p ON p.oid IN (t.typbasetype, t.typelem)
      WHERE p.oid >= 16384
      UNION ALL
      SELECT t.typname, quote_ident(p.typname) FROM pg_range r JOIN pg_type t ON t.oid IN (r.rngtypid, r.rngmultitypid)
      JOIN pg_type p ON p.oid = r.rngsubtype WHERE p.oid >= 16384
      UNION ALL
      SELECT c.relname, quote_ident(p.typname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_type p ON p.oid = a.atttypid
      WHERE p.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
      UNION ALL
      SELECT t.typname, quote_ident(p.proname) FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
      JOIN pg_type t ON t.oid = c.casttarget WHERE t.oid >= 16384 AND c.castcontext = 'e'\
      """;

  static final String OPERATORS =
      """
      SELECT o.oprname, quote_ident(p.proname) FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
      WHERE o.oid >= 16384\
      """;

  /**
   * What a statement uses without naming it: implicit casts, casts to types that have several
   * names, output functions of types, support functions of sorts and indexes, the operators of IN,
   * BETWEEN, LIKE and similar constructs.
   */
  static final String IMPLIED =
      """
      SELECT 'cast', quote_ident(p.proname) FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
      WHERE c.oid >= 16384 AND (c.castcontext <> 'e' OR c.casttarget < 16384)
      UNION ALL
      SELECT 'output', quote_ident(p.proname) FROM pg_type t JOIN pg_proc p ON p.oid IN (t.typoutput, t.typsend)
      WHERE t.oid >= 16384
      UNION ALL
      SELECT 'support', quote_ident(p.proname) FROM pg_amproc a JOIN pg_proc p ON p.oid = a.amproc WHERE p.oid >= 16384
      UNION ALL
      SELECT 'operator', quote_ident(p.proname) FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
      WHERE o.oid >= 16384 AND (EXISTS (SELECT FROM pg_amop a WHERE a.amopopr = o.oid)
        OR o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '~', '!~', '~~', '!~~', '~~*', '!~~*'))\
      """;

  private CatalogSql() {}
}
