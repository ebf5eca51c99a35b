-- The weekly mail to a witness: the Monday whose mail was sent last, and when one was last tried.
CREATE TABLE witness_mail (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    sent_monday INTEGER NOT NULL CHECK (sent_monday >= 0),
    tried_unix  INTEGER NOT NULL CHECK (tried_unix >= 0)
) STRICT;
