-- Where a node stands, as its operator configured it: below which InfiniBand leaf, in which NVLink island of that leaf.

ALTER TABLE nodes ADD COLUMN fabric_leaf text_c NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN nvlink_island text_c NOT NULL DEFAULT '';
