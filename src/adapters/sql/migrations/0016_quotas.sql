-- What an operator says that an organisation, a project or an account may hold at a time, and what its turn weighs. The
-- id is the subject's, which is a row of one of three tables.

CREATE TABLE quotas (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  scope text_c NOT NULL CHECK (scope IN ('organisation', 'project', 'account')),
  runs BIGINT CHECK (runs >= 0),
  blocks BIGINT CHECK (blocks >= 0),
  card_memory_bytes BIGINT CHECK (card_memory_bytes >= 0),
  cpu_milli BIGINT CHECK (cpu_milli >= 0),
  memory_bytes BIGINT CHECK (memory_bytes >= 0),
  weight BIGINT CHECK (weight >= 1),
  ground text_c NOT NULL,
  valid_from BIGINT,
  valid_until BIGINT
);
