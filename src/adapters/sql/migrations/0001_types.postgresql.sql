-- text_c: text that sorts and compares by its bytes, on every server, whatever the locale of the database.
-- counters: the series of next_number().
CREATE DOMAIN text_c AS TEXT COLLATE "C";
CREATE TABLE counters (
  series text_c PRIMARY KEY NOT NULL,
  next BIGINT NOT NULL
);
