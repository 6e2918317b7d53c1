-- Groups share no folder yet (G9, docs/decisions/0061-groups.md): what kept one is gone.

DROP INDEX user_groups_erasing;
ALTER TABLE user_groups DROP COLUMN volume;
ALTER TABLE user_groups DROP COLUMN gid;
ALTER TABLE user_groups DROP COLUMN erasing;
ALTER TABLE user_groups DROP COLUMN erase_on;
