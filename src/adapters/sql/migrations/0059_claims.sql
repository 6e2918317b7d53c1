-- A claim to priority names the programme that it is about (D15).
ALTER TABLE bonus_claims ADD COLUMN programme text_c NOT NULL DEFAULT ''
  CONSTRAINT bonus_claims_programme_short CHECK (length(programme) <= 255);
