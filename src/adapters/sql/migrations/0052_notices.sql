-- Notices: messages with what became of them, how people want to be told, silences, the words of packs, and how far
-- the making of messages has come (M4, P13, L2). No release wrote into the table of messages that was here before.

DROP TABLE notifications;

CREATE TABLE notifications (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c,
  account_id text_c,
  source text_c NOT NULL CONSTRAINT notifications_source_short CHECK (length(source) <= 255),
  event text_c NOT NULL CONSTRAINT notifications_event_short CHECK (length(event) <= 255),
  resource text_c NOT NULL CONSTRAINT notifications_resource_short CHECK (length(resource) <= 255),
  recipient text_c NOT NULL CONSTRAINT notifications_recipient_short CHECK (length(recipient) <= 255),
  channel text_c NOT NULL,
  "template" text_c NOT NULL,
  language text_c NOT NULL,
  title text_c NOT NULL,
  text text_c NOT NULL,
  state text_c NOT NULL,
  attempts BIGINT NOT NULL CHECK (attempts >= 0),
  next_attempt_at BIGINT,
  claimed_at BIGINT,
  sent_at BIGINT,
  read_at BIGINT,
  email text_c NOT NULL,
  mobile text_c NOT NULL,
  failure text_c
);
CREATE UNIQUE INDEX notifications_once ON notifications (source, recipient, channel) WHERE source <> '';
CREATE INDEX notifications_by_account ON notifications (account_id, created_at, id);
CREATE INDEX notifications_by_programme ON notifications (programme_id, created_at, id);
CREATE INDEX notifications_by_recipient ON notifications (recipient, created_at, id);
CREATE INDEX notifications_by_state ON notifications (state, next_attempt_at, id);

CREATE TABLE notice_preferences (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  account_id text_c NOT NULL REFERENCES accounts (id),
  language text_c NOT NULL,
  muted text_c NOT NULL,
  quiet_from BIGINT,
  quiet_until BIGINT,
  email text_c NOT NULL,
  mobile text_c NOT NULL
);
CREATE UNIQUE INDEX notice_preferences_account ON notice_preferences (account_id);

CREATE TABLE notice_silences (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c,
  event text_c NOT NULL,
  channel text_c,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ground text_c NOT NULL
);
CREATE INDEX notice_silences_by_end ON notice_silences (ends_at);

CREATE TABLE notice_texts (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  name text_c NOT NULL CONSTRAINT notice_texts_name_short CHECK (length(name) <= 255),
  language text_c NOT NULL,
  sha256 text_c NOT NULL CONSTRAINT notice_texts_sha256_short CHECK (length(sha256) <= 255),
  text text_c NOT NULL
);
CREATE UNIQUE INDEX notice_texts_once ON notice_texts (programme_id, name, language, sha256);

CREATE TABLE notice_marks (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name text_c NOT NULL CONSTRAINT notice_marks_name_short CHECK (length(name) <= 255),
  position BIGINT NOT NULL CHECK (position >= 0),
  day text_c
);
CREATE UNIQUE INDEX notice_marks_name ON notice_marks (name);

-- What happened before there were messages is told to nobody now.
INSERT INTO notice_marks (id, version, created_at, updated_at, name, position)
SELECT '00000000-0000-7000-8000-000000000052', 1, 0, 0, 'events', COALESCE(MAX(position), 0) FROM events;
