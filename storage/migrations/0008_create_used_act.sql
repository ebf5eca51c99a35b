-- Which signed acts stand in an event already (hash of the statement): one act is never in two. What was
-- recorded before this migration is not in it.
CREATE TABLE used_act (
    act_hash BLOB NOT NULL PRIMARY KEY CHECK (length(act_hash) = 32)
) STRICT, WITHOUT ROWID;
