-- Version 2: the operations beside the graph.

CREATE TABLE entries (
    collection TEXT NOT NULL,
    key        TEXT NOT NULL,
    fields     TEXT NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    expires_at INTEGER,
    PRIMARY KEY (collection, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE logs (
    collection TEXT NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0),
    fields     TEXT NOT NULL,
    PRIMARY KEY (collection, number)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
