-- Later epochs of a case (protocol §7.8); a case without a row here is in its first, 0. verify_key: the
-- reporter's newest after a change of case key, else empty; the first one stays in case_key, since the
-- case id is made of it.
CREATE TABLE case_epoch (
    case_id    BLOB    NOT NULL PRIMARY KEY REFERENCES "case" ON DELETE CASCADE,
    epoch      INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 31),
    verify_key BLOB    NOT NULL CHECK (length(verify_key) IN (0, 32))
) STRICT, WITHOUT ROWID;

-- The sealed key of one epoch for one who goes on; holder zeros: the reporter.
CREATE TABLE epoch_grant (
    row     INTEGER PRIMARY KEY,
    case_id BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    epoch   INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 31),
    holder  BLOB    NOT NULL CHECK (length(holder) = 16),
    sealed  BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536),
    UNIQUE (case_id, holder, epoch)
) STRICT;

-- Grants of who has left: handed to nobody, and kept, so that one member who takes the key of all
-- others away destroys nothing. They open what they opened before.
CREATE TABLE ended_grant (
    row       INTEGER PRIMARY KEY,
    case_id   BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    member_id BLOB    NOT NULL REFERENCES member,
    sealed    BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536)
) STRICT;

-- The reporter made the words useless: nothing is sealed for the reporter from then on.
CREATE TABLE closed_door (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES "case" ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
