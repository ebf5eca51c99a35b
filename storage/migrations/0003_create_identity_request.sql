-- Asking for a reporter's identity (protocol §4.5). Letters are sealed; who asks whom on which day is
-- not, since the service delivers them. number: the order of a case's requests, which random keys hide.
CREATE TABLE identity_request (
    request_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(request_id) = 16),
    case_id      BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    number       INTEGER NOT NULL CHECK (number >= 1),
    from_member  BLOB    NOT NULL REFERENCES member,
    custodian    BLOB    NOT NULL REFERENCES member,
    day          INTEGER NOT NULL CHECK (day >= 0),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'disclosed', 'refused')),
    answered_day INTEGER CHECK (answered_day >= day),
    openings     INTEGER NOT NULL CHECK (openings >= 0),
    UNIQUE (case_id, number),
    CHECK (from_member <> custodian),
    CHECK ((state = 'open') = (answered_day IS NULL)),
    CHECK (openings = 0 OR state = 'disclosed')
) STRICT, WITHOUT ROWID;

-- Nobody asks twice at the same time in one case.
CREATE UNIQUE INDEX identity_request_open ON identity_request (case_id, from_member)
    WHERE state = 'open';

-- One letter, one row for each of its readers. number counts the openings of a request; else it is 1.
CREATE TABLE identity_letter (
    row        INTEGER PRIMARY KEY,
    request_id BLOB    NOT NULL REFERENCES identity_request ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('request', 'disclosure', 'refusal', 'opening')),
    number     INTEGER NOT NULL CHECK (number >= 1),
    reader     BLOB    NOT NULL REFERENCES member,
    day        INTEGER NOT NULL CHECK (day >= 0),
    sealed     BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536),
    UNIQUE (request_id, kind, number, reader)
) STRICT;
