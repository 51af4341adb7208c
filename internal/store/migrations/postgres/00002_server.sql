-- +goose Up

-- Times are microseconds since 1970 in UTC, 0 for none.

-- How people sign in. Their names and roles stand in the ledger.
CREATE TABLE accounts (
    person       TEXT COLLATE "C" PRIMARY KEY,
    login        TEXT COLLATE "C" NOT NULL,
    hash         TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    failures     BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    changed      BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_login ON accounts (login) WHERE login <> '';
CREATE UNIQUE INDEX accounts_by_subject ON accounts (subject) WHERE subject <> '';

-- Who is signed in. Only the SHA-256 of a token is kept: who reads this table cannot use it.
CREATE TABLE sessions (
    token   BYTEA PRIMARY KEY,
    person  TEXT COLLATE "C" NOT NULL,
    expires BIGINT NOT NULL,
    data    BYTEA NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_expiry ON sessions (expires);

CREATE TABLE api_tokens (
    id      TEXT COLLATE "C" PRIMARY KEY,
    person  TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    hash    BYTEA NOT NULL UNIQUE,
    scopes  TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL
);
CREATE INDEX api_tokens_by_person ON api_tokens (person);

-- What was answered to a request with an idempotency key.
CREATE TABLE answered (
    key      TEXT COLLATE "C" PRIMARY KEY,
    request  TEXT COLLATE "C" NOT NULL,
    response BYTEA NOT NULL,
    expires  BIGINT NOT NULL
);
CREATE INDEX answered_by_expiry ON answered (expires);

-- Where scans come from: a cluster or target. Findings that newest_scan has seen carry no time of
-- their own, so that a scan need not write what did not change.
CREATE TABLE sources (
    id          BIGINT PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL UNIQUE,
    newest_scan BIGINT NOT NULL,
    newest_made BIGINT NOT NULL
);

CREATE TABLE scans (
    number      BIGINT PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    source      BIGINT NOT NULL REFERENCES sources (id),
    cluster     TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    made        BIGINT NOT NULL,
    received    BIGINT NOT NULL,
    version     TEXT COLLATE "C" NOT NULL,
    sha256      TEXT COLLATE "C" NOT NULL,
    score       DOUBLE PRECISION    NOT NULL,
    info        BIGINT NOT NULL,
    low         BIGINT NOT NULL,
    medium      BIGINT NOT NULL,
    high        BIGINT NOT NULL,
    critical    BIGINT NOT NULL,
    fresh       BIGINT NOT NULL,
    still       BIGINT NOT NULL,
    returned    BIGINT NOT NULL,
    fixed       BIGINT NOT NULL,
    summary     BYTEA NOT NULL
);
CREATE INDEX scans_by_time ON scans (made, number);
CREATE INDEX scans_by_file ON scans (sha256) WHERE sha256 <> '';
CREATE INDEX scans_of_source ON scans (source, made, number);

-- What was found, ever. The state is 0 open, 1 accepted, 2 fixed; the severity from 0, critical, to
-- 4, info, so that all orders ascend; last_seen is 0 if the newest scan of the source has seen it.
-- The key is a digest of control and fingerprint, the hash one of all that a scan says of it.
CREATE TABLE findings (
    id          BIGINT PRIMARY KEY,
    source      BIGINT NOT NULL REFERENCES sources (id),
    key         BYTEA NOT NULL,
    hash        BIGINT NOT NULL,
    state       SMALLINT NOT NULL,
    severity    SMALLINT NOT NULL,
    first_seen  BIGINT NOT NULL,
    last_seen   BIGINT NOT NULL,
    fixed_at    BIGINT NOT NULL,
    reopened_at BIGINT NOT NULL,
    regressed   INTEGER NOT NULL,
    first_scan  BIGINT NOT NULL,
    control     TEXT COLLATE "C" NOT NULL,
    team        TEXT COLLATE "C" NOT NULL,
    cluster     TEXT COLLATE "C" NOT NULL,
    namespace   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    container   TEXT COLLATE "C" NOT NULL,
    file        TEXT COLLATE "C" NOT NULL,
    line        INTEGER NOT NULL,
    risk        INTEGER NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    message     TEXT COLLATE "C" NOT NULL,
    search      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX findings_by_severity ON findings (state, severity, first_seen, id);
CREATE INDEX findings_by_control ON findings (state, control, severity, first_seen, id);
CREATE INDEX findings_by_subject ON findings (state, namespace, kind, name, id);
CREATE INDEX findings_of_namespace ON findings (state, namespace, severity, first_seen, id);
CREATE INDEX findings_of_source ON findings (source, state, severity, first_seen, id);

-- The long part of a finding, which lists need for a page only.
CREATE TABLE finding_details (
    id   BIGINT PRIMARY KEY,
    data BYTEA NOT NULL
);

-- What became of a finding: 0 accepted, 1 no longer accepted, 2 fixed, 3 came back. That it was
-- found stands with itself. A bucket is how long it was open, on a scale of a 32nd octave.
CREATE TABLE finding_events (
    finding BIGINT NOT NULL,
    scan    BIGINT NOT NULL,
    kind    SMALLINT NOT NULL,
    at      BIGINT NOT NULL,
    bucket  SMALLINT NOT NULL,
    PRIMARY KEY (finding, scan, kind)
);

-- Sums that every scan keeps up to date: how many findings there are, by control, by place, and by
-- namespace alone, which are much fewer; how many were found and fixed each day;
-- how long it took to fix them.
CREATE TABLE finding_counts (
    source   BIGINT NOT NULL,
    cluster  TEXT COLLATE "C" NOT NULL,
    control  TEXT COLLATE "C" NOT NULL,
    team     TEXT COLLATE "C" NOT NULL,
    severity SMALLINT NOT NULL,
    state    SMALLINT NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (source, cluster, control, team, severity, state)
);
CREATE TABLE finding_places (
    source    BIGINT NOT NULL,
    cluster   TEXT COLLATE "C" NOT NULL,
    namespace TEXT COLLATE "C" NOT NULL,
    team      TEXT COLLATE "C" NOT NULL,
    severity  SMALLINT NOT NULL,
    state     SMALLINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (state, severity, source, cluster, team, namespace)
);
CREATE INDEX finding_places_by_namespace ON finding_places (namespace);
CREATE TABLE finding_namespaces (
    source    BIGINT NOT NULL,
    cluster   TEXT COLLATE "C" NOT NULL,
    namespace TEXT COLLATE "C" NOT NULL,
    state     SMALLINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (state, source, cluster, namespace)
);
CREATE TABLE finding_days (
    source   BIGINT NOT NULL,
    cluster  TEXT COLLATE "C" NOT NULL,
    team     TEXT COLLATE "C" NOT NULL,
    severity SMALLINT NOT NULL,
    day      BIGINT NOT NULL,
    net      BIGINT NOT NULL,
    fresh    BIGINT NOT NULL,
    fixed    BIGINT NOT NULL,
    PRIMARY KEY (source, cluster, team, severity, day)
);
CREATE TABLE finding_fixes (
    source   BIGINT NOT NULL,
    cluster  TEXT COLLATE "C" NOT NULL,
    team     TEXT COLLATE "C" NOT NULL,
    severity SMALLINT NOT NULL,
    bucket   SMALLINT NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (source, cluster, team, severity, bucket)
);

-- The last numbers given, which are never given again.
CREATE TABLE numbers (
    name TEXT COLLATE "C" PRIMARY KEY,
    last BIGINT NOT NULL
);
