-- The centre: people, access, programmes, applications, awards.
--
-- A column is a field of the noun (src/model) under the same name. Times are microseconds since 1970 (UTC), dates
-- texts "2026-09-01", truth 0 or 1; nested values are JSON text. A foreign key stands for a row's direct parents
-- only; what follows from them is not checked a second time. Texts that are in an index are short, because an entry
-- of an index of PostgreSQL is (2.7 kB).

CREATE TABLE organisations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name text_c NOT NULL CONSTRAINT organisations_name_short CHECK (length(name) <= 500),
  "class" text_c NOT NULL,
  region text_c NOT NULL,
  business_number text_c NOT NULL CONSTRAINT organisations_business_number_short CHECK (length(business_number) <= 255)
);
CREATE INDEX organisations_by_name ON organisations (name, id);
CREATE INDEX organisations_by_business_number ON organisations (business_number);

CREATE TABLE people (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  organisation_id text_c NOT NULL REFERENCES organisations (id),
  name text_c NOT NULL,
  position text_c NOT NULL,
  email text_c NOT NULL CONSTRAINT people_email_short CHECK (length(email) <= 320),
  phone text_c NOT NULL,
  mobile text_c NOT NULL
);
CREATE INDEX people_by_organisation ON people (organisation_id, id);
CREATE INDEX people_by_email ON people (email);

CREATE TABLE programmes (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  code text_c NOT NULL CONSTRAINT programmes_code_short CHECK (length(code) <= 255),
  name text_c NOT NULL,
  name_en text_c NOT NULL,
  zone text_c NOT NULL,
  ends_on text_c
);
CREATE UNIQUE INDEX programmes_code ON programmes (code);

CREATE TABLE policy_versions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c REFERENCES programmes (id),
  pack_version text_c NOT NULL,
  hash text_c NOT NULL,
  text text_c NOT NULL,
  effective_from text_c
);
CREATE INDEX policy_versions_by_programme ON policy_versions (programme_id, created_at, id);
CREATE INDEX policy_versions_by_hash ON policy_versions (hash);

-- The two point at each other; a row may be written before the one it points at, within a transaction.
ALTER TABLE programmes ADD COLUMN policy_version_id text_c REFERENCES policy_versions (id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE accounts (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  login text_c NOT NULL CONSTRAINT accounts_login_short CHECK (length(login) <= 255),
  person_id text_c REFERENCES people (id),
  programme_id text_c REFERENCES programmes (id),
  state text_c NOT NULL,
  password_hash text_c NOT NULL,
  former_password_hashes text_c NOT NULL,
  password_changed_at BIGINT NOT NULL,
  password_temporary BIGINT NOT NULL CHECK (password_temporary IN (0, 1)),
  failed_logins BIGINT NOT NULL,
  last_login_at BIGINT,
  uid BIGINT NOT NULL,
  allowed_addresses text_c NOT NULL,
  CHECK (failed_logins >= 0)
);
CREATE UNIQUE INDEX accounts_login ON accounts (login);
CREATE UNIQUE INDEX accounts_uid ON accounts (uid) WHERE uid > 0;
CREATE INDEX accounts_by_person ON accounts (person_id);
CREATE INDEX accounts_by_state ON accounts (programme_id, state, id);
CREATE INDEX accounts_by_last_login ON accounts (state, last_login_at);

CREATE TABLE role_grants (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  account_id text_c NOT NULL REFERENCES accounts (id),
  role text_c NOT NULL,
  scope text_c NOT NULL,
  scope_id text_c NOT NULL CONSTRAINT role_grants_scope_id_short CHECK (length(scope_id) <= 255),
  granted_by text_c NOT NULL,
  ends_at BIGINT
);
CREATE UNIQUE INDEX role_grants_grant ON role_grants (account_id, role, scope, scope_id);
CREATE INDEX role_grants_by_scope ON role_grants (scope, scope_id, role);

CREATE TABLE sessions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  account_id text_c NOT NULL REFERENCES accounts (id),
  token_hash text_c NOT NULL,
  address text_c NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_by_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  account_id text_c REFERENCES accounts (id),
  role text_c,
  scope text_c,
  scope_id text_c NOT NULL CONSTRAINT api_tokens_scope_id_short CHECK (length(scope_id) <= 255),
  name text_c NOT NULL,
  token_hash text_c NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_token ON api_tokens (token_hash);
CREATE INDEX api_tokens_by_account ON api_tokens (account_id, id);
CREATE INDEX api_tokens_by_scope ON api_tokens (scope, scope_id);

CREATE TABLE blocked_addresses (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  address text_c NOT NULL CONSTRAINT blocked_addresses_address_short CHECK (length(address) <= 255),
  failures BIGINT NOT NULL,
  blocked_until BIGINT
);
CREATE UNIQUE INDEX blocked_addresses_address ON blocked_addresses (address);
CREATE INDEX blocked_addresses_by_end ON blocked_addresses (blocked_until);

CREATE TABLE calls (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  title text_c NOT NULL,
  kind text_c NOT NULL,
  state text_c NOT NULL,
  opens_at BIGINT,
  closes_at BIGINT
);
CREATE INDEX calls_by_programme ON calls (programme_id, state, id);
CREATE INDEX calls_by_state ON calls (state, closes_at);

CREATE TABLE applications (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  receipt_number text_c NOT NULL CONSTRAINT applications_receipt_number_short CHECK (length(receipt_number) <= 255),
  programme_id text_c NOT NULL REFERENCES programmes (id),
  call_id text_c NOT NULL REFERENCES calls (id),
  account_id text_c REFERENCES accounts (id),
  state text_c NOT NULL,
  organisation text_c NOT NULL,
  title text_c NOT NULL,
  form text_c NOT NULL,
  submitted_at BIGINT,
  decided_at BIGINT,
  screening text_c NOT NULL,
  policy_hash text_c NOT NULL
);
CREATE UNIQUE INDEX applications_receipt ON applications (receipt_number) WHERE receipt_number <> '';
CREATE INDEX applications_by_receipt ON applications (receipt_number);
CREATE INDEX applications_by_programme ON applications (programme_id, id);
CREATE INDEX applications_by_programme_time ON applications (programme_id, created_at, id);
CREATE INDEX applications_by_state ON applications (programme_id, state, created_at, id);
CREATE INDEX applications_by_time ON applications (created_at, id);
CREATE INDEX applications_by_state_alone ON applications (state, id);
CREATE INDEX applications_by_call ON applications (call_id, state, id);
CREATE INDEX applications_by_account ON applications (account_id, id);

CREATE TABLE documents (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  application_id text_c NOT NULL REFERENCES applications (id),
  kind text_c NOT NULL,
  file_name text_c NOT NULL,
  media_type text_c NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 text_c NOT NULL,
  blob text_c NOT NULL CONSTRAINT documents_blob_short CHECK (length(blob) <= 500),
  blob_key text_c NOT NULL,
  erased_at BIGINT,
  CHECK (size_bytes >= 0)
);
CREATE INDEX documents_by_application ON documents (application_id, id);
CREATE INDEX documents_by_blob ON documents (blob);

CREATE TABLE decisions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c,
  application_id text_c REFERENCES applications (id),
  kind text_c NOT NULL CONSTRAINT decisions_kind_short CHECK (length(kind) <= 255),
  subject text_c NOT NULL CONSTRAINT decisions_subject_short CHECK (length(subject) <= 255),
  outcome text_c NOT NULL,
  decided_by text_c NOT NULL,
  policy_hash text_c NOT NULL,
  rules text_c NOT NULL,
  inputs text_c NOT NULL,
  note text_c NOT NULL,
  reasons text_c NOT NULL
);
CREATE INDEX decisions_by_subject ON decisions (subject, kind, created_at, id);
CREATE INDEX decisions_by_application ON decisions (application_id, created_at, id);
CREATE INDEX decisions_by_programme ON decisions (programme_id, created_at, id);
CREATE INDEX decisions_by_kind ON decisions (kind, created_at, id);

