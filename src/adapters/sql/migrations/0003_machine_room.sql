-- The machine room: nodes and cards, and what runs on them.
--
-- A column is a field of the noun (src/model) under the same name. Times are microseconds since 1970 (UTC), dates
-- texts "2026-09-01", truth 0 or 1; nested values are JSON text. A foreign key stands for a row's direct parents
-- only; what follows from them is not checked a second time. Texts that are in an index are short, because an entry
-- of an index of PostgreSQL is (2.7 kB).

CREATE TABLE nodes (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name text_c NOT NULL CONSTRAINT nodes_name_short CHECK (length(name) <= 255),
  state text_c NOT NULL,
  pool text_c NOT NULL,
  boot_id text_c NOT NULL,
  last_sequence BIGINT NOT NULL,
  last_report_at BIGINT NOT NULL,
  cpu_milli BIGINT NOT NULL,
  memory_bytes BIGINT NOT NULL,
  engine text_c NOT NULL,
  simulated BIGINT NOT NULL CHECK (simulated IN (0, 1))
);
CREATE UNIQUE INDEX nodes_name ON nodes (name);
CREATE INDEX nodes_by_state ON nodes (state, id);

CREATE TABLE cards (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  node_id text_c NOT NULL REFERENCES nodes (id),
  "index" BIGINT NOT NULL,
  model text_c NOT NULL CONSTRAINT cards_model_short CHECK (length(model) <= 255),
  product text_c NOT NULL,
  memory_bytes BIGINT NOT NULL,
  simulated BIGINT NOT NULL CHECK (simulated IN (0, 1)),
  health text_c NOT NULL,
  CHECK (memory_bytes >= 0)
);
CREATE INDEX cards_by_node ON cards (node_id, "index");
CREATE INDEX cards_by_model ON cards (model, id);

CREATE TABLE images (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  reference text_c NOT NULL CONSTRAINT images_reference_short CHECK (length(reference) <= 500),
  digest text_c NOT NULL,
  size_bytes BIGINT NOT NULL,
  software text_c NOT NULL,
  services text_c NOT NULL,
  node_ids text_c NOT NULL
);
CREATE UNIQUE INDEX images_reference ON images (reference);

CREATE TABLE volumes (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL REFERENCES projects (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  name text_c NOT NULL CONSTRAINT volumes_name_short CHECK (length(name) <= 255),
  quota_bytes BIGINT NOT NULL,
  node_id text_c REFERENCES nodes (id),
  CHECK (quota_bytes >= 0)
);
CREATE UNIQUE INDEX volumes_name ON volumes (project_id, account_id, name);
CREATE INDEX volumes_by_programme ON volumes (programme_id, id);
CREATE INDEX volumes_by_account ON volumes (account_id);
CREATE INDEX volumes_by_node ON volumes (node_id);

CREATE TABLE workloads (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  kind text_c NOT NULL,
  name text_c NOT NULL,
  desired text_c NOT NULL,
  revision_id text_c NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX workloads_by_programme ON workloads (programme_id, id);
CREATE INDEX workloads_by_project ON workloads (project_id, id);
CREATE INDEX workloads_by_allocation ON workloads (allocation_id, id);
CREATE INDEX workloads_by_account ON workloads (account_id, id);
CREATE INDEX workloads_desired ON workloads (desired, id) WHERE deleted_at IS NULL;
CREATE INDEX workloads_by_revision ON workloads (revision_id);

CREATE TABLE revisions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  workload_id text_c NOT NULL REFERENCES workloads (id),
  number BIGINT NOT NULL,
  spec text_c NOT NULL,
  CHECK (number >= 1)
);
CREATE UNIQUE INDEX revisions_number ON revisions (workload_id, number);

CREATE TABLE runs (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  workload_id text_c NOT NULL REFERENCES workloads (id),
  revision_id text_c NOT NULL REFERENCES revisions (id),
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL,
  account_id text_c NOT NULL,
  attempt BIGINT NOT NULL,
  state text_c NOT NULL,
  outcome text_c NOT NULL,
  priority BIGINT NOT NULL,
  queued_at BIGINT NOT NULL,
  waiting text_c,
  estimated_start_at BIGINT,
  assigned_at BIGINT,
  started_at BIGINT,
  ended_at BIGINT,
  exit_code BIGINT,
  ended_reason text_c,
  CHECK (attempt >= 1)
);
CREATE UNIQUE INDEX runs_attempt ON runs (workload_id, attempt);
CREATE INDEX runs_by_state ON runs (state, queued_at, id);
CREATE INDEX runs_by_programme ON runs (programme_id, state, queued_at, id);
CREATE INDEX runs_by_project ON runs (project_id, state, queued_at, id);
CREATE INDEX runs_by_allocation ON runs (allocation_id, state, queued_at, id);
CREATE INDEX runs_by_account ON runs (account_id, state, queued_at, id);
CREATE INDEX runs_by_revision ON runs (revision_id);

-- The two point at each other; a row may be written before the one it points at, within a transaction.
-- workloads.revision_id has no such check: it is there from the first, and revisions points back.
ALTER TABLE workloads ADD COLUMN run_id text_c REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX workloads_by_run ON workloads (run_id);

CREATE TABLE replicas (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  run_id text_c NOT NULL REFERENCES runs (id),
  workload_id text_c NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  account_id text_c NOT NULL,
  node_id text_c NOT NULL REFERENCES nodes (id),
  number BIGINT NOT NULL,
  desired text_c NOT NULL,
  state text_c NOT NULL,
  container_id text_c NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  exit_code BIGINT,
  out_of_memory BIGINT NOT NULL CHECK (out_of_memory IN (0, 1)),
  lost BIGINT NOT NULL CHECK (lost IN (0, 1)),
  CHECK (number >= 0)
);
CREATE UNIQUE INDEX replicas_number ON replicas (run_id, number);
CREATE INDEX replicas_by_node ON replicas (node_id, state, id);
CREATE INDEX replicas_by_workload ON replicas (workload_id, id);
CREATE INDEX replicas_by_project ON replicas (project_id, state);
CREATE INDEX replicas_by_state ON replicas (state, id);

CREATE TABLE shares (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  replica_id text_c NOT NULL REFERENCES replicas (id),
  run_id text_c NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  account_id text_c NOT NULL,
  node_id text_c NOT NULL,
  card_id text_c NOT NULL REFERENCES cards (id),
  milli_gpu BIGINT NOT NULL,
  memory_bytes BIGINT NOT NULL,
  released_at BIGINT,
  CHECK (milli_gpu BETWEEN 1 AND 1000),
  CHECK (memory_bytes >= 0)
);
CREATE UNIQUE INDEX shares_card ON shares (replica_id, card_id);
CREATE INDEX shares_held ON shares (card_id) WHERE released_at IS NULL;
CREATE INDEX shares_held_on_node ON shares (node_id) WHERE released_at IS NULL;
CREATE INDEX shares_held_by_project ON shares (project_id) WHERE released_at IS NULL;
CREATE INDEX shares_by_run ON shares (run_id);
CREATE INDEX shares_by_card ON shares (card_id, id);
