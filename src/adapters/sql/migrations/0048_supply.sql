-- The supply side: suppliers, calls to them, agreements, batches of capacity, targets, demand (A1 to A11).

CREATE TABLE suppliers (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  name text_c NOT NULL,
  business_number text_c NOT NULL CONSTRAINT suppliers_business_number_short CHECK (length(business_number) <= 255),
  national_centre_member BIGINT NOT NULL CHECK (national_centre_member IN (0, 1)),
  contact text_c NOT NULL,
  processing_terms text_c NOT NULL
);

CREATE TABLE supplier_calls (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  title text_c NOT NULL,
  state text_c NOT NULL,
  budget_won BIGINT NOT NULL CHECK (budget_won >= 0),
  wanted text_c NOT NULL,
  briefing_at BIGINT,
  briefing_place text_c NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT,
  decided_at BIGINT,
  minutes text_c NOT NULL,
  policy_hash text_c NOT NULL
);

CREATE TABLE supplier_proposals (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  supplier_call_id text_c NOT NULL REFERENCES supplier_calls (id),
  supplier_id text_c NOT NULL REFERENCES suppliers (id),
  state text_c NOT NULL,
  items text_c NOT NULL,
  price_won BIGINT NOT NULL CHECK (price_won >= 0),
  running_cost_won BIGINT NOT NULL CHECK (running_cost_won >= 0),
  performance_tf BIGINT NOT NULL CHECK (performance_tf >= 0),
  own_use_bp BIGINT NOT NULL CHECK (own_use_bp >= 0),
  own_use_plan text_c NOT NULL,
  site text_c NOT NULL,
  first_service_on text_c NOT NULL,
  full_service_on text_c NOT NULL,
  rank BIGINT,
  centi_points BIGINT,
  grounds text_c NOT NULL
);

CREATE TABLE supplier_evaluations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  supplier_proposal_id text_c NOT NULL REFERENCES supplier_proposals (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  phase text_c NOT NULL,
  conflict text_c NOT NULL,
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
  scores text_c NOT NULL,
  comment text_c NOT NULL
);

CREATE TABLE supply_agreements (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  supplier_id text_c NOT NULL REFERENCES suppliers (id),
  supplier_proposal_id text_c REFERENCES supplier_proposals (id),
  state text_c NOT NULL,
  title text_c NOT NULL,
  owner text_c NOT NULL,
  using_organisation text_c NOT NULL,
  items text_c NOT NULL,
  price_won BIGINT NOT NULL CHECK (price_won >= 0),
  own_use_bp BIGINT NOT NULL CHECK (own_use_bp >= 0),
  own_use_plan text_c NOT NULL,
  sla text_c NOT NULL,
  signed_on text_c,
  starts_on text_c,
  ends_on text_c,
  payments text_c NOT NULL,
  amendments BIGINT NOT NULL CHECK (amendments >= 0)
);

CREATE TABLE capacity_batches (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  serves_programme_id text_c NOT NULL REFERENCES programmes (id),
  supply_agreement_id text_c REFERENCES supply_agreements (id),
  name text_c NOT NULL,
  pool text_c NOT NULL,
  model text_c NOT NULL,
  unit text_c NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  gpus_per_unit BIGINT NOT NULL,
  own_use_gpus BIGINT NOT NULL CHECK (own_use_gpus >= 0),
  site text_c NOT NULL,
  conditional BIGINT NOT NULL CHECK (conditional IN (0, 1)),
  state text_c NOT NULL,
  stages text_c NOT NULL,
  promises text_c NOT NULL,
  node_ids text_c NOT NULL,
  available_until text_c
);

CREATE TABLE supply_targets (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  year BIGINT NOT NULL,
  model text_c NOT NULL,
  gpus BIGINT NOT NULL CHECK (gpus >= 0),
  budget_won BIGINT NOT NULL CHECK (budget_won >= 0),
  decided_by text_c NOT NULL,
  decided_on text_c NOT NULL,
  ground text_c NOT NULL
);

CREATE TABLE demand_surveys (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  title text_c NOT NULL,
  state text_c NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT
);

CREATE TABLE demand_answers (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  demand_survey_id text_c NOT NULL REFERENCES demand_surveys (id),
  organisation text_c NOT NULL,
  user_group text_c NOT NULL,
  purpose text_c NOT NULL,
  model text_c NOT NULL,
  gpus BIGINT NOT NULL CHECK (gpus >= 0),
  from_on text_c NOT NULL,
  until_on text_c NOT NULL,
  contact text_c NOT NULL
);

CREATE TABLE beneficiary_reservations (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  beneficiary text_c NOT NULL,
  decided_by text_c NOT NULL,
  pool text_c NOT NULL,
  model text_c NOT NULL,
  gpus BIGINT NOT NULL CHECK (gpus >= 0),
  starts_on text_c NOT NULL,
  ends_on text_c NOT NULL,
  ground text_c NOT NULL,
  state text_c NOT NULL
);

CREATE UNIQUE INDEX suppliers_number ON suppliers (programme_id, business_number);
CREATE INDEX supplier_calls_by_programme ON supplier_calls (programme_id, state, id);
CREATE INDEX supplier_proposals_by_call ON supplier_proposals (supplier_call_id, state, id);
CREATE INDEX supplier_proposals_by_supplier ON supplier_proposals (supplier_id, id);
CREATE INDEX supplier_proposals_by_programme ON supplier_proposals (programme_id, id);
CREATE UNIQUE INDEX supplier_evaluations_once ON supplier_evaluations (supplier_proposal_id, account_id, phase);
CREATE INDEX supplier_evaluations_by_programme ON supplier_evaluations (programme_id, id);
CREATE UNIQUE INDEX supply_agreements_once ON supply_agreements (supplier_proposal_id)
  WHERE supplier_proposal_id IS NOT NULL AND state <> 'terminated';
CREATE INDEX supply_agreements_by_programme ON supply_agreements (programme_id, state, id);
CREATE INDEX capacity_batches_by_programme ON capacity_batches (programme_id, id);
CREATE INDEX capacity_batches_by_served ON capacity_batches (serves_programme_id, state, id);
CREATE INDEX capacity_batches_by_agreement ON capacity_batches (supply_agreement_id);
CREATE INDEX supply_targets_by_year ON supply_targets (programme_id, year, decided_on);
CREATE INDEX demand_surveys_by_programme ON demand_surveys (programme_id, id);
CREATE INDEX demand_answers_by_survey ON demand_answers (demand_survey_id, id);
CREATE INDEX demand_answers_by_programme ON demand_answers (programme_id, id);
CREATE INDEX beneficiary_reservations_by_programme ON beneficiary_reservations (programme_id, state, starts_on);
