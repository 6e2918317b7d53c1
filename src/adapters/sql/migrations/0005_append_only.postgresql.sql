-- Rows that only grow: what is written once stays as it was written.
--
-- An audit entry may be sealed once (position, salt and hashes, while its position is 0) and its personal part
-- may be emptied; nothing else of it changes.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME USING ERRCODE = 'DU001';
END
$$;

CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER observations_no_change BEFORE UPDATE OR DELETE ON observations
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER observations_no_truncate BEFORE TRUNCATE ON observations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
  FOR EACH ROW WHEN (
    NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at OR NEW.actor <> OLD.actor OR NEW.action <>
      OLD.action OR NEW.resource <> OLD.resource OR NEW.scope <> OLD.scope OR NEW.subject <>
      OLD.subject OR NEW.outcome <> OLD.outcome OR NEW.request_id <> OLD.request_id OR NEW.detail <>
      OLD.detail
    OR (OLD.position > 0 AND (NEW.position <> OLD.position OR NEW.personal_digest <>
      OLD.personal_digest OR NEW.previous_hash <> OLD.previous_hash OR NEW.hash <> OLD.hash))
    OR (NEW.personal <> OLD.personal AND NEW.personal <> '') OR (NEW.personal_salt <>
      OLD.personal_salt AND NEW.personal_salt <> '' AND OLD.position > 0)
  ) EXECUTE FUNCTION refuse_change();
