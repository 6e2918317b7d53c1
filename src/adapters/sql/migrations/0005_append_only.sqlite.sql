-- Rows that only grow: what is written once stays as it was written.
--
-- An audit entry may be sealed once (position, salt and hashes, while its position is 0) and its personal part
-- may be emptied; nothing else of it changes.

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'append_only: ledger_entries');
END;

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'append_only: ledger_entries');
END;

CREATE TRIGGER observations_no_update BEFORE UPDATE ON observations
BEGIN
  SELECT RAISE(ABORT, 'append_only: observations');
END;

CREATE TRIGGER observations_no_delete BEFORE DELETE ON observations
BEGIN
  SELECT RAISE(ABORT, 'append_only: observations');
END;

CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN
  SELECT RAISE(ABORT, 'append_only: decisions');
END;

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN
  SELECT RAISE(ABORT, 'append_only: decisions');
END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN
  SELECT RAISE(ABORT, 'append_only: audit_entries');
END;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
WHEN
    NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at OR NEW.actor <> OLD.actor OR NEW.action <>
      OLD.action OR NEW.resource <> OLD.resource OR NEW.scope <> OLD.scope OR NEW.subject <>
      OLD.subject OR NEW.outcome <> OLD.outcome OR NEW.request_id <> OLD.request_id OR NEW.detail <>
      OLD.detail
    OR (OLD.position > 0 AND (NEW.position <> OLD.position OR NEW.personal_digest <>
      OLD.personal_digest OR NEW.previous_hash <> OLD.previous_hash OR NEW.hash <> OLD.hash))
    OR (NEW.personal <> OLD.personal AND NEW.personal <> '') OR (NEW.personal_salt <>
      OLD.personal_salt AND NEW.personal_salt <> '' AND OLD.position > 0)
BEGIN
  SELECT RAISE(ABORT, 'append_only: audit_entries');
END;
