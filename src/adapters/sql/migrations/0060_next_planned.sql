-- A review says what is planned for the cycle after it (H4).
ALTER TABLE utilisation_reviews ADD COLUMN next_planned_milli_gpu_ms BIGINT;
