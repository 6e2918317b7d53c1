-- What the nodes say of the shares of real cards: how much of them was used, and what on a card is in nobody's books.

CREATE TABLE share_uses (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  replica_id text_c NOT NULL,
  run_id text_c NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  allocation_id text_c NOT NULL,
  account_id text_c NOT NULL,
  node_id text_c NOT NULL,
  card_id text_c NOT NULL,
  read_at BIGINT NOT NULL,
  device_ns BIGINT NOT NULL CHECK (device_ns >= 0),
  elapsed_ns BIGINT NOT NULL CHECK (elapsed_ns >= 0),
  given_ns BIGINT NOT NULL CHECK (given_ns >= 0),
  memory_bytes BIGINT NOT NULL CHECK (memory_bytes >= 0),
  memory_high_bytes BIGINT NOT NULL CHECK (memory_high_bytes >= 0),
  refused BIGINT NOT NULL CHECK (refused >= 0)
);
CREATE INDEX share_uses_by_run ON share_uses (run_id);
CREATE INDEX share_uses_by_allocation ON share_uses (allocation_id);

CREATE TABLE share_findings (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  node_id text_c NOT NULL,
  card_id text_c NOT NULL,
  replica_id text_c NOT NULL,
  run_id text_c NOT NULL,
  programme_id text_c NOT NULL,
  project_id text_c NOT NULL,
  account_id text_c NOT NULL,
  reason text_c NOT NULL,
  found_at BIGINT NOT NULL,
  stopped BIGINT NOT NULL CHECK (stopped IN (0, 1)),
  ended_at BIGINT
);
CREATE INDEX share_findings_by_run ON share_findings (run_id);
CREATE INDEX share_findings_open ON share_findings (node_id) WHERE ended_at IS NULL;
