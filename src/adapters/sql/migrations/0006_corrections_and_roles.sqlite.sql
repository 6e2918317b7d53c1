-- A line of an invoice may correct an earlier invoice, and is then negative where usage was taken back: its discount
-- has the sign of its gross amount, so the check on it goes. SQLite drops no check from a table that stands, so the
-- rows move into a new one.
CREATE TABLE invoice_lines_new (
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
  corrects_invoice_id text_c REFERENCES invoices (id),
  CHECK (amount_krw = gross_krw - discount_krw),
  CHECK (amount_krw >= 0 OR corrects_invoice_id IS NOT NULL OR milli_gpu_ms < 0)
);
INSERT INTO invoice_lines_new (id, version, created_at, updated_at, invoice_id, number, model, account_id, price_item,
    price_per_gpu_hour_krw, milli_gpu_ms, gross_krw, discount_krw, amount_krw, rule)
  SELECT id, version, created_at, updated_at, invoice_id, number, model, account_id, price_item,
    price_per_gpu_hour_krw, milli_gpu_ms, gross_krw, discount_krw, amount_krw, rule FROM invoice_lines;
DROP TABLE invoice_lines;
ALTER TABLE invoice_lines_new RENAME TO invoice_lines;
CREATE UNIQUE INDEX invoice_lines_number ON invoice_lines (invoice_id, number);
CREATE INDEX invoices_by_end ON invoices (allocation_id, period_end);

-- A role that ended can be granted again: the ended grant stays, for the record, and only one is without an end.
DROP INDEX role_grants_grant;
CREATE UNIQUE INDEX role_grants_grant ON role_grants (account_id, role, scope, scope_id) WHERE ends_at IS NULL;
CREATE INDEX role_grants_by_account ON role_grants (account_id, id);

-- A correction steps back on the replica's axis where less was used than was estimated (ledger/book.h).
CREATE TABLE ledger_entries_new (
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
  corrects text_c REFERENCES ledger_entries_new (id),
  reason text_c,
  CHECK (from_ms >= 0 AND to_ms >= 0 AND (to_ms >= from_ms OR kind = 'correction')),
  CHECK (kind = 'correction' OR (milli_gpu > 0 AND milli_gpu_ms = milli_gpu * (to_ms - from_ms))),
  CHECK ((kind = 'correction') = (corrects IS NOT NULL))
);
INSERT INTO ledger_entries_new (id, version, created_at, updated_at, kind, share_id, replica_id, run_id, workload_id, programme_id,
    account_id, project_id, allocation_id, node_id, card_id, model, boot_id, milli_gpu, from_ms, to_ms,
    milli_gpu_ms, started_at, ended_at, corrects, reason)
  SELECT id, version, created_at, updated_at, kind, share_id, replica_id, run_id, workload_id, programme_id,
    account_id, project_id, allocation_id, node_id, card_id, model, boot_id, milli_gpu, from_ms, to_ms,
    milli_gpu_ms, started_at, ended_at, corrects, reason FROM ledger_entries;
DROP TABLE ledger_entries;
ALTER TABLE ledger_entries_new RENAME TO ledger_entries;
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
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'append_only: ledger_entries');
END;

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'append_only: ledger_entries');
END;
