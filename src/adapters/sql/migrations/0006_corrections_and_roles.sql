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
