-- What a decision was made from may be emptied when the person that it is about is deleted (L1, R12); nothing
-- else of it changes.
DROP TRIGGER decisions_no_update;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
WHEN
    OLD.inputs = '' OR NEW.inputs <> '' OR NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at
    OR NEW.programme_id IS NOT OLD.programme_id OR NEW.application_id IS NOT OLD.application_id
    OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject OR NEW.outcome <> OLD.outcome OR NEW.decided_by <>
      OLD.decided_by OR NEW.policy_hash <> OLD.policy_hash OR NEW.rules <> OLD.rules OR NEW.note <>
      OLD.note OR NEW.reasons <> OLD.reasons OR NEW.determination_ids <> OLD.determination_ids
BEGIN
  SELECT RAISE(ABORT, 'append_only: decisions');
END;
