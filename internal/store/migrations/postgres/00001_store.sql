-- +goose Up

-- The ledger's lines as they were hashed, and the hashes of the tree that each line completed: 32
-- bytes a level, from the leaf up.
CREATE TABLE entries (
    seq    BIGINT PRIMARY KEY,
    hashes BYTEA NOT NULL,
    line   BYTEA NOT NULL
);

-- What may be erased: an entry holds only its salted digest.
CREATE TABLE contents (
    seq  BIGINT PRIMARY KEY REFERENCES entries (seq),
    salt BYTEA NOT NULL,
    data BYTEA NOT NULL
);

CREATE TABLE checkpoints (
    number BIGINT PRIMARY KEY,
    size   BIGINT NOT NULL,
    note   BYTEA NOT NULL
);

-- The projection of the entries, which may be thrown away and made anew.
CREATE TABLE records (
    kind TEXT COLLATE "C" NOT NULL,
    id   TEXT COLLATE "C" NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE files (
    sha256 TEXT COLLATE "C" PRIMARY KEY,
    size   BIGINT NOT NULL
);

CREATE TABLE file_parts (
    sha256 TEXT COLLATE "C" NOT NULL REFERENCES files (sha256) ON DELETE CASCADE,
    part   BIGINT NOT NULL,
    data   BYTEA NOT NULL,
    PRIMARY KEY (sha256, part)
);
-- Evidence is mostly packed already: to try to pack it again costs time only.
ALTER TABLE file_parts ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE settings (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION kubeproof_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION kubeproof_entry_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq) + 1, 0) FROM entries) THEN
        RAISE EXCEPTION 'entries are appended one after the other';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION kubeproof_checkpoint_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number) + 1, 0) FROM checkpoints) THEN
        RAISE EXCEPTION 'checkpoints are appended one after the other';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
    FOR EACH ROW EXECUTE FUNCTION kubeproof_entry_in_order();
CREATE TRIGGER entries_remain BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION kubeproof_refuse();
CREATE TRIGGER checkpoints_in_order BEFORE INSERT ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION kubeproof_checkpoint_in_order();
CREATE TRIGGER checkpoints_remain BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION kubeproof_refuse();
