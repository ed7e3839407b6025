-- A text folded as queries are: as search_text does, but numbers with a unit are one word alone.
CREATE FUNCTION query_text(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(search_text(t), '\m([0-9]+(?:d[0-9]+)?) (\1(?:inch|ft|oz|lb))\M', '\2', 'g'))
$$;

-- What may be meant by the beginning of a query. A suggestion has a row for each of its words, with the text from that
-- word on, folded as queries are; the job "suggestions" makes them.
CREATE TABLE suggestions (
  kind      text NOT NULL CHECK (kind IN ('query', 'product', 'brand', 'category')),
  text      text NOT NULL,
  beginning text COLLATE "C" NOT NULL,
  weight    double precision NOT NULL, -- 0 to 1
  PRIMARY KEY (kind, text, beginning)
);
CREATE INDEX suggestions_beginning ON suggestions (beginning, weight DESC);
CREATE INDEX suggestions_weight ON suggestions (weight DESC);
CREATE INDEX query_stats_hour ON query_stats (hour);
