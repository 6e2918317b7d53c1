-- Cards in MIG mode, and of which instance of one a share is: its profile, the slice with which it begins, how much of it.

ALTER TABLE cards ADD COLUMN mig BIGINT NOT NULL DEFAULT 0 CHECK (mig IN (0, 1));
ALTER TABLE shares ADD COLUMN mig_profile text_c NOT NULL DEFAULT '';
ALTER TABLE shares ADD COLUMN mig_start BIGINT NOT NULL DEFAULT -1 CHECK (mig_start BETWEEN -1 AND 7);
ALTER TABLE shares ADD COLUMN mig_milli_gpu BIGINT NOT NULL DEFAULT 0 CHECK (mig_milli_gpu BETWEEN 0 AND 1000);
