-- Everything one organisation keeps. What is called sealed is opaque to us; a reporter's times are days.
-- Keys are random, so that no column says in which order cases came in: narrow tables have no rowid,
-- tables of sealed bytes have one that is drawn at random (row). Why not WITHOUT ROWID there too: in
-- such a table every comparison of keys reads the whole row, overflow pages included; measured, opening
-- a case cost 7 times and writing a MiB 3 times as much.

CREATE TABLE organisation (
    only_row          INTEGER PRIMARY KEY CHECK (only_row = 1),
    org_id            BLOB    NOT NULL CHECK (length(org_id) = 16),
    name              TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    is_demo           INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    max_report_bytes  INTEGER NOT NULL CHECK (max_report_bytes > 0),
    device_cookie_key BLOB    NOT NULL CHECK (length(device_cookie_key) = 32),
    contact           TEXT    NOT NULL CHECK (length(contact) <= 4000)
) STRICT;

CREATE TABLE signers_note (
    number INTEGER PRIMARY KEY CHECK (number >= 0),
    note   TEXT NOT NULL CHECK (length(note) > 0)
) STRICT;

CREATE TABLE directory (
    version INTEGER PRIMARY KEY CHECK (version >= 1),
    note    TEXT NOT NULL CHECK (length(note) > 0)
) STRICT;

-- Keys are empty until the member has enrolled. An invitation is consumed once.
CREATE TABLE member (
    member_id           BLOB    NOT NULL PRIMARY KEY CHECK (length(member_id) = 16),
    person_id           BLOB    NOT NULL CHECK (length(person_id) = 16),
    login               TEXT    NOT NULL UNIQUE
                        CHECK (length(login) BETWEEN 1 AND 100 AND login = lower(login)),
    name                TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    office              TEXT    NOT NULL CHECK (length(office) <= 200),
    role                TEXT    NOT NULL CHECK (length(role) BETWEEN 1 AND 40),
    is_default          INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    status              TEXT    NOT NULL
                        CHECK (status IN ('invited', 'enrolled', 'active', 'closed')),
    recipient           BLOB    NOT NULL CHECK (length(recipient) IN (0, 1216)),
    verify_key          BLOB    NOT NULL CHECK (length(verify_key) IN (0, 32)),
    invite_hash         BLOB    UNIQUE CHECK (length(invite_hash) = 32),
    invite_expires_unix INTEGER,
    CHECK ((length(recipient) = 0) = (length(verify_key) = 0)),
    CHECK ((invite_hash IS NULL) = (invite_expires_unix IS NULL)),
    CHECK (status NOT IN ('enrolled', 'active') OR length(recipient) > 0)
) STRICT, WITHOUT ROWID;

