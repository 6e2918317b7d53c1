-- Forms that hang at the announcement of a call, as files (B12).
CREATE TABLE call_attachments (
  id text_c PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  programme_id text_c NOT NULL REFERENCES programmes (id),
  call_id text_c NOT NULL REFERENCES calls (id),
  form text_c NOT NULL,
  title text_c NOT NULL,
  edition BIGINT NOT NULL CHECK (edition >= 1),
  file_name text_c NOT NULL,
  media_type text_c NOT NULL,
  size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
  sha256 text_c NOT NULL,
  blob text_c NOT NULL,
  blob_key text_c NOT NULL,
  replaced_at BIGINT,
  erased_at BIGINT
);
CREATE INDEX call_attachments_by_call ON call_attachments (call_id, id);
CREATE INDEX call_attachments_by_programme ON call_attachments (programme_id, id);
CREATE UNIQUE INDEX call_attachments_editions ON call_attachments (call_id, form, edition);
