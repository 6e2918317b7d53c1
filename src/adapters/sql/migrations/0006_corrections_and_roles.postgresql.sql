-- A line of an invoice may correct an earlier invoice, and is then negative where usage was taken back: its discount
-- has the sign of its gross amount, so the check on it goes.
ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_discount_krw_check;
ALTER TABLE invoice_lines ADD COLUMN corrects_invoice_id text_c REFERENCES invoices (id);
ALTER TABLE invoice_lines ADD CHECK (amount_krw = gross_krw - discount_krw);
ALTER TABLE invoice_lines ADD CHECK (amount_krw >= 0 OR corrects_invoice_id IS NOT NULL OR milli_gpu_ms < 0);
CREATE INDEX invoices_by_end ON invoices (allocation_id, period_end);

-- A role that ended can be granted again: the ended grant stays, for the record, and only one is without an end.
DROP INDEX role_grants_grant;
CREATE UNIQUE INDEX role_grants_grant ON role_grants (account_id, role, scope, scope_id) WHERE ends_at IS NULL;
CREATE INDEX role_grants_by_account ON role_grants (account_id, id);

-- A correction steps back on the replica's axis where less was used than was estimated (ledger/book.h).
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_check;
ALTER TABLE ledger_entries ADD CHECK (from_ms >= 0 AND to_ms >= 0 AND (to_ms >= from_ms OR kind = 'correction'));
