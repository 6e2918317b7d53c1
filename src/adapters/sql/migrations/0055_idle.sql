-- Warnings about idle use, and when a share was last busy (H1).

CREATE TABLE idle_warnings (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  state text_c NOT NULL,
  no_login BIGINT NOT NULL CHECK (no_login IN (0, 1)),
  no_use BIGINT NOT NULL CHECK (no_use IN (0, 1)),
  idle_since text_c NOT NULL,
  last_login_at BIGINT,
  last_used_at BIGINT,
  warned_on text_c NOT NULL,
  last_day text_c NOT NULL,
  measure text_c NOT NULL,
  reasons text_c NOT NULL,
  closed_at BIGINT,
  closed_by text_c NOT NULL,
  ground text_c NOT NULL,
  policy_hash text_c NOT NULL
);

CREATE UNIQUE INDEX idle_warnings_once ON idle_warnings (allocation_id) WHERE closed_at IS NULL;
CREATE INDEX idle_warnings_by_programme ON idle_warnings (programme_id, state, id);
CREATE INDEX idle_warnings_by_project ON idle_warnings (project_id, id);
CREATE INDEX idle_warnings_by_allocation ON idle_warnings (allocation_id, id);

ALTER TABLE share_uses ADD COLUMN busy_at BIGINT;
CREATE INDEX notifications_by_resource ON notifications (resource, event);