-- Apart from member, so that listing people never touches what opens their keys.
CREATE TABLE member_secret (
    member_id          BLOB    NOT NULL PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    auth_hash          BLOB    NOT NULL CHECK (length(auth_hash) = 32),
    keyring            BLOB    NOT NULL CHECK (length(keyring) > 0),
    keyring_version    INTEGER NOT NULL CHECK (keyring_version >= 1),
    recovery_auth_hash BLOB    NOT NULL CHECK (length(recovery_auth_hash) = 32),
    recovery_keyring   BLOB    NOT NULL CHECK (length(recovery_keyring) > 0),
    recovery_version   INTEGER NOT NULL CHECK (recovery_version >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE console_session (
    session_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(session_hash) = 32),
    member_id    BLOB    NOT NULL REFERENCES member ON DELETE CASCADE,
    created_unix INTEGER NOT NULL,
    seen_unix    INTEGER NOT NULL CHECK (seen_unix >= created_unix),
    csrf_hash    BLOB    NOT NULL CHECK (length(csrf_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX console_session_member ON console_session (member_id);

-- Narrow, because the inbox reads it row by row; the keys of a case stand in case_key.
CREATE TABLE "case" (
    case_id             BLOB    NOT NULL PRIMARY KEY CHECK (length(case_id) = 32),
    lookup_hash         BLOB    NOT NULL UNIQUE CHECK (length(lookup_hash) = 32),
    state               TEXT    NOT NULL CHECK (state IN
                        ('received', 'acknowledged', 'investigating', 'waiting_for_reporter', 'closed')),
    received_day        INTEGER NOT NULL CHECK (received_day >= 0),
    acknowledge_due_day INTEGER NOT NULL CHECK (acknowledge_due_day >= received_day),
    feedback_due_day    INTEGER NOT NULL CHECK (feedback_due_day >= received_day),
    acknowledged_day    INTEGER,
    feedback_day        INTEGER,
    last_position       INTEGER NOT NULL CHECK (last_position >= 1),
    opened_day          INTEGER,  -- newest day on which the reporter opened it with the key
    opened_before_day   INTEGER,  -- newest such day before opened_day
    opened_count        INTEGER NOT NULL CHECK (opened_count >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_key (
    row                INTEGER PRIMARY KEY,
    case_id            BLOB NOT NULL UNIQUE REFERENCES "case" ON DELETE CASCADE,
    case_recipient     BLOB NOT NULL CHECK (length(case_recipient) = 1216),
    reporter_recipient BLOB NOT NULL CHECK (length(reporter_recipient) = 1216),
    verify_key         BLOB NOT NULL CHECK (length(verify_key) = 32)
) STRICT;

CREATE TABLE case_grant (
    row          INTEGER PRIMARY KEY,
    case_id      BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    member_id    BLOB    NOT NULL REFERENCES member,
    received_day INTEGER NOT NULL,  -- the case's, which never changes: the inbox is read in its order
    sealed       BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536),
    UNIQUE (case_id, member_id)
) STRICT;

CREATE TABLE case_identity (
    row     INTEGER PRIMARY KEY,
    case_id BLOB NOT NULL UNIQUE REFERENCES "case" ON DELETE CASCADE,
    sealed  BLOB NOT NULL CHECK (length(sealed) BETWEEN 1 AND 65536)
) STRICT;

-- position: the case's one order. (author, seq): one envelope each; zeros are the reporter.
CREATE TABLE envelope (
    row      INTEGER PRIMARY KEY,
    case_id  BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    author   BLOB    NOT NULL CHECK (length(author) = 16),
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    prev     BLOB    NOT NULL CHECK (length(prev) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    day      INTEGER NOT NULL CHECK (day >= 0),
    sealed   BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1048576),
    UNIQUE (case_id, position),
    UNIQUE (case_id, author, seq)
) STRICT;

CREATE TABLE read_mark (
    case_id   BLOB    NOT NULL REFERENCES "case" ON DELETE CASCADE,
    member_id BLOB    NOT NULL REFERENCES member ON DELETE CASCADE,
    position  INTEGER NOT NULL CHECK (position >= 1),
    PRIMARY KEY (case_id, member_id)
) STRICT, WITHOUT ROWID;

-- An upload that belongs to no case yet has a day after which it is dropped; once bound, none.
CREATE TABLE attachment (
    attachment_id BLOB NOT NULL PRIMARY KEY CHECK (length(attachment_id) = 16),
    case_id       BLOB REFERENCES "case" ON DELETE CASCADE,
    started_day   INTEGER,
    stored_size   INTEGER CHECK (stored_size > 0),  -- NULL until all its pieces are there
    CHECK ((case_id IS NULL) = (started_day IS NOT NULL)),
    CHECK (case_id IS NULL OR stored_size IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX attachment_case ON attachment (case_id);

CREATE TABLE attachment_piece (
    row           INTEGER PRIMARY KEY,
    attachment_id BLOB    NOT NULL REFERENCES attachment ON DELETE CASCADE,
    piece         INTEGER NOT NULL CHECK (piece >= 0),
    sealed        BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1048576),
    UNIQUE (attachment_id, piece)
) STRICT;
