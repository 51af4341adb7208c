-- +goose Up

-- What a scan saw, as it was handed in with the scan: packed, without secrets.
CREATE TABLE inventories (
    scan   BIGINT  PRIMARY KEY REFERENCES scans (number) ON DELETE CASCADE,
    sha256 TEXT COLLATE "C" NOT NULL,
    size   BIGINT  NOT NULL
);
CREATE TABLE inventory_parts (
    scan BIGINT  NOT NULL REFERENCES inventories (scan) ON DELETE CASCADE,
    part BIGINT  NOT NULL,
    data BYTEA   NOT NULL,
    PRIMARY KEY (scan, part)
);

-- What arrives in parts, until it is whole and used, or expires.
CREATE TABLE uploads (
    id       TEXT COLLATE "C" PRIMARY KEY,
    person   TEXT COLLATE "C" NOT NULL,
    sha256   TEXT COLLATE "C" NOT NULL,
    size     BIGINT  NOT NULL,
    received BIGINT  NOT NULL,
    created  BIGINT  NOT NULL,
    expires  BIGINT  NOT NULL
);
CREATE INDEX uploads_by_person ON uploads (person);
CREATE INDEX uploads_by_expiry ON uploads (expires);
CREATE TABLE upload_parts (
    upload TEXT COLLATE "C" NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start  BIGINT  NOT NULL,
    data   BYTEA   NOT NULL,
    PRIMARY KEY (upload, start)
);

-- What people look at again: the query of a page under a name.
CREATE TABLE saved_views (
    id      TEXT COLLATE "C" PRIMARY KEY,
    person  TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    page    TEXT COLLATE "C" NOT NULL,
    query   TEXT COLLATE "C" NOT NULL,
    shared  BIGINT  NOT NULL,
    created BIGINT  NOT NULL
);
CREATE INDEX saved_views_by_page ON saved_views (page, shared, person);

-- One-time links with which people set their passwords, by the SHA-256 of what stands in them.
CREATE TABLE links (
    digest  TEXT COLLATE "C" PRIMARY KEY,
    person  TEXT COLLATE "C" NOT NULL,
    expires BIGINT  NOT NULL
);
CREATE INDEX links_by_expiry ON links (expires);

-- What a scan told of findings, so that two dates can be compared.
CREATE INDEX finding_events_of_scan ON finding_events (scan, kind, finding);

-- Since when findings are open, by team and severity: all that is asked of how old they are stands in
-- the index. And what is rare, so that finding it does not mean reading all: what is not known to be
-- well, and what came back. State does not come first there, since the other indexes begin with it.
CREATE INDEX findings_open_since ON findings (state, team, severity, first_seen, reopened_at, source) WHERE state = 0;
CREATE INDEX findings_doubtful ON findings (severity, first_seen, id, state, outcome, source) WHERE outcome IN ('unknown', 'error');
CREATE INDEX findings_returned ON findings (severity, first_seen, id, state, source) WHERE regressed > 0;
