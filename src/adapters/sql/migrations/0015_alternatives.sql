-- What would help a run that waits: reasons, most useful first.

ALTER TABLE runs ADD COLUMN alternatives text_c NOT NULL DEFAULT '[]';
