-- What caches must forget. Triggers write the tags of what changed, in the transaction that changes it, whoever writes; so
-- nobody can forget to. A row gets its position after it was committed (see the class OutboxPositions).

ALTER TABLE cache_outbox
  ADD COLUMN xact   xid8 NOT NULL DEFAULT pg_current_xact_id(),                     -- who wrote it finds it by this
  ADD COLUMN writer text NOT NULL DEFAULT current_setting('application_name'),
  ADD COLUMN epoch  text;                                                           -- of the position
CREATE INDEX cache_outbox_open ON cache_outbox (xact) WHERE position IS NULL;
CREATE INDEX cache_outbox_position ON cache_outbox (position);
CREATE INDEX cache_outbox_created ON cache_outbox (created_at);

CREATE TABLE cache_outbox_pruned (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch    text,
  position pg_lsn NOT NULL DEFAULT '0/0' -- the highest that was removed
);
INSERT INTO cache_outbox_pruned DEFAULT VALUES;

-- More tags than anybody wants to look at clear all.
CREATE FUNCTION invalidate_tags(names text[], why text) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO cache_outbox (tags, reason)
  SELECT CASE WHEN cardinality(names) > 1000 THEN ARRAY['catalog'] ELSE names END, why
  WHERE cardinality(names) > 0
$$;

-- The tags of one version of a product: by its words if they may have changed, else by its words as far as offers go.
CREATE FUNCTION product_tags(id text, category text, brand text, search tsvector, worded boolean) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
  SELECT 'product:' || id
  UNION ALL SELECT 'any'
  UNION ALL SELECT 'brand:' || brand WHERE brand IS NOT NULL
  UNION ALL SELECT 'category:' || array_to_string(path[:n], ' > ')
    FROM string_to_array(category, ' > ') AS path, generate_series(1, cardinality(path)) AS n
  UNION ALL SELECT CASE WHEN worded THEN 'word:' ELSE 'offer:' END || lexeme FROM unnest(tsvector_to_array(search)) AS lexeme
$$;

CREATE FUNCTION products_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  many constant integer := 200;
  names text[];
  paired bigint;
BEGIN
  CASE TG_OP
    WHEN 'TRUNCATE' THEN
      names := ARRAY['catalog'];
    WHEN 'INSERT' THEN
      IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT many + 1) AS few) > many THEN
        names := ARRAY['catalog'];
      ELSE
        SELECT array_agg(DISTINCT tag) INTO names
        FROM new_rows n, product_tags(n.id, n.category, n.brand, n.search, true) AS tag;
      END IF;
    WHEN 'DELETE' THEN
      IF (SELECT count(*) FROM (SELECT FROM old_rows LIMIT many + 1) AS few) > many THEN
        names := ARRAY['catalog'];
      ELSE
        SELECT array_agg(DISTINCT tag) INTO names
        FROM old_rows o, product_tags(o.id, o.category, o.brand, o.search, true) AS tag;
      END IF;
    WHEN 'UPDATE' THEN
      SELECT count(*) INTO paired FROM (SELECT FROM new_rows LIMIT many + 1) AS few;
      IF paired > many OR EXISTS (SELECT FROM old_rows o WHERE NOT EXISTS (SELECT FROM new_rows n WHERE n.id = o.id)) THEN
        names := ARRAY['catalog'];
      ELSE
        SELECT array_agg(DISTINCT tag) INTO names
        FROM (
          SELECT o, n,
            (o.title, o.description, o.brand, o.category, o.attributes, o.created_at)
              IS DISTINCT FROM (n.title, n.description, n.brand, n.category, n.attributes, n.created_at) AS worded,
            (o.price, o.currency, o.in_stock) IS DISTINCT FROM (n.price, n.currency, n.in_stock) AS offered
          FROM old_rows o JOIN new_rows n ON n.id = o.id) AS pair
        CROSS JOIN LATERAL (
          SELECT 'product:' || (pair.n).id AS tag
          UNION SELECT product_tags((pair.o).id, (pair.o).category, (pair.o).brand, (pair.o).search, worded) WHERE worded OR offered
          UNION SELECT product_tags((pair.n).id, (pair.n).category, (pair.n).brand, (pair.n).search, worded) WHERE worded) AS tags;
      END IF;
  END CASE;
  PERFORM invalidate_tags(names, 'product');
  RETURN NULL;
END $$;
CREATE TRIGGER products_inserted AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION products_changed();
CREATE TRIGGER products_updated AFTER UPDATE ON products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION products_changed();
CREATE TRIGGER products_deleted AFTER DELETE ON products
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION products_changed();
CREATE TRIGGER products_truncated AFTER TRUNCATE ON products
  FOR EACH STATEMENT EXECUTE FUNCTION products_changed();

-- Tables whose rows change together, or whose rows name what depends on them. The arguments: the reason, the tag, and the
-- column that follows it if each row has a tag of its own; over 1,000 of those, the fourth argument stands for all.
CREATE FUNCTION rows_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  names text[];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    names := ARRAY[coalesce(TG_ARGV[3], TG_ARGV[1])];
  ELSIF TG_NARGS > 2 THEN
    EXECUTE format('SELECT array_agg(DISTINCT %L || %I) FROM changed', TG_ARGV[1], TG_ARGV[2]) INTO names;
    IF cardinality(names) > 1000 THEN
      names := ARRAY[TG_ARGV[3]];
    END IF;
  ELSIF EXISTS (SELECT FROM changed) THEN
    names := ARRAY[TG_ARGV[1]];
  END IF;
  PERFORM invalidate_tags(names, TG_ARGV[0]);
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched record;
  event text;
BEGIN
  FOR watched IN SELECT * FROM (VALUES
      ('product_features',  'UPDATE',               '''popularity'', ''job:popularity'''),
      ('product_neighbors', 'INSERT,UPDATE,DELETE', '''neighbors'', ''neighbors:'', ''product_id'', ''job:neighbors'''),
      ('user_preferences',  'INSERT,UPDATE,DELETE', '''preferences'', ''user:'', ''user_id'', ''catalog'''),
      ('ranking_weights',   'INSERT,UPDATE,DELETE', '''ranking'', ''ranking'''),
      ('suggestions',       'INSERT,UPDATE,DELETE', '''suggestions'', ''job:suggestions'''),
      ('search_statistics', 'UPDATE',               '''vocabulary'', ''job:vocabulary'''))
    AS t (name, events, arguments)
  LOOP
    FOREACH event IN ARRAY string_to_array(watched.events, ',') LOOP
      EXECUTE format(
        'CREATE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rows_changed(%s)',
        watched.name || '_' || lower(event), event, watched.name,
        CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END, watched.arguments);
    END LOOP;
    EXECUTE format('CREATE TRIGGER %I AFTER TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION rows_changed(%s)',
      watched.name || '_truncate', watched.name, watched.arguments);
  END LOOP;
END $$;
