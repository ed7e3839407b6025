-- Search indexes as instances publish them, so that another instance need not build its own when it starts.

CREATE TABLE index_snapshots (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  epoch      text NOT NULL,
  lsn        bigint NOT NULL,                        -- with the epoch: a read from here on shows nothing older
  bookmark   xid8 NOT NULL,                          -- of the log of changed products
  seen       text NOT NULL,
  format     text NOT NULL,                          -- of files and of text analysis; others cannot be opened
  products   integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE index_snapshot_files (
  snapshot_id bigint NOT NULL REFERENCES index_snapshots ON DELETE CASCADE,
  name        text NOT NULL,
  part        integer NOT NULL,                      -- from 0; all but the last have the same length
  sha256      bytea NOT NULL,                        -- of the part
  content     bytea NOT NULL,
  PRIMARY KEY (snapshot_id, name, part)
);
ALTER TABLE index_snapshot_files ALTER COLUMN content SET STORAGE EXTERNAL; -- segments do not shrink
