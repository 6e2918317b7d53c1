-- What is recorded: use and invoices, audit and events, the state of loops and edges.
--
-- A column is a field of the noun (src/model) under the same name. Times are microseconds since 1970 (UTC), dates
-- texts "2026-09-01", truth 0 or 1; nested values are JSON text. A foreign key stands for a row's direct parents
-- only; what follows from them is not checked a second time. Texts that are in an index are short, because an entry
-- of an index of PostgreSQL is (2.7 kB).

CREATE TABLE observations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  node_id text_c NOT NULL REFERENCES nodes (id),
  boot_id text_c NOT NULL CONSTRAINT observations_boot_id_short CHECK (length(boot_id) <= 255),
  sequence BIGINT NOT NULL,
  replica_id text_c NOT NULL REFERENCES replicas (id),
  kind text_c NOT NULL,
  boottime_us BIGINT NOT NULL,
  observed_at BIGINT NOT NULL,
  estimated BIGINT NOT NULL CHECK (estimated IN (0, 1)),
  exit_code BIGINT,
  out_of_memory BIGINT NOT NULL CHECK (out_of_memory IN (0, 1)),
  container_id text_c NOT NULL,
  failure text_c,
  engine_started_at BIGINT,
  engine_finished_at BIGINT,
  CHECK (sequence >= 0)
);
CREATE UNIQUE INDEX observations_line ON observations (node_id, boot_id, sequence);
CREATE INDEX observations_by_replica ON observations (replica_id, kind, boottime_us);

CREATE TABLE ledger_entries (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  kind text_c NOT NULL,
  share_id text_c NOT NULL REFERENCES shares (id),
  replica_id text_c NOT NULL,
  run_id text_c NOT NULL,
  workload_id text_c NOT NULL,
  programme_id text_c NOT NULL,
  account_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  node_id text_c NOT NULL,
  card_id text_c NOT NULL,
  model text_c NOT NULL,
  boot_id text_c NOT NULL,
  milli_gpu BIGINT NOT NULL,
  from_ms BIGINT NOT NULL,
  to_ms BIGINT NOT NULL,
  milli_gpu_ms BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  corrects text_c REFERENCES ledger_entries (id),
  reason text_c,
  CHECK (from_ms >= 0 AND to_ms >= from_ms),
  CHECK (kind = 'correction' OR (milli_gpu > 0 AND milli_gpu_ms = milli_gpu * (to_ms - from_ms))),
  CHECK ((kind = 'correction') = (corrects IS NOT NULL))
);
CREATE UNIQUE INDEX ledger_entries_piece ON ledger_entries (share_id, from_ms) WHERE kind <> 'correction' AND to_ms > from_ms;
CREATE INDEX ledger_entries_by_share ON ledger_entries (share_id, from_ms);
CREATE INDEX ledger_entries_by_replica ON ledger_entries (replica_id, from_ms, id);
CREATE INDEX ledger_entries_by_workload ON ledger_entries (workload_id, started_at, id);
CREATE INDEX ledger_entries_by_programme ON ledger_entries (programme_id, started_at, id);
CREATE INDEX ledger_entries_by_account ON ledger_entries (account_id, started_at, id);
CREATE INDEX ledger_entries_by_project ON ledger_entries (project_id, started_at, id);
CREATE INDEX ledger_entries_by_allocation ON ledger_entries (allocation_id, started_at, id);
CREATE INDEX ledger_entries_by_start ON ledger_entries (started_at, id);
CREATE INDEX ledger_entries_by_corrected ON ledger_entries (corrects) WHERE corrects IS NOT NULL;

CREATE TABLE invoices (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  number text_c NOT NULL CONSTRAINT invoices_number_short CHECK (length(number) <= 255),
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  state text_c NOT NULL,
  period_start BIGINT NOT NULL,
  period_end BIGINT NOT NULL,
  milli_gpu_ms BIGINT NOT NULL,
  total_krw BIGINT NOT NULL,
  policy_hash text_c NOT NULL,
  price_list text_c NOT NULL,
  CHECK (period_end >= period_start)
);
CREATE UNIQUE INDEX invoices_number ON invoices (number) WHERE number <> '';
CREATE INDEX invoices_by_number ON invoices (number);
CREATE INDEX invoices_by_allocation ON invoices (allocation_id, period_start);
CREATE INDEX invoices_by_project ON invoices (project_id, id);
CREATE INDEX invoices_by_programme ON invoices (programme_id, state, id);

