-- Training before use, other resources than were asked for, and what is asked to be changed of an allocation
-- (F2, F4, F11).
CREATE TABLE training_completions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  person_id text_c,
  material text_c NOT NULL CONSTRAINT training_completions_material_short CHECK (length(material) <= 255),
  material_version text_c NOT NULL
    CONSTRAINT training_completions_material_version_short CHECK (length(material_version) <= 255),
  completed_at BIGINT NOT NULL,
  policy_hash text_c NOT NULL
);

CREATE TABLE counter_offers (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  award_id text_c REFERENCES awards (id),
  waitlist_entry_id text_c REFERENCES waitlist_entries (id),
  state text_c NOT NULL,
  pool text_c NOT NULL,
  asked text_c NOT NULL,
  offered text_c NOT NULL,
  ground text_c NOT NULL,
  answer_by text_c NOT NULL,
  offered_by text_c NOT NULL,
  answer text_c NOT NULL,
  answered_at BIGINT,
  policy_hash text_c NOT NULL
);

CREATE TABLE allocation_actions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  kind text_c NOT NULL,
  state text_c NOT NULL,
  blocks BIGINT NOT NULL CHECK (blocks >= 0),
  ends_on text_c,
  starts_on text_c NOT NULL,
  reason text_c NOT NULL,
  requested_by text_c NOT NULL,
  findings text_c NOT NULL,
  ground text_c NOT NULL,
  decided_by text_c NOT NULL,
  decided_at BIGINT,
  applied_at BIGINT,
  blocks_before BIGINT NOT NULL CHECK (blocks_before >= 0),
  blocks_after BIGINT NOT NULL CHECK (blocks_after >= 0),
  ends_on_before text_c,
  policy_hash text_c NOT NULL
);

CREATE UNIQUE INDEX training_completions_once
  ON training_completions (programme_id, account_id, material, material_version);
CREATE INDEX training_completions_by_project ON training_completions (project_id, id);
CREATE INDEX training_completions_by_account ON training_completions (account_id, id);
CREATE UNIQUE INDEX counter_offers_of_award_once ON counter_offers (award_id)
  WHERE award_id IS NOT NULL AND state = 'offered';
CREATE UNIQUE INDEX counter_offers_of_entry_once ON counter_offers (waitlist_entry_id)
  WHERE waitlist_entry_id IS NOT NULL AND state = 'offered';
CREATE INDEX counter_offers_by_award ON counter_offers (award_id, state);
CREATE INDEX counter_offers_by_application ON counter_offers (application_id, state);
CREATE INDEX counter_offers_by_programme ON counter_offers (programme_id, state, id);
CREATE INDEX allocation_actions_by_allocation ON allocation_actions (allocation_id, state);
CREATE INDEX allocation_actions_by_project ON allocation_actions (project_id, id);
CREATE INDEX allocation_actions_by_state ON allocation_actions (state, starts_on);
