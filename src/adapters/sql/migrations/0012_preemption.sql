-- Up to when what a run has done is safe, and since when it is to stop.

ALTER TABLE runs ADD COLUMN checkpoint_at BIGINT;
ALTER TABLE runs ADD COLUMN stop_requested_at BIGINT;
