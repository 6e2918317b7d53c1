-- What becomes of an invoice: tax on top of it, what was paid and credited, and by when it is due. A payment below zero
-- is money that was paid back.

ALTER TABLE invoices ADD COLUMN tax_krw BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD COLUMN paid_krw BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD COLUMN credited_krw BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD COLUMN issued_on text_c;
ALTER TABLE invoices ADD COLUMN due_on text_c;
CREATE INDEX invoices_by_due ON invoices (due_on, state) WHERE due_on IS NOT NULL;

CREATE TABLE payments (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  invoice_id text_c NOT NULL REFERENCES invoices (id),
  amount_krw BIGINT NOT NULL CHECK (amount_krw <> 0),
  paid_on text_c NOT NULL,
  method text_c NOT NULL,
  reference text_c NOT NULL CONSTRAINT payments_reference_short CHECK (length(reference) <= 255),
  note text_c NOT NULL
);
CREATE UNIQUE INDEX payments_reference ON payments (invoice_id, reference) WHERE reference <> '';
CREATE INDEX payments_by_invoice ON payments (invoice_id, id);
CREATE INDEX payments_by_project ON payments (project_id, id);

CREATE TABLE credit_notes (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  number text_c NOT NULL CONSTRAINT credit_notes_number_short CHECK (length(number) <= 255),
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  invoice_id text_c NOT NULL REFERENCES invoices (id),
  amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
  issued_on text_c NOT NULL,
  ground text_c NOT NULL
);
CREATE UNIQUE INDEX credit_notes_number ON credit_notes (number);
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice_id, id);
CREATE INDEX credit_notes_by_project ON credit_notes (project_id, id);

-- Of a line: what was charged, and each rule that made one figure of another.
ALTER TABLE invoice_lines ADD COLUMN unit text_c NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN price_krw BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice_lines ADD COLUMN quantity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice_lines ADD COLUMN per BIGINT NOT NULL DEFAULT 1;
ALTER TABLE invoice_lines ADD COLUMN steps text_c NOT NULL DEFAULT '[]';
