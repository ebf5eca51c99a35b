-- What colleagues write to one another (protocol §7.12): sealed to the handling identity of the epoch,
-- which neither the reporter nor this database has. position: the one order of a case's notes.
CREATE TABLE note (
    row      INTEGER PRIMARY KEY,
    case_id  BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    epoch    INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 31),
    author   BLOB    NOT NULL REFERENCES member,
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    prev     BLOB    NOT NULL CHECK (length(prev) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    day      INTEGER NOT NULL CHECK (day >= 0),
    sealed   BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1048576),
    UNIQUE (case_id, position),
    UNIQUE (case_id, author, seq)
) STRICT;

-- The handling identity of one epoch, sealed to one who handles the case (§7.11). A holder who left and
-- came back has several of one epoch: none is replaced, so that nobody can destroy one by handing on.
CREATE TABLE handling_grant (
    row     INTEGER PRIMARY KEY,
    case_id BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    epoch   INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 31),
    holder  BLOB    NOT NULL REFERENCES member,
    sealed  BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536)
) STRICT;
CREATE INDEX handling_grant_of ON handling_grant (case_id, holder, epoch);