CREATE TABLE awards (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  project_id text_c,
  decision_id text_c NOT NULL REFERENCES decisions (id),
  state text_c NOT NULL,
  requested text_c NOT NULL,
  recommended text_c NOT NULL,
  awarded text_c NOT NULL,
  starts_on text_c NOT NULL,
  months BIGINT NOT NULL,
  CHECK (months >= 0)
);
CREATE INDEX awards_by_programme ON awards (programme_id, state, created_at, id);
CREATE INDEX awards_by_application ON awards (application_id);
CREATE INDEX awards_by_decision ON awards (decision_id);

CREATE TABLE projects (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  organisation_id text_c NOT NULL REFERENCES organisations (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  name text_c NOT NULL,
  gid BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_gid ON projects (gid) WHERE gid > 0;
CREATE INDEX projects_by_programme ON projects (programme_id, id);
CREATE INDEX projects_by_organisation ON projects (organisation_id);
CREATE INDEX projects_by_application ON projects (application_id);

CREATE TABLE allocations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  award_id text_c NOT NULL REFERENCES awards (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  state text_c NOT NULL,
  pool text_c NOT NULL,
  "limit" text_c NOT NULL,
  starts_on text_c NOT NULL,
  ends_on text_c NOT NULL,
  agreed_ends_on text_c NOT NULL,
  outage_given_back_us BIGINT NOT NULL,
  policy_hash text_c NOT NULL,
  CHECK (outage_given_back_us >= 0)
);
CREATE INDEX allocations_by_programme ON allocations (programme_id, state, created_at, id);
CREATE INDEX allocations_by_project ON allocations (project_id, state);
CREATE INDEX allocations_by_award ON allocations (award_id);
CREATE INDEX allocations_by_end ON allocations (state, ends_on);
CREATE INDEX allocations_by_start ON allocations (state, starts_on);

CREATE TABLE outages (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  cause text_c NOT NULL,
  note text_c NOT NULL,
  node_ids text_c NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  given_back BIGINT NOT NULL CHECK (given_back IN (0, 1))
);
CREATE INDEX outages_by_start ON outages (started_at, id);
CREATE INDEX outages_open ON outages (ended_at);

CREATE TABLE obligations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  kind text_c NOT NULL,
  form text_c NOT NULL,
  due_on text_c NOT NULL,
  state text_c NOT NULL,
  report text_c,
  submitted_at BIGINT,
  source text_c NOT NULL
);
CREATE INDEX obligations_by_programme ON obligations (programme_id, state, due_on, id);
CREATE INDEX obligations_by_project ON obligations (project_id, id);
CREATE INDEX obligations_by_allocation ON obligations (allocation_id, kind);
CREATE INDEX obligations_by_due ON obligations (state, due_on);
