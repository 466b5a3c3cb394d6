-- A party's state. Plain types only; text keys compare by bytes.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
-- Counts the transactions: a copy of this file that is put back later is known by its lower number.
INSERT INTO meta (name, value) VALUES ('generation', 0);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  state INTEGER NOT NULL,
  offer BLOB NOT NULL,
  roster BLOB NOT NULL,
  reason TEXT,
  created BIGINT NOT NULL,             -- milliseconds since 1970
  deadline BIGINT
);

CREATE TABLE checkpoints (
  run INTEGER NOT NULL REFERENCES runs (id),
  key TEXT NOT NULL,
  state BLOB NOT NULL,
  PRIMARY KEY (run, key)
);

-- Messages between two parties are numbered from 1 in each direction.
CREATE TABLE peers (
  run INTEGER NOT NULL REFERENCES runs (id),
  peer TEXT NOT NULL,
  sent BIGINT NOT NULL,
  acknowledged BIGINT NOT NULL,
  acknowledged_witness BLOB NOT NULL,  -- what the peer attached to its last acknowledgement
  received BIGINT NOT NULL,
  received_witness BLOB NOT NULL,      -- what the peer attached to the last message received
  PRIMARY KEY (run, peer)
);

-- What is on its way to somebody, once for all recipients; gone when all have it.
CREATE TABLE contents (
  run INTEGER NOT NULL REFERENCES runs (id),
  digest BLOB NOT NULL,
  payload BLOB,                        -- null: in the spool
  file TEXT,
  PRIMARY KEY (run, digest)
);

CREATE TABLE outbox (
  run INTEGER NOT NULL REFERENCES runs (id),
  peer TEXT NOT NULL,
  step TEXT NOT NULL,
  idx INTEGER NOT NULL,
  sequence BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (run, peer, step, idx)
);
CREATE UNIQUE INDEX outbox_sequence ON outbox (run, peer, sequence);
CREATE INDEX outbox_digest ON outbox (run, digest);
CREATE INDEX outbox_step ON outbox (run, step);

CREATE TABLE inbox (
  run INTEGER NOT NULL REFERENCES runs (id),
  peer TEXT NOT NULL,
  step TEXT NOT NULL,
  idx INTEGER NOT NULL,
  bytes BIGINT NOT NULL,
  payload BLOB,                        -- null: in the spool
  file TEXT,
  PRIMARY KEY (run, peer, step, idx)
);
CREATE INDEX inbox_step ON inbox (run, step);

-- Receives that were given up: they fail again after a restart.
CREATE TABLE absences (
  run INTEGER NOT NULL REFERENCES runs (id),
  peer TEXT NOT NULL,
  step TEXT NOT NULL,
  idx INTEGER NOT NULL,
  reason TEXT NOT NULL,
  timed_out INTEGER NOT NULL,
  PRIMARY KEY (run, peer, step, idx)
);
CREATE INDEX absences_step ON absences (run, step);

CREATE TABLE finished (
  run INTEGER NOT NULL REFERENCES runs (id),
  step TEXT NOT NULL,
  pruned INTEGER NOT NULL,             -- whether the records of what was sent within it are gone too
  PRIMARY KEY (run, step)
);

CREATE TABLE history (
  run INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  stage TEXT NOT NULL,
  step TEXT NOT NULL,
  round INTEGER NOT NULL,
  maximum_rounds INTEGER NOT NULL,
  loss DOUBLE PRECISION,
  change DOUBLE PRECISION,             -- null: not a number
  survivors INTEGER NOT NULL,
  PRIMARY KEY (run, step)
);

CREATE TABLE openings (
  run INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  what TEXT NOT NULL,
  recipient TEXT NOT NULL,
  step TEXT NOT NULL,
  amount BIGINT NOT NULL,
  contributors INTEGER NOT NULL,
  PRIMARY KEY (run, step, what, recipient)
);
