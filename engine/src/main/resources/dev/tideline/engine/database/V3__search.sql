-- Text search: words are folded by search_text (the class SearchText does the same to queries; a test holds one against
-- the other) and stemmed, stop words included: they count little, for they are common, but "the who" can be found.

CREATE FUNCTION search_text(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  x text := lower(t);
BEGIN
  IF octet_length(t) <> char_length(t) THEN                                      -- CAFÉ -> cafe
    x := regexp_replace(translate(lower(normalize(t, NFKD)), 'ς', 'σ'), '[\u0300-\u036f]', '', 'g');
  END IF;
  IF x ~ '[0-9]' THEN
    x := regexp_replace(x, '([0-9]),([0-9]{3})(?![0-9])', '\1\2', 'g');          -- 1,000 -> 1000
    x := regexp_replace(x, '([0-9])[.,](?=[0-9])', '\1d', 'g');                  -- 1.75 -> 1d75
    x := regexp_replace(x, '([0-9])[ -]?(?:inch(?:es)?|in|"|''''|′′|”)(?![a-z0-9])', '\1inch ', 'g');
    x := regexp_replace(x, '([0-9])[ -]?(?:feet|foot|ft|''|′|’)(?![a-z0-9])', '\1ft ', 'g');
    x := regexp_replace(x, '([0-9])[ -]?(?:ounces?|oz)(?![a-z0-9])', '\1oz ', 'g');
    x := regexp_replace(x, '([0-9])[ -]?(?:pounds?|lbs?)(?![a-z0-9])', '\1lb ', 'g');
    x := regexp_replace(x, '(?<![a-z0-9])([0-9]+(?:d[0-9]+)?)(inch|ft|oz|lb)(?![a-z0-9])', '\1 \1\2', 'g'); -- 13 13inch
  END IF;
  x := translate(x, '''’', '');                                                  -- women's -> womens
  RETURN regexp_replace(x, '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g');
END $$;

CREATE TEXT SEARCH DICTIONARY tideline_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION tideline (COPY = english);
ALTER TEXT SEARCH CONFIGURATION tideline
  ALTER MAPPING FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part WITH tideline_stem;

-- All words are matched in "search"; scores are computed from "search_head", which is short enough to lie beside the row.
ALTER TABLE products DROP COLUMN search;
ALTER TABLE products
  ADD COLUMN search_head tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('tideline', search_text(title)), 'A')
    || setweight(to_tsvector('tideline', search_text(coalesce(brand, ''))), 'B')
    || setweight(to_tsvector('tideline', search_text(coalesce(category, ''))), 'C')) STORED,
  ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('tideline', search_text(title)), 'A')
    || setweight(to_tsvector('tideline', search_text(coalesce(brand, ''))), 'B')
    || setweight(to_tsvector('tideline', search_text(coalesce(category, ''))), 'C')
    || setweight(to_tsvector('tideline', search_text(description)), 'D')) STORED,
  ADD COLUMN title_words smallint NOT NULL GENERATED ALWAYS AS (
    cardinality(string_to_array(title, ' '))) STORED;
CREATE INDEX products_search ON products USING gin (search);

-- The catalog's own words, as they are written, and how many products have them: what typing errors are corrected to,
-- beginnings of words completed to, and rarity told from. Made anew by the job "vocabulary".
CREATE TABLE search_words (
  word            text PRIMARY KEY,
  lexeme          text NOT NULL,    -- what it is stemmed to
  products        integer NOT NULL, -- that have the word
  lexeme_products integer NOT NULL  -- that have any word stemmed so
);
CREATE INDEX search_words_lexeme ON search_words (lexeme);
CREATE TABLE search_statistics (
  only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version      bigint NOT NULL DEFAULT 0, -- of the words and the synonyms
  products     bigint NOT NULL DEFAULT 0,
  title_words  double precision NOT NULL DEFAULT 10, -- of a title, on average
  currency     text,                      -- the commonest of prices
  computed_at  timestamptz
);
INSERT INTO search_statistics DEFAULT VALUES;

CREATE TABLE synonyms (
  term     text NOT NULL, -- folded, one word or several
  synonym  text NOT NULL,
  two_way  boolean NOT NULL,
  PRIMARY KEY (term, synonym)
);
