-- Version 1: the graph.
-- Properties are canonical JSON text, which keeps 1, 1.0, true and lists of them apart.

CREATE TABLE state (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    revision    INTEGER NOT NULL CHECK (revision >= 0),
    graph_sum   TEXT NOT NULL CHECK (length(graph_sum) = 64),
    content_sum TEXT NOT NULL CHECK (length(content_sum) = 64),
    restoring   TEXT
) STRICT;

CREATE TABLE nodes (
    id          TEXT PRIMARY KEY NOT NULL,
    label       TEXT NOT NULL,
    owner       TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 0)
) STRICT;

CREATE INDEX nodes_by_label ON nodes (label, id);

CREATE TABLE records (
    id          TEXT PRIMARY KEY NOT NULL,
    about       TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    origin      TEXT,
    label       TEXT NOT NULL,
    owner       TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0)
) STRICT;

CREATE INDEX records_by_about ON records (about, id);

CREATE TABLE ties (
    id          TEXT PRIMARY KEY NOT NULL,
    type        TEXT NOT NULL,
    source_id   TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    target_id   TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    owner       TEXT NOT NULL,
    episode     TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0)
) STRICT;

CREATE UNIQUE INDEX ties_by_key ON ties (source_id, type, target_id, owner, episode);
CREATE INDEX ties_by_target ON ties (target_id);
CREATE INDEX ties_by_type ON ties (type, id);

CREATE TABLE changes (
    revision INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('node', 'record', 'tie')),
    id       TEXT NOT NULL,
    removed  INTEGER NOT NULL CHECK (removed IN (0, 1)),
    PRIMARY KEY (revision, kind, id)
) STRICT, WITHOUT ROWID;

PRAGMA application_id = 1836344168;
PRAGMA user_version = 1;
