-- +goose Up
PRAGMA user_version = 5;

-- The newest is what was written last, whatever the clock showed then: of the log by
-- change.id, of runs by seq.
CREATE INDEX change_of ON change (entity);

ALTER TABLE rule_run ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE rule_run SET seq = o.seq FROM (SELECT id, row_number() OVER (ORDER BY at, id) AS seq FROM rule_run) o WHERE o.id = rule_run.id;
CREATE UNIQUE INDEX rule_run_seq ON rule_run (seq);
CREATE INDEX rule_run_of ON rule_run (rule, seq);

-- +goose Down
SELECT RAISE(ABORT, 'a database is not taken back to an older version; use the copy that was made before');
