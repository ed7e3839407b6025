CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Catalog

CREATE TABLE products (
  id          text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  title       text NOT NULL,
  description text NOT NULL DEFAULT '',
  brand       text,
  category    text, -- a path, 'A > B > C'
  price       numeric(12, 2) CHECK (price >= 0), -- null: unknown
  currency    text NOT NULL,
  in_stock    boolean NOT NULL DEFAULT true,
  attributes  jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  search      tsvector NOT NULL GENERATED ALWAYS AS (
                setweight(to_tsvector('english', title), 'A')
                || setweight(to_tsvector('english', coalesce(brand, '')), 'B')
                || setweight(to_tsvector('english', coalesce(category, '')), 'C')
                || setweight(to_tsvector('english', description), 'D')) STORED
);
CREATE INDEX products_search ON products USING gin (search);
CREATE INDEX products_title_trigrams ON products USING gin (title gin_trgm_ops);
CREATE INDEX products_category ON products (category text_pattern_ops);
CREATE INDEX products_brand ON products (brand);

CREATE TABLE product_features (
  product_id text PRIMARY KEY REFERENCES products ON DELETE CASCADE,
  popularity double precision NOT NULL DEFAULT 0, -- weighted events, decayed over weeks
  trend      double precision NOT NULL DEFAULT 0, -- the same, decayed over days
  views      bigint NOT NULL DEFAULT 0,
  carts      bigint NOT NULL DEFAULT 0,
  purchases  bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_features_popularity ON product_features (popularity DESC, product_id);
CREATE INDEX product_features_trend ON product_features (trend DESC, product_id);

CREATE TABLE product_neighbors (
  product_id  text NOT NULL REFERENCES products ON DELETE CASCADE,
  neighbor_id text NOT NULL REFERENCES products ON DELETE CASCADE,
  weight      double precision NOT NULL,
  PRIMARY KEY (product_id, neighbor_id)
);
CREATE INDEX product_neighbors_neighbor ON product_neighbors (neighbor_id);

-- Events

CREATE TABLE events (
  event_id    uuid NOT NULL,
  user_id     text,
  session_id  text,
  product_id  text,
  type        text NOT NULL CHECK (type IN ('view', 'click', 'add_to_cart', 'purchase', 'search')),
  quantity    integer,
  value       numeric(14, 2),
  query       text,
  source      text,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, occurred_at),
  CHECK (user_id IS NOT NULL OR session_id IS NOT NULL)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX events_user ON events (user_id, occurred_at DESC);
CREATE INDEX events_product ON events (product_id, occurred_at DESC);
CREATE TABLE events_default PARTITION OF events DEFAULT; -- to stay empty: a row here is an alert

-- A partitioned table can have no key without its partition column: this makes an event idempotent.
CREATE TABLE event_ids (
  event_id uuid PRIMARY KEY,
  seen_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_ids_seen ON event_ids USING brin (seen_at);

-- Makes the monthly partitions (UTC) that times from one to another need; answers how many are new. Safe at any number
-- of instances at once.
CREATE FUNCTION ensure_event_partitions(first_time timestamptz, last_time timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month timestamp := date_trunc('month', first_time AT TIME ZONE 'UTC');
  last_month timestamp := date_trunc('month', last_time AT TIME ZONE 'UTC');
  partition text;
  made integer := 0;
BEGIN
  WHILE month <= last_month LOOP
    partition := 'events_' || to_char(month, 'YYYY_MM');
    IF to_regclass(partition) IS NULL THEN
      PERFORM pg_advisory_xact_lock(hashtext('tideline.event_partitions'));
      IF to_regclass(partition) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
          partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        made := made + 1;
      END IF;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;

-- People

CREATE TABLE users (
  id         text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE user_preferences (
  user_id     text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  preferences jsonb NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Search and ranking

CREATE TABLE query_stats (
  normalized_query text NOT NULL,
  hour             timestamptz NOT NULL,
  count            bigint NOT NULL DEFAULT 0,
  zero_results     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (normalized_query, hour)
);
CREATE TABLE ranking_weights (
  category   text PRIMARY KEY,
  weights    jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Consistency

CREATE TABLE epoch (
  only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch             text NOT NULL,
  system_identifier numeric NOT NULL,
  timeline          bigint NOT NULL,
  database          text NOT NULL
);
CREATE TABLE heartbeat (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  beat_at  timestamptz NOT NULL
);
CREATE TABLE cache_outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tags       text[] NOT NULL,
  reason     text NOT NULL,
  position   pg_lsn,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Operation

CREATE TABLE job_state (
  job        text PRIMARY KEY,
  leader     text,
  watermark  timestamptz,
  checkpoint jsonb,
  rows       bigint,
  started_at timestamptz,
  ended_at   timestamptz
);
CREATE TABLE scaling_events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  action      text NOT NULL,
  instances   integer NOT NULL,
  reasons     jsonb NOT NULL
);
CREATE TABLE cost_samples (
  sampled_at timestamptz NOT NULL,
  component  text NOT NULL,
  usd        numeric(18, 9) NOT NULL,
  PRIMARY KEY (sampled_at, component)
);
-- By how much an import moved its times: the first time's shift is kept, so that importing again changes nothing.
CREATE TABLE import_shifts (
  source text PRIMARY KEY,
  shift  interval NOT NULL
);
