-- The log (protocol §10). An event's row is keyed by its salted hash, so rows of a day stand in an order
-- that says nothing. Erasing an event empties salt and event together; the hash stays.
CREATE TABLE log_event (
    day   INTEGER NOT NULL CHECK (day >= 0),
    hash  BLOB    NOT NULL CHECK (length(hash) = 32),
    salt  BLOB    CHECK (length(salt) = 16),
    event TEXT    CHECK (length(event) BETWEEN 1 AND 4096),
    PRIMARY KEY (day, hash),
    CHECK ((salt IS NULL) = (event IS NULL))
) STRICT, WITHOUT ROWID;

-- One row for every finished day, in days without a gap. seed: fillers are derived from it.
CREATE TABLE log_day (
    day        INTEGER PRIMARY KEY CHECK (day >= 0),
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    root       BLOB NOT NULL CHECK (length(root) = 32),
    checkpoint TEXT NOT NULL CHECK (length(checkpoint) > 0)
) STRICT;

-- The only link between a case and its name in the log: erasing the case erases it.
CREATE TABLE case_reference (
    case_id   BLOB NOT NULL PRIMARY KEY REFERENCES "case" ON DELETE CASCADE,
    reference BLOB NOT NULL UNIQUE CHECK (length(reference) = 16)
) STRICT, WITHOUT ROWID;

-- That a member was handed a case for the first time is an event; this tells the first time from the second.
CREATE TABLE case_opening (
    case_id   BLOB NOT NULL REFERENCES "case" ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES member ON DELETE CASCADE,
    PRIMARY KEY (case_id, member_id)
) STRICT, WITHOUT ROWID;
