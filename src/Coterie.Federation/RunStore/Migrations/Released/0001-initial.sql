-- What left this party, apart from its state: putting an old state back does not undo it.
CREATE TABLE claims (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  digest BLOB NOT NULL,
  generation BIGINT NOT NULL,          -- of the state when the claim was made
  PRIMARY KEY (run, key)
);

-- Runs this party must not go on with.
CREATE TABLE refusals (
  run TEXT PRIMARY KEY,
  reason TEXT NOT NULL
);

-- The key of the witnesses that peers keep.
CREATE TABLE witness (
  id INTEGER PRIMARY KEY,
  secret BLOB NOT NULL
);
