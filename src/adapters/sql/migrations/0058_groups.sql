-- Groups of users and what they bind (G9).

CREATE TABLE user_groups (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  name text_c NOT NULL CHECK (length(name) <= 63),
  description text_c NOT NULL,
  node_ids text_c NOT NULL,
  namespaces text_c NOT NULL,
  registries text_c NOT NULL,
  storage_bytes BIGINT NOT NULL CHECK (storage_bytes >= 0),
  volume text_c NOT NULL,
  gid BIGINT NOT NULL CHECK (gid >= 0),
  ended_at BIGINT,
  erasing BIGINT NOT NULL CHECK (erasing IN (0, 1)),
  erase_on text_c NOT NULL
);
CREATE UNIQUE INDEX user_groups_by_name ON user_groups (name) WHERE ended_at IS NULL;
CREATE INDEX user_groups_erasing ON user_groups (erasing) WHERE erasing = 1;
CREATE INDEX user_groups_by_programme ON user_groups (programme_id, created_at, id);

CREATE TABLE group_members (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  group_id text_c NOT NULL REFERENCES user_groups (id),
  account_id text_c NOT NULL REFERENCES accounts (id),
  left_at BIGINT
);
CREATE UNIQUE INDEX group_members_one_at_a_time ON group_members (account_id) WHERE left_at IS NULL;
CREATE INDEX group_members_by_group ON group_members (group_id, created_at, id);
