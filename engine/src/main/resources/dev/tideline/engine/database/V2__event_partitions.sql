-- Partitions are made beside the table and attached, which lets reads and writes go on; rows that had fallen into the
-- default partition are moved into the one that is made for them.

CREATE OR REPLACE FUNCTION ensure_event_partitions(first_time timestamptz, last_time timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month timestamp;
  partition text;
  lower_bound timestamptz;
  upper_bound timestamptz;
  made integer := 0;
BEGIN
  -- First of all: who waited for it with a look at the default partition behind him could wait in a ring.
  PERFORM pg_advisory_xact_lock(hashtext('tideline.event_partitions'));
  FOR month IN
    SELECT generate_series(date_trunc('month', first_time AT TIME ZONE 'UTC'),
      date_trunc('month', last_time AT TIME ZONE 'UTC'), interval '1 month')
    UNION SELECT date_trunc('month', occurred_at AT TIME ZONE 'UTC') FROM events_default
    ORDER BY 1
  LOOP
    partition := 'events_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    lower_bound := month AT TIME ZONE 'UTC';
    upper_bound := (month + interval '1 month') AT TIME ZONE 'UTC';
    EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', partition);
    LOCK TABLE events_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('WITH moved AS (DELETE FROM events_default WHERE occurred_at >= %L AND occurred_at < %L RETURNING *)'
      ' INSERT INTO %I SELECT * FROM moved', lower_bound, upper_bound, partition);
    EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      partition, lower_bound, upper_bound);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Takes the months that ended before a time out of the table; their rows stay in tables called detached_events_...,
-- until they are archived. Rows that come late for such a month get a partition of their own again.
CREATE FUNCTION detach_event_partitions(ended_before timestamptz) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  partition record;
  detached text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('tideline.event_partitions'));
  FOR partition IN
    SELECT c.oid, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'events'::regclass AND c.relname ~ '^events_\d{4,}_\d{2}$'
      AND (to_date(substr(c.relname, 8), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= ended_before
    ORDER BY c.relname
  LOOP
    detached := 'detached_' || partition.relname || '_' || partition.oid;
    EXECUTE format('ALTER TABLE events DETACH PARTITION %I', partition.relname);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', partition.relname, detached);
    RETURN NEXT detached;
  END LOOP;
END $$;
