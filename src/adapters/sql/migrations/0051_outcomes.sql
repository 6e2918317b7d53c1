-- Outcomes, the end, versions of the rules that end, determinations and desks (K1 to K8, L1 to L3, M2 to M7).

CREATE TABLE evidence_documents (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  kind text_c NOT NULL,
  file_name text_c NOT NULL,
  media_type text_c NOT NULL,
  size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
  sha256 text_c NOT NULL,
  blob text_c NOT NULL,
  blob_key text_c NOT NULL,
  erased_at BIGINT
);

CREATE TABLE outcomes (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  obligation_id text_c REFERENCES obligations (id),
  kind text_c NOT NULL,
  title text_c NOT NULL,
  content text_c NOT NULL,
  produced_on text_c NOT NULL,
  notify_by text_c NOT NULL,
  evidence text_c NOT NULL,
  state text_c NOT NULL,
  ground text_c NOT NULL
);

CREATE TABLE acknowledgement_checks (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  outcome_id text_c NOT NULL REFERENCES outcomes (id),
  evidence_document_id text_c NOT NULL REFERENCES evidence_documents (id),
  present BIGINT NOT NULL CHECK (present IN (0, 1)),
  cited text_c NOT NULL,
  note text_c NOT NULL,
  checked_by text_c NOT NULL
);

CREATE TABLE data_shares (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  obligation_id text_c REFERENCES obligations (id),
  state text_c NOT NULL,
  due_on text_c NOT NULL,
  type text_c NOT NULL,
  mode text_c NOT NULL,
  title text_c NOT NULL,
  description text_c NOT NULL,
  claims text_c NOT NULL,
  proposed_at BIGINT,
  checked_by text_c NOT NULL,
  registration text_c NOT NULL,
  registered_at BIGINT,
  ground text_c NOT NULL
);

CREATE TABLE user_surveys (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  kind text_c NOT NULL,
  year BIGINT NOT NULL CHECK (year >= 0),
  title text_c NOT NULL,
  state text_c NOT NULL,
  questions text_c NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT,
  answers BIGINT NOT NULL CHECK (answers >= 0),
  counts text_c NOT NULL
);

CREATE TABLE survey_participations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  user_survey_id text_c NOT NULL REFERENCES user_surveys (id),
  account_id text_c NOT NULL REFERENCES accounts (id)
);

CREATE TABLE deletion_jobs (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c REFERENCES projects (id),
  allocation_id text_c REFERENCES allocations (id),
  account_id text_c REFERENCES accounts (id),
  state text_c NOT NULL,
  last_day text_c NOT NULL,
  notice_on text_c NOT NULL,
  purge_on text_c NOT NULL,
  noticed_at BIGINT,
  started_at BIGINT,
  verified_at BIGINT,
  items text_c NOT NULL,
  attempts BIGINT NOT NULL CHECK (attempts >= 0),
  trouble text_c,
  ground text_c NOT NULL
);

CREATE TABLE retention_holds (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  deletion_job_id text_c NOT NULL REFERENCES deletion_jobs (id),
  kinds text_c NOT NULL,
  law text_c NOT NULL,
  ground text_c NOT NULL,
  until text_c,
  placed_by text_c NOT NULL,
  released_at BIGINT,
  release_ground text_c NOT NULL
);

CREATE TABLE deletion_certificates (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c REFERENCES projects (id),
  deletion_job_id text_c NOT NULL REFERENCES deletion_jobs (id),
  number text_c NOT NULL,
  issued_on text_c NOT NULL,
  lines text_c NOT NULL,
  statement_ko text_c NOT NULL,
  statement_en text_c NOT NULL,
  policy_hash text_c NOT NULL
);

CREATE TABLE determinations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  question text_c NOT NULL,
  met_on text_c NOT NULL,
  chair text_c NOT NULL,
  chair_office text_c NOT NULL,
  members text_c NOT NULL,
  minutes text_c NOT NULL,
  decision text_c NOT NULL,
  policy_hash text_c NOT NULL,
  recorded_by text_c NOT NULL
);

CREATE TABLE questions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  desk text_c NOT NULL,
  request text_c NOT NULL,
  title text_c NOT NULL,
  text text_c NOT NULL,
  state text_c NOT NULL,
  answer text_c NOT NULL,
  answered_by text_c NOT NULL,
  answered_at BIGINT
);

ALTER TABLE programmes ADD COLUMN next_policy_version_id text_c REFERENCES policy_versions (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE programmes ADD COLUMN ended_at BIGINT;
ALTER TABLE policy_versions ADD COLUMN ends_on text_c;
ALTER TABLE policy_versions ADD COLUMN end_event text_c NOT NULL DEFAULT '';
ALTER TABLE policy_versions ADD COLUMN end_ground text_c NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN determination_ids text_c NOT NULL DEFAULT '[]';
ALTER TABLE obligations ADD COLUMN ground text_c NOT NULL DEFAULT '';
ALTER TABLE volumes ADD COLUMN erase_at BIGINT;
ALTER TABLE volumes ADD COLUMN erased_at BIGINT;

CREATE INDEX evidence_documents_by_project ON evidence_documents (project_id, id);
CREATE INDEX evidence_documents_by_programme ON evidence_documents (programme_id, id);
CREATE INDEX outcomes_by_obligation ON outcomes (obligation_id, id);
CREATE INDEX outcomes_by_project ON outcomes (project_id, id);
CREATE INDEX outcomes_by_programme ON outcomes (programme_id, id);
CREATE INDEX acknowledgement_checks_by_outcome ON acknowledgement_checks (outcome_id, id);
CREATE INDEX acknowledgement_checks_by_project ON acknowledgement_checks (project_id, id);
CREATE UNIQUE INDEX data_shares_once ON data_shares (allocation_id);
CREATE INDEX data_shares_by_project ON data_shares (project_id, id);
CREATE INDEX data_shares_by_programme ON data_shares (programme_id, state, id);
CREATE INDEX user_surveys_by_programme ON user_surveys (programme_id, year, id);
CREATE UNIQUE INDEX survey_participations_once ON survey_participations (user_survey_id, account_id);
CREATE UNIQUE INDEX deletion_jobs_once ON deletion_jobs (allocation_id)
  WHERE allocation_id IS NOT NULL AND state NOT IN ('cancelled', 'certified');
CREATE UNIQUE INDEX deletion_jobs_of_account_once ON deletion_jobs (account_id)
  WHERE account_id IS NOT NULL AND state NOT IN ('cancelled', 'certified');
CREATE INDEX deletion_jobs_by_state ON deletion_jobs (state, id);
CREATE INDEX deletion_jobs_by_project ON deletion_jobs (project_id, id);
CREATE INDEX retention_holds_by_job ON retention_holds (deletion_job_id, id);
CREATE UNIQUE INDEX deletion_certificates_once ON deletion_certificates (deletion_job_id);
CREATE INDEX deletion_certificates_by_project ON deletion_certificates (project_id, id);
CREATE INDEX determinations_by_programme ON determinations (programme_id, id);
CREATE INDEX questions_by_programme ON questions (programme_id, state, id);
CREATE INDEX questions_by_account ON questions (account_id, id);
CREATE INDEX volumes_to_erase ON volumes (node_id, id) WHERE erase_at IS NOT NULL AND erased_at IS NULL;
