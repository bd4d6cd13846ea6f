-- +goose Up
PRAGMA user_version = 4;

-- What the server's own notices are told from in other languages than English
-- (entity.Said); '' for the words of a rule.
ALTER TABLE notice ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN params TEXT NOT NULL DEFAULT ''; -- a JSON object

-- +goose Down
SELECT RAISE(ABORT, 'a database is not taken back to an older version; use the copy that was made before');
