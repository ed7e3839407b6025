-- What was done about the number of instances, and why. Written by the autoscaler that leads; nothing wrote it before.
ALTER TABLE scaling_events
  DROP COLUMN instances,
  DROP COLUMN reasons,
  ADD COLUMN from_instances integer NOT NULL CHECK (from_instances >= 0),
  ADD COLUMN to_instances integer NOT NULL CHECK (to_instances >= 0),
  ADD COLUMN reasons text[] NOT NULL,
  ADD COLUMN failure text,
  ADD CHECK (action IN ('scale_up', 'scale_down'));
CREATE INDEX scaling_events_by_time ON scaling_events (occurred_at DESC, id DESC);
