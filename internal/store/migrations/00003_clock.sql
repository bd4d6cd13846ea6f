-- +goose Up
PRAGMA user_version = 3;

-- What the clock showed while the server ran: how long something is kept goes by
-- this, for a clock that is wrong must not make everything old.
CREATE TABLE clock (
  id    INTEGER PRIMARY KEY, -- in the order in which it was
  since INTEGER NOT NULL,
  upto  INTEGER NOT NULL,
  ran   INTEGER NOT NULL     -- ms
) STRICT;
-- What a server before this one wrote is all of one time.
INSERT INTO clock (since, upto, ran) SELECT 0, at, 0 FROM alive;

-- +goose Down
SELECT RAISE(ABORT, 'a database is not taken back to an older version; use the copy that was made before');
