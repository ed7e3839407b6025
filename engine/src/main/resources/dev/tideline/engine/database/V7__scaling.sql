-- What was done about the number of instances, and why. Written by the autoscaler that leads.
CREATE TABLE scaling_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  action text NOT NULL CHECK (action IN ('scale_up', 'scale_down')),
  from_instances integer NOT NULL CHECK (from_instances >= 0),
  to_instances integer NOT NULL CHECK (to_instances >= 0),
  reasons text[] NOT NULL,
  failure text
);
CREATE INDEX scaling_events_by_time ON scaling_events (occurred_at DESC, id DESC);
