-- Which transaction wrote an event: what a job has not yet seen is told from it, and not from times, which come late.
ALTER TABLE events ADD COLUMN received bigint;
ALTER TABLE events ALTER COLUMN received SET DEFAULT pg_current_xact_id()::text::bigint;
CREATE INDEX events_received ON events USING brin (received);

-- What decays by half in a fixed time is kept as the logarithm (base 2) of what it would be, had it never decayed since
-- 2020: sums can be added to and compared as they are, and nothing has to be rewritten as time goes by.

CREATE FUNCTION half_lives(moment timestamptz, half_life interval) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT extract(epoch FROM moment - timestamptz '2020-01-01 00:00:00+00')::double precision
    / extract(epoch FROM half_life)::double precision
$$;

-- log2(2^a + 2^b); null is the logarithm of nothing.
CREATE FUNCTION log2_add(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN a IS NULL THEN b WHEN b IS NULL THEN a
    ELSE greatest(a, b) + ln(1 + power(2::double precision, greatest(-60, -abs(a - b)))) / ln(2::double precision) END
$$;

CREATE FUNCTION event_weight(type text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE type WHEN 'purchase' THEN 3.0 WHEN 'add_to_cart' THEN 2.0 ELSE 1.0 END::double precision
$$;

-- The columns popularity and trend are the former release's; a later one drops them.
ALTER TABLE product_features
  ADD COLUMN popularity_log2  double precision, -- weighted events, half-life 14 days
  ADD COLUMN recent_log2      double precision, -- the same, half-life 2 days
  ADD COLUMN trending         double precision, -- recent_log2 - 0.7 popularity_log2: lately against usually
  ADD COLUMN audience_log2    double precision, -- what the item graph has of the product, half-life 60 days
  ADD COLUMN price_percentile double precision; -- 0 to 1 within its category and currency
CREATE INDEX product_features_popularity_log2 ON product_features (popularity_log2 DESC NULLS LAST, product_id);
CREATE INDEX product_features_trending ON product_features (trending DESC NULLS LAST, product_id);

-- What people have had to do with, the job "neighbors" keeps it: who is 'u:' and a user, or 's:' and a session.
CREATE TABLE interactions (
  actor      text NOT NULL,
  product_id text NOT NULL,
  weight     double precision NOT NULL, -- log2 of the latest and weightiest event, half-life 60 days
  PRIMARY KEY (actor, product_id)
);
CREATE INDEX interactions_product ON interactions (product_id, weight DESC);
CREATE TABLE neighbors_due ( -- products whose neighbours have to be found anew
  product_id text PRIMARY KEY
);

-- Ranking: the category '' is the default; each change is kept.
CREATE TABLE ranking_history (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  category   text NOT NULL,
  weights    jsonb, -- null: removed
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- The neighbours of a product lie together, the nearest first: a person's whole history is read from a few pages.
CREATE INDEX product_neighbors_best ON product_neighbors (product_id, weight DESC) INCLUDE (neighbor_id);
