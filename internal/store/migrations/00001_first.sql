-- +goose Up

-- The file is Hob's ("Hob!"), and of this version: both can be asked for before
-- anything else is read. Every migration sets user_version to its own number.
PRAGMA application_id = 0x486f6221;
PRAGMA user_version = 1;

-- All times are unix milliseconds.

-- What one run of the server leaves to the next (entity.Saved).
CREATE TABLE last (
  entity     TEXT NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  attributes BLOB NOT NULL,
  changed    INTEGER NOT NULL,
  cause      TEXT NOT NULL,
  by         TEXT NOT NULL,
  lasting    BLOB,
  gone       INTEGER -- since when no house declares it; NULL while one does
) STRICT, WITHOUT ROWID;

-- Numbers for the ids of entities, so that the rows below are short.
CREATE TABLE name (
  id     INTEGER PRIMARY KEY,
  entity TEXT NOT NULL UNIQUE
) STRICT;

-- One number of one entity over time.
CREATE TABLE series (
  id        INTEGER PRIMARY KEY,
  entity    INTEGER NOT NULL,
  what      TEXT NOT NULL,
  fives     INTEGER NOT NULL DEFAULT 0, -- `five` is complete up to here; 0: nothing yet
  hours     INTEGER NOT NULL DEFAULT 0, -- and `hour` up to here
  raw_from  INTEGER NOT NULL DEFAULT 0, -- `sample` is complete from here on
  five_from INTEGER NOT NULL DEFAULT 0, -- and `five` from here on
  UNIQUE (entity, what)
) STRICT;

-- A value holds until the next one. NULL: from here on it is not known.
CREATE TABLE sample (
  series INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  value  REAL,
  PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

-- Five minutes, and hours, in which something was sampled. In one that has no
-- row the `last` of the row before holds.
CREATE TABLE five (
  series  INTEGER NOT NULL,
  at      INTEGER NOT NULL, -- begin
  low     REAL,
  mean    REAL,             -- weighted by time
  high    REAL,
  last    REAL,             -- at the end; NULL: not known then
  known   INTEGER NOT NULL, -- for how much of it the value was known
  samples INTEGER NOT NULL,
  PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE hour (
  series  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  low     REAL,
  mean    REAL,
  high    REAL,
  last    REAL,
  known   INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

-- The lines of the log.
CREATE TABLE change (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  entity  INTEGER NOT NULL, -- 0: the recorder itself
  what    TEXT NOT NULL,
  state   TEXT NOT NULL,
  number  REAL,
  gesture TEXT NOT NULL,
  cause   TEXT NOT NULL,
  by      TEXT NOT NULL
) STRICT;
CREATE INDEX change_at ON change (at);
CREATE INDEX change_entity ON change (entity, at);

-- Up to when the recorder saw everything: what comes after is a gap.
CREATE TABLE alive (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL
) STRICT;

-- +goose Down
SELECT RAISE(ABORT, 'a database is not taken back to an older version; use the copy that was made before');
