-- text_c: text that sorts and compares by its bytes. SQLite's own text does, whatever the type is called.
-- counters: the series of next_number().
CREATE TABLE counters (
  series text_c PRIMARY KEY NOT NULL,
  next BIGINT NOT NULL
);
