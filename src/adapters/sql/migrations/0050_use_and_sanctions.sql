-- Reviews of use and what is published before them, suspicions of misuse, sanctions, restrictions (H2 to H9, J1 to J7).

CREATE TABLE review_criteria (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  cycle text_c NOT NULL,
  first_review_on text_c NOT NULL,
  criteria text_c NOT NULL,
  published_by text_c NOT NULL,
  policy_hash text_c NOT NULL
);

CREATE TABLE utilisation_reviews (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL REFERENCES projects (id),
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  review_criteria_id text_c,
  state text_c NOT NULL,
  cycle text_c NOT NULL,
  number BIGINT NOT NULL CHECK (number >= 1),
  period_from text_c NOT NULL,
  period_until text_c NOT NULL,
  review_on text_c NOT NULL,
  blocks BIGINT NOT NULL CHECK (blocks >= 0),
  given_milli_gpu_ms BIGINT NOT NULL,
  used_milli_gpu_ms BIGINT NOT NULL,
  unread_milli_gpu_ms BIGINT NOT NULL,
  exempt_us BIGINT NOT NULL,
  planned_milli_gpu_ms BIGINT,
  used_bp BIGINT,
  plan_bp BIGINT,
  proposed text_c,
  proposed_blocks BIGINT NOT NULL CHECK (proposed_blocks >= 0),
  reasons text_c NOT NULL,
  noticed_at BIGINT,
  opinion_until text_c,
  opinion text_c NOT NULL,
  heard_at BIGINT,
  decided text_c,
  decided_blocks BIGINT NOT NULL CHECK (decided_blocks >= 0),
  urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)),
  decided_by text_c NOT NULL,
  decided_at BIGINT,
  ground text_c NOT NULL,
  effective_on text_c,
  applied_at BIGINT,
  policy_hash text_c NOT NULL
);

CREATE TABLE incidents (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL REFERENCES allocations (id),
  account_id text_c NOT NULL,
  workload_id text_c,
  run_id text_c,
  kind text_c NOT NULL,
  state text_c NOT NULL,
  signs text_c NOT NULL,
  report text_c NOT NULL,
  found_by text_c NOT NULL,
  stopped BIGINT NOT NULL CHECK (stopped IN (0, 1)),
  decided_by text_c NOT NULL,
  decided_at BIGINT,
  ground text_c NOT NULL,
  sanction_id text_c
);

CREATE TABLE sanctions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  project_id text_c,
  allocation_id text_c,
  application_id text_c,
  account_id text_c,
  organisation_id text_c,
  person_id text_c,
  told_project_id text_c,
  told_application_id text_c,
  told_account_id text_c,
  incident_id text_c,
  obligation_id text_c,
  ground text_c NOT NULL CONSTRAINT sanctions_ground_short CHECK (length(ground) <= 255),
  subject text_c NOT NULL CONSTRAINT sanctions_subject_short CHECK (length(subject) <= 255),
  state text_c NOT NULL,
  facts text_c NOT NULL,
  reported_by text_c NOT NULL,
  measures text_c NOT NULL,
  urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)),
  urgent_reason text_c NOT NULL,
  suspended_at BIGINT,
  resumed_at BIGINT,
  notice text_c NOT NULL,
  noticed_at BIGINT,
  opinion_until text_c,
  opinion text_c NOT NULL,
  heard_at BIGINT,
  deliberation text_c,
  decision text_c NOT NULL,
  decided_by text_c NOT NULL,
  imposed_at BIGINT,
  restricted_until text_c,
  appeal_until text_c,
  appeal text_c NOT NULL,
  appealed_at BIGINT,
  appeal_deliberation text_c,
  referral text_c,
  closed_at BIGINT,
  policy_hash text_c NOT NULL
);

CREATE TABLE restrictions (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  all_programmes BIGINT NOT NULL CHECK (all_programmes IN (0, 1)),
  organisation_id text_c,
  person_id text_c,
  sanction_id text_c,
  effect text_c NOT NULL,
  centi_points BIGINT NOT NULL CHECK (centi_points >= 0),
  ground text_c NOT NULL,
  decided_by text_c NOT NULL,
  starts_on text_c NOT NULL,
  ends_on text_c,
  lifted_on text_c,
  lifted_ground text_c NOT NULL
);

CREATE INDEX review_criteria_by_programme ON review_criteria (programme_id, first_review_on, id);
CREATE UNIQUE INDEX utilisation_reviews_once ON utilisation_reviews (allocation_id, cycle, period_from);
CREATE INDEX utilisation_reviews_by_programme ON utilisation_reviews (programme_id, state, id);
CREATE INDEX utilisation_reviews_by_project ON utilisation_reviews (project_id, id);
CREATE INDEX utilisation_reviews_by_state ON utilisation_reviews (state, review_on, id);
CREATE UNIQUE INDEX incidents_once ON incidents (run_id, kind) WHERE run_id IS NOT NULL;
CREATE INDEX incidents_by_programme ON incidents (programme_id, state, id);
CREATE INDEX incidents_by_allocation ON incidents (allocation_id, state);
CREATE UNIQUE INDEX sanctions_once ON sanctions (programme_id, ground, subject) WHERE subject <> '';
CREATE INDEX sanctions_by_programme ON sanctions (programme_id, state, id);
CREATE INDEX sanctions_by_state ON sanctions (state, id);
CREATE INDEX sanctions_by_allocation ON sanctions (allocation_id, id);
CREATE INDEX sanctions_by_told_project ON sanctions (told_project_id, id);
CREATE INDEX sanctions_by_told_account ON sanctions (told_account_id, id);
CREATE INDEX sanctions_by_told_application ON sanctions (told_application_id, id);
CREATE INDEX restrictions_by_programme ON restrictions (programme_id, id);
CREATE INDEX restrictions_in_force ON restrictions (lifted_on, ends_on);
CREATE INDEX restrictions_by_sanction ON restrictions (sanction_id);
