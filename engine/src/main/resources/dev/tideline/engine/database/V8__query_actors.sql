-- Who has searched for what, once a day: a query is suggested only if several have asked it. The actor is 'u:' and a user,
-- or 's:' and a session, as in interactions; searches of which neither is told are not here. Kept for 90 days.
CREATE TABLE query_actors (
  normalized_query text NOT NULL,
  actor            text NOT NULL,
  day              date NOT NULL, -- UTC
  PRIMARY KEY (normalized_query, actor, day)
);
CREATE INDEX query_actors_actor ON query_actors (actor); -- to forget a user
CREATE INDEX query_actors_day ON query_actors USING brin (day);
