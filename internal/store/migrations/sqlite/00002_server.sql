-- +goose Up

-- Times are microseconds since 1970 in UTC, 0 for none.

-- How people sign in. Their names and roles stand in the ledger.
CREATE TABLE accounts (
    person       TEXT    PRIMARY KEY,
    login        TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    changed      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_by_login ON accounts (login) WHERE login <> '';
CREATE UNIQUE INDEX accounts_by_subject ON accounts (subject) WHERE subject <> '';

-- Who is signed in. Only the SHA-256 of a token is kept: who reads this table cannot use it.
CREATE TABLE sessions (
    token   BLOB    PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires INTEGER NOT NULL,
    data    BLOB    NOT NULL
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_expiry ON sessions (expires);

CREATE TABLE api_tokens (
    id      TEXT    PRIMARY KEY,
    person  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    hash    BLOB    NOT NULL UNIQUE,
    scopes  TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER NOT NULL
) STRICT;
CREATE INDEX api_tokens_by_person ON api_tokens (person);

-- What was answered to a request with an idempotency key.
CREATE TABLE answered (
    key      TEXT    PRIMARY KEY,
    request  TEXT    NOT NULL,
    response BLOB    NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX answered_by_expiry ON answered (expires);

-- Where scans come from: a cluster or target. Findings that newest_scan has seen carry no time of
-- their own, so that a scan need not write what did not change.
CREATE TABLE sources (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    newest_scan INTEGER NOT NULL,
    newest_made INTEGER NOT NULL
) STRICT;

CREATE TABLE scans (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    source      INTEGER NOT NULL REFERENCES sources (id),
    cluster     TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    made        INTEGER NOT NULL,
    received    INTEGER NOT NULL,
    version     TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    score       REAL    NOT NULL,
    info        INTEGER NOT NULL,
    low         INTEGER NOT NULL,
    medium      INTEGER NOT NULL,
    high        INTEGER NOT NULL,
    critical    INTEGER NOT NULL,
    fresh       INTEGER NOT NULL,
    still       INTEGER NOT NULL,
    returned    INTEGER NOT NULL,
    fixed       INTEGER NOT NULL,
    summary     BLOB    NOT NULL
) STRICT;
CREATE INDEX scans_by_time ON scans (made, number);
CREATE INDEX scans_by_file ON scans (sha256) WHERE sha256 <> '';
CREATE INDEX scans_of_source ON scans (source, made, number);

-- What was found, ever. The state is 0 open, 1 accepted, 2 fixed; the severity from 0, critical, to
-- 4, info, so that all orders ascend; last_seen is 0 if the newest scan of the source has seen it.
-- The key is a digest of control and fingerprint, the hash one of all that a scan says of it.
CREATE TABLE findings (
    id          INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL REFERENCES sources (id),
    key         BLOB    NOT NULL,
    hash        INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    severity    INTEGER NOT NULL,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    fixed_at    INTEGER NOT NULL,
    reopened_at INTEGER NOT NULL,
    regressed   INTEGER NOT NULL,
    first_scan  INTEGER NOT NULL,
    control     TEXT    NOT NULL,
    team        TEXT    NOT NULL,
    cluster     TEXT    NOT NULL,
    namespace   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    container   TEXT    NOT NULL,
    file        TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    risk        INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    message     TEXT    NOT NULL,
    search      TEXT    NOT NULL
) STRICT;
CREATE INDEX findings_by_severity ON findings (state, severity, first_seen, id);
CREATE INDEX findings_by_control ON findings (state, control, severity, first_seen, id);
CREATE INDEX findings_by_subject ON findings (state, namespace, kind, name, id);
CREATE INDEX findings_of_namespace ON findings (state, namespace, severity, first_seen, id);
CREATE INDEX findings_of_source ON findings (source, state, severity, first_seen, id);

-- The long part of a finding, which lists need for a page only.
CREATE TABLE finding_details (
    id   INTEGER PRIMARY KEY,
    data BLOB    NOT NULL
) STRICT;

-- What became of a finding: 0 accepted, 1 no longer accepted, 2 fixed, 3 came back. That it was
-- found stands with itself. A bucket is how long it was open, on a scale of a 32nd octave.
CREATE TABLE finding_events (
    finding INTEGER NOT NULL,
    scan    INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    bucket  INTEGER NOT NULL,
    PRIMARY KEY (finding, scan, kind)
) STRICT, WITHOUT ROWID;

-- Sums that every scan keeps up to date: how many findings there are, by control, by place, and by
-- namespace alone, which are much fewer; how many were found and fixed each day;
-- how long it took to fix them.
CREATE TABLE finding_counts (
    source   INTEGER NOT NULL,
    cluster  TEXT    NOT NULL,
    control  TEXT    NOT NULL,
    team     TEXT    NOT NULL,
    severity INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (source, cluster, control, team, severity, state)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding_places (
    source    INTEGER NOT NULL,
    cluster   TEXT    NOT NULL,
    namespace TEXT    NOT NULL,
    team      TEXT    NOT NULL,
    severity  INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (state, severity, source, cluster, team, namespace)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_places_by_namespace ON finding_places (namespace);
CREATE TABLE finding_namespaces (
    source    INTEGER NOT NULL,
    cluster   TEXT    NOT NULL,
    namespace TEXT    NOT NULL,
    state     INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (state, source, cluster, namespace)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding_days (
    source   INTEGER NOT NULL,
    cluster  TEXT    NOT NULL,
    team     TEXT    NOT NULL,
    severity INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    net      INTEGER NOT NULL,
    fresh    INTEGER NOT NULL,
    fixed    INTEGER NOT NULL,
    PRIMARY KEY (source, cluster, team, severity, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding_fixes (
    source   INTEGER NOT NULL,
    cluster  TEXT    NOT NULL,
    team     TEXT    NOT NULL,
    severity INTEGER NOT NULL,
    bucket   INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (source, cluster, team, severity, bucket)
) STRICT, WITHOUT ROWID;

-- The last numbers given, which are never given again.
CREATE TABLE numbers (
    name TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
