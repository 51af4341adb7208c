-- +goose Up

-- What a scan saw, as it was handed in with the scan: packed, without secrets.
CREATE TABLE inventories (
    scan   INTEGER PRIMARY KEY REFERENCES scans (number) ON DELETE CASCADE,
    sha256 TEXT    NOT NULL,
    size   INTEGER NOT NULL
) STRICT;
CREATE TABLE inventory_parts (
    scan INTEGER NOT NULL REFERENCES inventories (scan) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    data BLOB    NOT NULL,
    PRIMARY KEY (scan, part)
) STRICT;

-- What arrives in parts, until it is whole and used, or expires.
CREATE TABLE uploads (
    id       TEXT    PRIMARY KEY,
    person   TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    size     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_person ON uploads (person);
CREATE INDEX uploads_by_expiry ON uploads (expires);
CREATE TABLE upload_parts (
    upload TEXT    NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start  INTEGER NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (upload, start)
) STRICT;

-- What people look at again: the query of a page under a name.
CREATE TABLE saved_views (
    id      TEXT    PRIMARY KEY,
    person  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    page    TEXT    NOT NULL,
    query   TEXT    NOT NULL,
    shared  INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_views_by_page ON saved_views (page, shared, person);

-- One-time links with which people set their passwords, by the SHA-256 of what stands in them.
CREATE TABLE links (
    digest  TEXT    PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX links_by_expiry ON links (expires);

-- What a scan told of findings, so that two dates can be compared.
CREATE INDEX finding_events_of_scan ON finding_events (scan, kind, finding);

-- Since when findings are open, by team and severity: all that is asked of how old they are stands in
-- the index. And what is rare, so that finding it does not mean reading all: what is not known to be
-- well, and what came back. State does not come first there, since the other indexes begin with it.
CREATE INDEX findings_open_since ON findings (state, team, severity, first_seen, reopened_at, source) WHERE state = 0;
CREATE INDEX findings_doubtful ON findings (severity, first_seen, id, state, outcome, source) WHERE outcome IN ('unknown', 'error');
CREATE INDEX findings_returned ON findings (severity, first_seen, id, state, source) WHERE regressed > 0;
