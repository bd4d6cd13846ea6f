-- +goose Up
PRAGMA user_version = 2;

-- What a rule must know after a restart.
CREATE TABLE rule_memory (
  rule TEXT NOT NULL PRIMARY KEY,
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A run of a rule, and whatever else became of its being due: the newest word of it.
CREATE TABLE rule_run (
  id      TEXT NOT NULL PRIMARY KEY,
  rule    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  data    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_run_rule ON rule_run (rule, at);
CREATE INDEX rule_run_at ON rule_run (at);

-- What people are told on their dashboards, until they have seen enough of it.
CREATE TABLE notice (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  at   INTEGER NOT NULL,
  text TEXT NOT NULL,
  user TEXT NOT NULL, -- whom it is for; '' is everybody
  rule TEXT NOT NULL  -- that says it; '' is none
) STRICT;

-- +goose Down
SELECT RAISE(ABORT, 'a database is not taken back to an older version; use the copy that was made before');
