-- Which products changed, for the search index of each instance. Triggers write it in the transaction that changes the
-- product, whoever writes. It is read by transaction ids, not by the order of rows: a late commit is not missed.

CREATE TABLE product_changes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact       xid8 NOT NULL DEFAULT pg_current_xact_id(),
  product_id text,                                   -- null: so many that the index is built again
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_changes_xact ON product_changes (xact);
CREATE INDEX product_changes_changed_at ON product_changes USING brin (changed_at);

-- Who has not read since a transaction that is not kept any more builds the index again.
CREATE TABLE product_changes_pruned (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  xact     xid8 NOT NULL DEFAULT '0'                 -- the highest that was removed
);
INSERT INTO product_changes_pruned DEFAULT VALUES;

CREATE FUNCTION log_product_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  many constant integer := 5000;
BEGIN
  CASE TG_OP
    WHEN 'TRUNCATE' THEN
      INSERT INTO product_changes (product_id) VALUES (NULL);
    WHEN 'DELETE' THEN
      IF (SELECT count(*) FROM (SELECT FROM old_rows LIMIT many + 1) AS few) > many THEN
        INSERT INTO product_changes (product_id) VALUES (NULL);
      ELSE
        INSERT INTO product_changes (product_id) SELECT id FROM old_rows;
      END IF;
    WHEN 'INSERT' THEN
      IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT many + 1) AS few) > many THEN
        INSERT INTO product_changes (product_id) VALUES (NULL);
      ELSE
        INSERT INTO product_changes (product_id) SELECT id FROM new_rows;
      END IF;
    WHEN 'UPDATE' THEN
      IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT many + 1) AS few) > many THEN
        INSERT INTO product_changes (product_id) VALUES (NULL);
      ELSE
        INSERT INTO product_changes (product_id) SELECT id FROM old_rows UNION SELECT id FROM new_rows;
      END IF;
  END CASE;
  RETURN NULL;
END $$;
CREATE TRIGGER products_inserted_log AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_product_changes();
CREATE TRIGGER products_updated_log AFTER UPDATE ON products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_product_changes();
CREATE TRIGGER products_deleted_log AFTER DELETE ON products
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION log_product_changes();
CREATE TRIGGER products_truncated_log AFTER TRUNCATE ON products
  FOR EACH STATEMENT EXECUTE FUNCTION log_product_changes();
