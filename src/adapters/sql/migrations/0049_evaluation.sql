-- Evaluation: rounds of calls, panels, reviews, conflicts of interest, rankings, waiting list, appeals (B3, B13, E1 to E14).

CREATE TABLE rounds (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  call_id text_c NOT NULL REFERENCES calls (id),
  number BIGINT NOT NULL CHECK (number >= 0),
  title text_c NOT NULL,
  state text_c NOT NULL,
  cutoff_on text_c NOT NULL,
  panel_by text_c,
  result_by text_c,
  decided_at BIGINT,
  ground text_c NOT NULL
);

CREATE TABLE round_entries (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  round_id text_c NOT NULL REFERENCES rounds (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  organisation text_c NOT NULL,
  track text_c NOT NULL,
  pool text_c NOT NULL,
  requested text_c NOT NULL,
  position BIGINT NOT NULL CHECK (position >= 0),
  priority text_c NOT NULL,
  recommended text_c,
  waiver_ground text_c,
  outcome text_c,
  rank BIGINT
);

CREATE TABLE panels (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  round_id text_c NOT NULL REFERENCES rounds (id),
  title text_c NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 0),
  minutes text_c
);

CREATE TABLE panel_members (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  panel_id text_c NOT NULL REFERENCES panels (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  state text_c NOT NULL,
  chair BIGINT NOT NULL CHECK (chair IN (0, 1)),
  outside_expert BIGINT NOT NULL CHECK (outside_expert IN (0, 1)),
  organisation text_c NOT NULL,
  business_number text_c NOT NULL,
  unit text_c NOT NULL,
  note text_c NOT NULL,
  responded_at BIGINT
);

CREATE TABLE conflicts_of_interest (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  round_id text_c NOT NULL REFERENCES rounds (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  kind text_c NOT NULL,
  severity text_c NOT NULL,
  origin text_c NOT NULL,
  state text_c NOT NULL,
  note text_c NOT NULL,
  ground text_c NOT NULL,
  resolved_by text_c NOT NULL,
  resolved_at BIGINT
);

CREATE TABLE reviews (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  round_id text_c NOT NULL REFERENCES rounds (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  position BIGINT NOT NULL CHECK (position >= 0),
  state text_c NOT NULL,
  scores text_c NOT NULL,
  recommended text_c,
  comment text_c NOT NULL,
  ground text_c NOT NULL,
  submitted_at BIGINT,
  locked_at BIGINT,
  reopened BIGINT NOT NULL CHECK (reopened >= 0)
);

CREATE TABLE bonus_claims (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  rule text_c NOT NULL CONSTRAINT bonus_claims_rule_short CHECK (length(rule) <= 255),
  evidence text_c NOT NULL,
  note text_c NOT NULL,
  state text_c NOT NULL,
  ground text_c NOT NULL,
  decided_by text_c NOT NULL,
  decided_at BIGINT
);

CREATE TABLE rankings (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  round_id text_c NOT NULL REFERENCES rounds (id),
  pool text_c NOT NULL CONSTRAINT rankings_pool_short CHECK (length(pool) <= 255),
  state text_c NOT NULL,
  policy_hash text_c NOT NULL,
  rules text_c NOT NULL,
  inputs_hash text_c NOT NULL,
  inputs text_c NOT NULL,
  result text_c NOT NULL,
  unit text_c NOT NULL,
  totals text_c NOT NULL,
  ranked BIGINT NOT NULL CHECK (ranked >= 0),
  selected BIGINT NOT NULL CHECK (selected >= 0),
  waitlisted BIGINT NOT NULL CHECK (waitlisted >= 0),
  confirmed_at BIGINT,
  confirmed_by text_c NOT NULL,
  ground text_c NOT NULL
);

CREATE TABLE waitlist_entries (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  call_id text_c NOT NULL REFERENCES calls (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  ranking_id text_c REFERENCES rankings (id),
  award_id text_c REFERENCES awards (id),
  pool text_c NOT NULL CONSTRAINT waitlist_entries_pool_short CHECK (length(pool) <= 255),
  position BIGINT NOT NULL CHECK (position >= 0),
  state text_c NOT NULL,
  requested text_c NOT NULL,
  offered_at BIGINT,
  respond_by text_c,
  ground text_c NOT NULL
);

CREATE TABLE appeals (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  application_id text_c NOT NULL REFERENCES applications (id),
  decision_id text_c NOT NULL REFERENCES decisions (id),
  state text_c NOT NULL,
  ground text_c NOT NULL,
  file_by text_c NOT NULL,
  remedy text_c,
  answer text_c NOT NULL,
  decided_by text_c NOT NULL,
  decided_at BIGINT,
  new_decision_id text_c
);

CREATE INDEX rounds_by_call ON rounds (call_id, state, cutoff_on);
CREATE INDEX rounds_by_programme ON rounds (programme_id, id);
CREATE INDEX rounds_by_state ON rounds (state, cutoff_on);
CREATE UNIQUE INDEX round_entries_once ON round_entries (round_id, application_id);
CREATE INDEX round_entries_by_round ON round_entries (round_id, position, id);
CREATE INDEX round_entries_by_application ON round_entries (application_id);
CREATE INDEX round_entries_by_programme ON round_entries (programme_id, id);
CREATE UNIQUE INDEX panels_once ON panels (round_id);
CREATE INDEX panels_by_programme ON panels (programme_id, id);
CREATE UNIQUE INDEX panel_members_once ON panel_members (panel_id, account_id);
CREATE INDEX panel_members_by_account ON panel_members (account_id, state, id);
CREATE INDEX panel_members_by_programme ON panel_members (programme_id, id);
CREATE UNIQUE INDEX conflicts_of_interest_once ON conflicts_of_interest (round_id, application_id, account_id, kind);
CREATE INDEX conflicts_of_interest_of ON conflicts_of_interest (application_id, account_id, state);
CREATE INDEX conflicts_of_interest_by_account ON conflicts_of_interest (account_id, id);
CREATE INDEX conflicts_of_interest_by_programme ON conflicts_of_interest (programme_id, state, id);
CREATE UNIQUE INDEX reviews_once ON reviews (round_id, application_id, account_id);
CREATE INDEX reviews_by_round ON reviews (round_id, state, position, id);
CREATE INDEX reviews_by_account ON reviews (account_id, position, id);
CREATE INDEX reviews_by_programme ON reviews (programme_id, id);
CREATE UNIQUE INDEX bonus_claims_once ON bonus_claims (application_id, rule);
CREATE INDEX bonus_claims_by_programme ON bonus_claims (programme_id, state, id);
CREATE INDEX rankings_by_round ON rankings (round_id, pool, state);
CREATE INDEX rankings_by_programme ON rankings (programme_id, id);
CREATE INDEX waitlist_entries_by_queue ON waitlist_entries (programme_id, pool, state, id);
CREATE INDEX waitlist_entries_by_application ON waitlist_entries (application_id, state);
CREATE INDEX waitlist_entries_by_award ON waitlist_entries (award_id);
CREATE INDEX waitlist_entries_by_call ON waitlist_entries (call_id, position);
CREATE INDEX appeals_by_application ON appeals (application_id, state);
CREATE INDEX appeals_by_programme ON appeals (programme_id, state, id);
