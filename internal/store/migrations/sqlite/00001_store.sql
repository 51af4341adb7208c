-- +goose Up

-- The ledger's lines as they were hashed, and the hashes of the tree that each line completed: 32
-- bytes a level, from the leaf up. They stand before the line so that reading one skips the line.
CREATE TABLE entries (
    seq    INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL,
    line   BLOB NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'entries are appended one after the other'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
-- +goose StatementEnd

-- What may be erased: an entry holds only its salted digest.
CREATE TABLE contents (
    seq  INTEGER PRIMARY KEY REFERENCES entries (seq),
    salt BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL,
    note   BLOB NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER checkpoints_in_order BEFORE INSERT ON checkpoints
WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number) + 1, 0) FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'checkpoints are appended one after the other'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
-- +goose StatementEnd

-- The projection of the entries, which may be thrown away and made anew.
CREATE TABLE records (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size   INTEGER NOT NULL
) STRICT;

CREATE TABLE file_parts (
    sha256 TEXT    NOT NULL REFERENCES files (sha256) ON DELETE CASCADE,
    part   INTEGER NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (sha256, part)
) STRICT;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
