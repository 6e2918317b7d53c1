-- What a run that waits was promised: its cards, for the time of estimated_start_at.

ALTER TABLE runs ADD COLUMN promised_on text_c NOT NULL DEFAULT '[]';
