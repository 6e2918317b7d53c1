-- Retries are counted since a person's last start, and wait a little; an operator's drain is kept apart from what the
-- node is found to be; the node's last reading of CLOCK_BOOTTIME gives the length of what runs there.

ALTER TABLE runs ADD COLUMN retries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN not_before BIGINT;
ALTER TABLE nodes ADD COLUMN drain BIGINT NOT NULL DEFAULT 0 CHECK (drain IN (0, 1));
ALTER TABLE nodes ADD COLUMN boottime_us BIGINT NOT NULL DEFAULT 0;
UPDATE nodes SET drain = 1 WHERE state IN ('draining', 'drained');
