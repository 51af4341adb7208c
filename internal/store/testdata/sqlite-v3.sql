PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kubeproof_schema (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO kubeproof_schema VALUES(1,0,1,'2026-11-30 19:28:08');
INSERT INTO kubeproof_schema VALUES(2,1,1,'2026-11-30 19:28:08');
INSERT INTO kubeproof_schema VALUES(3,2,1,'2026-11-30 19:28:08');
INSERT INTO kubeproof_schema VALUES(4,3,1,'2026-11-30 19:28:08');
CREATE TABLE entries (
    seq    INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL,
    line   BLOB NOT NULL
) STRICT;
INSERT INTO entries VALUES(0,X'22e1de20b2b933be78999da0dc240b83c0651d40efbc6c260e1e3a670d55acf4',X'7b22736571223a302c22616374696f6e223a22626567696e227d');
INSERT INTO entries VALUES(1,X'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d172d8d661e252aca0046f06afb1739c9fe9a8b69099d186ec2306bdcfc657bdf',X'');
INSERT INTO entries VALUES(2,X'ae974d4a74c2371d8cfe842b7aa4f6698de8570526eeb3db1941b0b72311d470',X'00ff');
INSERT INTO entries VALUES(3,X'd282db511ac9aa30c94a4571fbd00d633556f486af2a80fbf77910bec3b8fc6275f843ceb16d79ac24bf08fcd66b3eea10fac69fb8b3e23535660ebbe58ee6d0990b7e00d7a68081d571d7308fa16d50b6046b1e790f5f8aa84c3a12c50c8ef6',X'74776f0a6c696e6573');
INSERT INTO entries VALUES(4,X'cce24bbab968a849552c2f9fb8a0f0500931e34f85832cdac663e7b6648f208f',X'6974277320746865206c617374');
CREATE TABLE contents (
    seq  INTEGER PRIMARY KEY REFERENCES entries (seq),
    salt BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT;
INSERT INTO contents VALUES(0,X'73616c74',X'636f6e74656e74206f662030');
INSERT INTO contents VALUES(2,X'73616c74',X'636f6e74656e74206f662032');
INSERT INTO contents VALUES(4,X'73616c74',X'636f6e74656e74206f662034');
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL,
    note   BLOB NOT NULL
) STRICT;
INSERT INTO checkpoints VALUES(0,1,X'6f726967696e0a310a686173683d0a');
INSERT INTO checkpoints VALUES(1,2,X'6f726967696e0a310a686173683d0a');
INSERT INTO checkpoints VALUES(2,3,X'6f726967696e0a310a686173683d0a');
INSERT INTO checkpoints VALUES(3,4,X'6f726967696e0a310a686173683d0a');
INSERT INTO checkpoints VALUES(4,5,X'6f726967696e0a310a686173683d0a');
CREATE TABLE records (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
INSERT INTO records VALUES('answer','ä/1',X'7b2276616c7565223a22796573227d');
INSERT INTO records VALUES('answer','b',X'');
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size   INTEGER NOT NULL
) STRICT;
INSERT INTO files VALUES('ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e',8);
INSERT INTO files VALUES('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',0);
CREATE TABLE file_parts (
    sha256 TEXT    NOT NULL REFERENCES files (sha256) ON DELETE CASCADE,
    part   INTEGER NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (sha256, part)
) STRICT;
INSERT INTO file_parts VALUES('ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e',0,X'65766964656e6365');
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
INSERT INTO settings VALUES('origin','example.com/log');
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
INSERT INTO accounts VALUES('anna','anna','$argon2id$','i s',2,1803902400000123,1803902400000123,1803902400000123);
INSERT INTO accounts VALUES('bert','','','',0,0,0,0);
CREATE TABLE sessions (
    token   BLOB    PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires INTEGER NOT NULL,
    data    BLOB    NOT NULL
) STRICT;
INSERT INTO sessions VALUES(X'3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0','anna',4922899200000000,X'0064617461');
INSERT INTO sessions VALUES(X'd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa','',4922899200000000,X'');
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
INSERT INTO api_tokens VALUES('t','anna','ci',X'0001','["a","b"]',1803902400000123,4922899200000000,1803902400000123);
CREATE TABLE answered (
    key      TEXT    PRIMARY KEY,
    request  TEXT    NOT NULL,
    response BLOB    NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
INSERT INTO answered VALUES('key','request',X'00',4922899200000000);
CREATE TABLE sources (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    newest_scan INTEGER NOT NULL,
    newest_made INTEGER NOT NULL
) STRICT;
INSERT INTO sources VALUES(1,'s',3,1804075200000123);
INSERT INTO sources VALUES(2,'t',4,1803902400000123);
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
INSERT INTO scans VALUES(1,'s-0',1,'c-s','test',1803902400000123,1803902460000123,'1.0','ec18eac8d758b1eba52d3c10d39adc6dd9806472cb4ae069635d383d9086a513',71.5,1,2,3,4,5,3,0,0,0,X'7b2261223a317d');
INSERT INTO scans VALUES(2,'s-1',1,'c-s','test',1803988800000123,1803988860000123,'1.0','e8bc163c82eee18733288c7d4ac636db3a6deb013ef2d37b68322be20edc45cc',71.5,1,2,3,4,5,0,2,0,1,X'7b2261223a317d');
INSERT INTO scans VALUES(3,'s-2',1,'c-s','test',1804075200000123,1804075260000123,'1.0','ad328846aa18b32a335816374511cac1063c704b8c57999e51da9f908290a7a4',71.5,1,2,3,4,5,0,1,1,0,X'7b2261223a317d');
INSERT INTO scans VALUES(4,'t-0',2,'c-t','test',1803902400000123,1803902460000123,'1.0','512f26ada3c3d634ac3c6b12b7b33cb50bb0963c3f6d9924241619c84ec78ff2',71.5,1,2,3,4,5,1,0,0,0,X'7b2261223a317d');
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
INSERT INTO findings VALUES(1,1,X'ab73513a43e802909abd8b819e4bc618',-3022519733099858138,0,0,1803902400000123,0,0,1804075200000123,1,1,'one','apps','c','ns-a','Deployment','a','app','a.yaml',12,7,'fail','fp-a','Title of one','Container of a is bad',replace('container of a is bad\na\ntitle of one','\n',char(10)));
INSERT INTO findings VALUES(2,1,X'527fbab70f2a97591333984525856181',5250646646842181163,0,4,1803902400000123,0,0,0,0,1,'two','apps','c','ns-b','Deployment','b','app','a.yaml',12,7,'fail','fp-b','Title of two','Container of b is bad',replace('container of b is bad\nb\ntitle of two','\n',char(10)));
INSERT INTO findings VALUES(3,1,X'9ca51c6f929ae6fc156974403c6490d6',6591881010798860180,1,4,1803902400000123,1803988800000123,0,0,0,1,'two','apps','c','ns-�','Deployment','ä','app','a.yaml',12,7,'accepted','fp-ä','Title of two',replace('it''s\nÄ','\n',char(10)),replace('it''s\nä\nä\ntitle of two','\n',char(10)));
INSERT INTO findings VALUES(4,2,X'527fbab70f2a97591333984525856181',5250646646842181163,0,4,1803902400000123,0,0,0,0,4,'two','apps','c','ns-b','Deployment','b','app','a.yaml',12,7,'fail','fp-b','Title of two','Container of b is bad',replace('container of b is bad\nb\ntitle of two','\n',char(10)));
CREATE TABLE finding_details (
    id   INTEGER PRIMARY KEY,
    data BLOB    NOT NULL
) STRICT;
INSERT INTO finding_details VALUES(1,X'7b22666978223a2261227d');
INSERT INTO finding_details VALUES(2,X'7b22666978223a2262227d');
INSERT INTO finding_details VALUES(3,X'00ff');
INSERT INTO finding_details VALUES(4,X'7b22666978223a2262227d');
CREATE TABLE finding_events (
    finding INTEGER NOT NULL,
    scan    INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    bucket  INTEGER NOT NULL,
    PRIMARY KEY (finding, scan, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO finding_events VALUES(1,2,2,1803988800000123,336);
INSERT INTO finding_events VALUES(1,3,3,1804075200000123,-1);
INSERT INTO finding_events VALUES(3,1,0,1803902400000123,-1);
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
INSERT INTO finding_counts VALUES(1,'c','one','apps',0,0,1);
INSERT INTO finding_counts VALUES(1,'c','one','apps',0,2,0);
INSERT INTO finding_counts VALUES(1,'c','two','apps',4,0,1);
INSERT INTO finding_counts VALUES(1,'c','two','apps',4,1,1);
INSERT INTO finding_counts VALUES(2,'c','two','apps',4,0,1);
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
INSERT INTO finding_places VALUES(1,'c','ns-a','apps',0,0,1);
INSERT INTO finding_places VALUES(1,'c','ns-b','apps',4,0,1);
INSERT INTO finding_places VALUES(2,'c','ns-b','apps',4,0,1);
INSERT INTO finding_places VALUES(1,'c','ns-�','apps',4,1,1);
INSERT INTO finding_places VALUES(1,'c','ns-a','apps',0,2,0);
CREATE TABLE finding_namespaces (
    source    INTEGER NOT NULL,
    cluster   TEXT    NOT NULL,
    namespace TEXT    NOT NULL,
    state     INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (state, source, cluster, namespace)
) STRICT, WITHOUT ROWID;
INSERT INTO finding_namespaces VALUES(1,'c','ns-a',0,1);
INSERT INTO finding_namespaces VALUES(1,'c','ns-b',0,1);
INSERT INTO finding_namespaces VALUES(2,'c','ns-b',0,1);
INSERT INTO finding_namespaces VALUES(1,'c','ns-�',1,1);
INSERT INTO finding_namespaces VALUES(1,'c','ns-a',2,0);
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
INSERT INTO finding_days VALUES(1,'c','apps',0,20878,1,1,0);
INSERT INTO finding_days VALUES(1,'c','apps',0,20879,-1,0,1);
INSERT INTO finding_days VALUES(1,'c','apps',0,20880,1,1,0);
INSERT INTO finding_days VALUES(1,'c','apps',4,20878,1,2,0);
INSERT INTO finding_days VALUES(2,'c','apps',4,20878,1,1,0);
CREATE TABLE finding_fixes (
    source   INTEGER NOT NULL,
    cluster  TEXT    NOT NULL,
    team     TEXT    NOT NULL,
    severity INTEGER NOT NULL,
    bucket   INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (source, cluster, team, severity, bucket)
) STRICT, WITHOUT ROWID;
INSERT INTO finding_fixes VALUES(1,'c','apps',0,336,1);
CREATE TABLE numbers (
    name TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
INSERT INTO numbers VALUES('scan',4);
INSERT INTO numbers VALUES('source',2);
INSERT INTO numbers VALUES('finding',4);
CREATE TABLE inventories (
    scan   INTEGER PRIMARY KEY REFERENCES scans (number) ON DELETE CASCADE,
    sha256 TEXT    NOT NULL,
    size   INTEGER NOT NULL
) STRICT;
INSERT INTO inventories VALUES(3,'88cb8a087b6e8cebfc9ae5602f5a2159a6bcf923e7f2c56809bcda6cad1727a7',6);
CREATE TABLE inventory_parts (
    scan INTEGER NOT NULL REFERENCES inventories (scan) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    data BLOB    NOT NULL,
    PRIMARY KEY (scan, part)
) STRICT;
INSERT INTO inventory_parts VALUES(3,0,X'7061636b6564');
CREATE TABLE uploads (
    id       TEXT    PRIMARY KEY,
    person   TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    size     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
INSERT INTO uploads VALUES('u','anna','d887db09649dab0d83951d8d5d69b2e7d8bb70e79daa2a3a279b4fd6b8346cea',5,5,1803902400000123,4922899200000000);
CREATE TABLE upload_parts (
    upload TEXT    NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start  INTEGER NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (upload, start)
) STRICT;
INSERT INTO upload_parts VALUES('u',0,X'706172');
INSERT INTO upload_parts VALUES('u',3,X'7473');
CREATE TABLE saved_views (
    id      TEXT    PRIMARY KEY,
    person  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    page    TEXT    NOT NULL,
    query   TEXT    NOT NULL,
    shared  INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
INSERT INTO saved_views VALUES('v','anna','Ä','findings','a=b',1,1803902400000123);
CREATE TABLE links (
    digest  TEXT    PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
INSERT INTO links VALUES('digest','anna',4922899200000000);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('kubeproof_schema',4);
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'entries are appended one after the other'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER checkpoints_in_order BEFORE INSERT ON checkpoints
WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number) + 1, 0) FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'checkpoints are appended one after the other'); END;
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
CREATE UNIQUE INDEX accounts_by_login ON accounts (login) WHERE login <> '';
CREATE UNIQUE INDEX accounts_by_subject ON accounts (subject) WHERE subject <> '';
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_expiry ON sessions (expires);
CREATE INDEX api_tokens_by_person ON api_tokens (person);
CREATE INDEX answered_by_expiry ON answered (expires);
CREATE INDEX scans_by_time ON scans (made, number);
CREATE INDEX scans_by_file ON scans (sha256) WHERE sha256 <> '';
CREATE INDEX scans_of_source ON scans (source, made, number);
CREATE INDEX findings_by_severity ON findings (state, severity, first_seen, id);
CREATE INDEX findings_by_control ON findings (state, control, severity, first_seen, id);
CREATE INDEX findings_by_subject ON findings (state, namespace, kind, name, id);
CREATE INDEX findings_of_namespace ON findings (state, namespace, severity, first_seen, id);
CREATE INDEX findings_of_source ON findings (source, state, severity, first_seen, id);
CREATE INDEX finding_places_by_namespace ON finding_places (namespace);
CREATE INDEX uploads_by_person ON uploads (person);
CREATE INDEX uploads_by_expiry ON uploads (expires);
CREATE INDEX saved_views_by_page ON saved_views (page, shared, person);
CREATE INDEX links_by_expiry ON links (expires);
CREATE INDEX finding_events_of_scan ON finding_events (scan, kind, finding);
CREATE INDEX findings_open_since ON findings (state, team, severity, first_seen, reopened_at, source) WHERE state = 0;
CREATE INDEX findings_doubtful ON findings (severity, first_seen, id, state, outcome, source) WHERE outcome IN ('unknown', 'error');
CREATE INDEX findings_returned ON findings (severity, first_seen, id, state, source) WHERE regressed > 0;
COMMIT;
