-- Maintenance that is planned, by node (P26).

CREATE TABLE maintenance_windows (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  node_id text_c NOT NULL REFERENCES nodes (id),
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ground text_c NOT NULL,
  state text_c NOT NULL,
  drained BIGINT NOT NULL CHECK (drained IN (0, 1)),
  outage_id text_c
);
CREATE INDEX maintenance_windows_by_node ON maintenance_windows (node_id, state, starts_at);
CREATE INDEX maintenance_windows_by_state ON maintenance_windows (state, starts_at, id);

-- Nodes that are kept for a project from one date to another (A9).

CREATE TABLE reservations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL REFERENCES projects (id),
  pool text_c NOT NULL,
  model text_c NOT NULL,
  cards BIGINT NOT NULL CHECK (cards >= 0),
  node_ids text_c NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ground text_c NOT NULL,
  state text_c NOT NULL,
  left_run_ids text_c NOT NULL
);
CREATE INDEX reservations_by_project ON reservations (project_id, state, starts_at);
CREATE INDEX reservations_by_state ON reservations (state, starts_at, id);