CREATE TABLE invoice_lines (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  invoice_id text_c NOT NULL REFERENCES invoices (id),
  number BIGINT NOT NULL,
  model text_c NOT NULL,
  account_id text_c NOT NULL,
  price_item text_c NOT NULL,
  price_per_gpu_hour_krw BIGINT NOT NULL,
  milli_gpu_ms BIGINT NOT NULL,
  gross_krw BIGINT NOT NULL,
  discount_krw BIGINT NOT NULL,
  amount_krw BIGINT NOT NULL,
  rule text_c NOT NULL,
  CHECK (discount_krw >= 0)
);
CREATE UNIQUE INDEX invoice_lines_number ON invoice_lines (invoice_id, number);

CREATE TABLE audit_entries (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  position BIGINT NOT NULL,
  actor text_c NOT NULL CONSTRAINT audit_entries_actor_short CHECK (length(actor) <= 255),
  action text_c NOT NULL,
  resource text_c NOT NULL CONSTRAINT audit_entries_resource_short CHECK (length(resource) <= 255),
  scope text_c NOT NULL CONSTRAINT audit_entries_scope_short CHECK (length(scope) <= 255),
  subject text_c NOT NULL CONSTRAINT audit_entries_subject_short CHECK (length(subject) <= 255),
  outcome text_c NOT NULL,
  request_id text_c NOT NULL,
  detail text_c NOT NULL,
  personal text_c NOT NULL,
  personal_salt text_c NOT NULL,
  personal_digest text_c NOT NULL,
  previous_hash text_c NOT NULL,
  hash text_c NOT NULL,
  CHECK (position >= 0)
);
CREATE UNIQUE INDEX audit_entries_position ON audit_entries (position) WHERE position > 0;
CREATE INDEX audit_entries_by_position ON audit_entries (position, created_at, id);
CREATE INDEX audit_entries_by_resource ON audit_entries (resource, created_at, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, created_at, id);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, created_at, id);
CREATE INDEX audit_entries_by_scope ON audit_entries (scope, created_at, id);
CREATE INDEX audit_entries_by_time ON audit_entries (created_at, id);

CREATE TABLE events (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  position BIGINT NOT NULL,
  type text_c NOT NULL,
  resource text_c NOT NULL CONSTRAINT events_resource_short CHECK (length(resource) <= 255),
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  application_id text_c NOT NULL,
  account_id text_c NOT NULL,
  data text_c NOT NULL,
  CHECK (position >= 0)
);
CREATE UNIQUE INDEX events_position ON events (position) WHERE position > 0;
CREATE INDEX events_by_position ON events (position, created_at, id);
CREATE INDEX events_by_resource ON events (resource, id);
CREATE INDEX events_by_programme ON events (programme_id, position);
CREATE INDEX events_by_project ON events (project_id, position);
CREATE INDEX events_by_account ON events (account_id, position);

CREATE TABLE notifications (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  event_id text_c NOT NULL,
  recipient text_c NOT NULL CONSTRAINT notifications_recipient_short CHECK (length(recipient) <= 255),
  channel text_c NOT NULL CONSTRAINT notifications_channel_short CHECK (length(channel) <= 255),
  "template" text_c NOT NULL CONSTRAINT notifications_template_short CHECK (length("template") <= 255),
  data text_c NOT NULL,
  attempts BIGINT NOT NULL,
  sent_at BIGINT,
  read_at BIGINT,
  CHECK (attempts >= 0)
);
CREATE UNIQUE INDEX notifications_once ON notifications (event_id, recipient, channel, template) WHERE event_id <> '';
CREATE INDEX notifications_by_recipient ON notifications (recipient, created_at, id);
CREATE INDEX notifications_unsent ON notifications (sent_at, created_at, id);

CREATE TABLE idempotency_keys (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  owner text_c NOT NULL CONSTRAINT idempotency_keys_owner_short CHECK (length(owner) <= 255),
  "key" text_c NOT NULL CONSTRAINT idempotency_keys_key_short CHECK (length("key") <= 255),
  request_digest text_c NOT NULL,
  status BIGINT NOT NULL,
  headers text_c NOT NULL,
  body text_c NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX idempotency_keys_key ON idempotency_keys (owner, "key");
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE loop_leases (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  role text_c NOT NULL CONSTRAINT loop_leases_role_short CHECK (length(role) <= 255),
  holder text_c NOT NULL,
  fencing BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CHECK (fencing >= 0)
);
CREATE UNIQUE INDEX loop_leases_role ON loop_leases (role);
