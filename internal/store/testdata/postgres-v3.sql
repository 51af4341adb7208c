CREATE FUNCTION public.kubeproof_checkpoint_in_order() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number) + 1, 0) FROM checkpoints) THEN
        RAISE EXCEPTION 'checkpoints are appended one after the other';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.kubeproof_entry_in_order() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq) + 1, 0) FROM entries) THEN
        RAISE EXCEPTION 'entries are appended one after the other';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.kubeproof_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TABLE public.accounts (
    person text NOT NULL COLLATE pg_catalog."C",
    login text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    created bigint NOT NULL,
    changed bigint NOT NULL
);
CREATE TABLE public.answered (
    key text NOT NULL COLLATE pg_catalog."C",
    request text NOT NULL COLLATE pg_catalog."C",
    response bytea NOT NULL,
    expires bigint NOT NULL
);
CREATE TABLE public.api_tokens (
    id text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    expires bigint NOT NULL,
    used bigint NOT NULL
);
CREATE TABLE public.checkpoints (
    number bigint NOT NULL,
    size bigint NOT NULL,
    note bytea NOT NULL
);
CREATE TABLE public.contents (
    seq bigint NOT NULL,
    salt bytea NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.entries (
    seq bigint NOT NULL,
    hashes bytea NOT NULL,
    line bytea NOT NULL
);
CREATE TABLE public.file_parts (
    sha256 text NOT NULL COLLATE pg_catalog."C",
    part bigint NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.file_parts ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE TABLE public.files (
    sha256 text NOT NULL COLLATE pg_catalog."C",
    size bigint NOT NULL
);
CREATE TABLE public.finding_counts (
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    control text NOT NULL COLLATE pg_catalog."C",
    team text NOT NULL COLLATE pg_catalog."C",
    severity smallint NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.finding_days (
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    team text NOT NULL COLLATE pg_catalog."C",
    severity smallint NOT NULL,
    day bigint NOT NULL,
    net bigint NOT NULL,
    fresh bigint NOT NULL,
    fixed bigint NOT NULL
);
CREATE TABLE public.finding_details (
    id bigint NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.finding_events (
    finding bigint NOT NULL,
    scan bigint NOT NULL,
    kind smallint NOT NULL,
    at bigint NOT NULL,
    bucket smallint NOT NULL
);
CREATE TABLE public.finding_fixes (
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    team text NOT NULL COLLATE pg_catalog."C",
    severity smallint NOT NULL,
    bucket smallint NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.finding_namespaces (
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    namespace text NOT NULL COLLATE pg_catalog."C",
    state smallint NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.finding_places (
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    namespace text NOT NULL COLLATE pg_catalog."C",
    team text NOT NULL COLLATE pg_catalog."C",
    severity smallint NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.findings (
    id bigint NOT NULL,
    source bigint NOT NULL,
    key bytea NOT NULL,
    hash bigint NOT NULL,
    state smallint NOT NULL,
    severity smallint NOT NULL,
    first_seen bigint NOT NULL,
    last_seen bigint NOT NULL,
    fixed_at bigint NOT NULL,
    reopened_at bigint NOT NULL,
    regressed integer NOT NULL,
    first_scan bigint NOT NULL,
    control text NOT NULL COLLATE pg_catalog."C",
    team text NOT NULL COLLATE pg_catalog."C",
    cluster text NOT NULL COLLATE pg_catalog."C",
    namespace text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    container text NOT NULL COLLATE pg_catalog."C",
    file text NOT NULL COLLATE pg_catalog."C",
    line integer NOT NULL,
    risk integer NOT NULL,
    outcome text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    message text NOT NULL COLLATE pg_catalog."C",
    search text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.inventories (
    scan bigint NOT NULL,
    sha256 text NOT NULL COLLATE pg_catalog."C",
    size bigint NOT NULL
);
CREATE TABLE public.inventory_parts (
    scan bigint NOT NULL,
    part bigint NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.kubeproof_schema (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.kubeproof_schema ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kubeproof_schema_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.links (
    digest text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    expires bigint NOT NULL
);
CREATE TABLE public.numbers (
    name text NOT NULL COLLATE pg_catalog."C",
    last bigint NOT NULL
);
CREATE TABLE public.records (
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    data bytea NOT NULL
);
CREATE TABLE public.saved_views (
    id text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    page text NOT NULL COLLATE pg_catalog."C",
    query text NOT NULL COLLATE pg_catalog."C",
    shared bigint NOT NULL,
    created bigint NOT NULL
);
CREATE TABLE public.scans (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    source bigint NOT NULL,
    cluster text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    made bigint NOT NULL,
    received bigint NOT NULL,
    version text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    score double precision NOT NULL,
    info bigint NOT NULL,
    low bigint NOT NULL,
    medium bigint NOT NULL,
    high bigint NOT NULL,
    critical bigint NOT NULL,
    fresh bigint NOT NULL,
    still bigint NOT NULL,
    returned bigint NOT NULL,
    fixed bigint NOT NULL,
    summary bytea NOT NULL
);
CREATE TABLE public.sessions (
    token bytea NOT NULL,
    person text NOT NULL COLLATE pg_catalog."C",
    expires bigint NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.settings (
    name text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL
);
CREATE TABLE public.sources (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    newest_scan bigint NOT NULL,
    newest_made bigint NOT NULL
);
CREATE TABLE public.upload_parts (
    upload text NOT NULL COLLATE pg_catalog."C",
    start bigint NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.uploads (
    id text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    size bigint NOT NULL,
    received bigint NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL
);
INSERT INTO public.accounts VALUES ('anna', 'anna', '$argon2id$', 'i s', 2, 1803902400000123, 1803902400000123, 1803902400000123);
INSERT INTO public.accounts VALUES ('bert', '', '', '', 0, 0, 0, 0);
INSERT INTO public.answered VALUES ('key', 'request', '\x00', 4922899200000000);
INSERT INTO public.api_tokens VALUES ('t', 'anna', 'ci', '\x0001', '["a","b"]', 1803902400000123, 4922899200000000, 1803902400000123);
INSERT INTO public.checkpoints VALUES (0, 1, '\x6f726967696e0a310a686173683d0a');
INSERT INTO public.checkpoints VALUES (1, 2, '\x6f726967696e0a310a686173683d0a');
INSERT INTO public.checkpoints VALUES (2, 3, '\x6f726967696e0a310a686173683d0a');
INSERT INTO public.checkpoints VALUES (3, 4, '\x6f726967696e0a310a686173683d0a');
INSERT INTO public.checkpoints VALUES (4, 5, '\x6f726967696e0a310a686173683d0a');
INSERT INTO public.contents VALUES (0, '\x73616c74', '\x636f6e74656e74206f662030');
INSERT INTO public.contents VALUES (2, '\x73616c74', '\x636f6e74656e74206f662032');
INSERT INTO public.contents VALUES (4, '\x73616c74', '\x636f6e74656e74206f662034');
INSERT INTO public.entries VALUES (0, '\x22e1de20b2b933be78999da0dc240b83c0651d40efbc6c260e1e3a670d55acf4', '\x7b22736571223a302c22616374696f6e223a22626567696e227d');
INSERT INTO public.entries VALUES (1, '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d172d8d661e252aca0046f06afb1739c9fe9a8b69099d186ec2306bdcfc657bdf', '\x');
INSERT INTO public.entries VALUES (2, '\xae974d4a74c2371d8cfe842b7aa4f6698de8570526eeb3db1941b0b72311d470', '\x00ff');
INSERT INTO public.entries VALUES (3, '\xd282db511ac9aa30c94a4571fbd00d633556f486af2a80fbf77910bec3b8fc6275f843ceb16d79ac24bf08fcd66b3eea10fac69fb8b3e23535660ebbe58ee6d0990b7e00d7a68081d571d7308fa16d50b6046b1e790f5f8aa84c3a12c50c8ef6', '\x74776f0a6c696e6573');
INSERT INTO public.entries VALUES (4, '\xcce24bbab968a849552c2f9fb8a0f0500931e34f85832cdac663e7b6648f208f', '\x6974277320746865206c617374');
INSERT INTO public.file_parts VALUES ('ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e', 0, '\x65766964656e6365');
INSERT INTO public.files VALUES ('ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e', 8);
INSERT INTO public.files VALUES ('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
INSERT INTO public.finding_counts VALUES (1, 'c', 'two', 'apps', 4, 1, 1);
INSERT INTO public.finding_counts VALUES (1, 'c', 'two', 'apps', 4, 0, 1);
INSERT INTO public.finding_counts VALUES (1, 'c', 'one', 'apps', 0, 2, 0);
INSERT INTO public.finding_counts VALUES (1, 'c', 'one', 'apps', 0, 0, 1);
INSERT INTO public.finding_counts VALUES (2, 'c', 'two', 'apps', 4, 0, 1);
INSERT INTO public.finding_days VALUES (1, 'c', 'apps', 0, 20878, 1, 1, 0);
INSERT INTO public.finding_days VALUES (1, 'c', 'apps', 4, 20878, 1, 2, 0);
INSERT INTO public.finding_days VALUES (1, 'c', 'apps', 0, 20879, -1, 0, 1);
INSERT INTO public.finding_days VALUES (1, 'c', 'apps', 0, 20880, 1, 1, 0);
INSERT INTO public.finding_days VALUES (2, 'c', 'apps', 4, 20878, 1, 1, 0);
INSERT INTO public.finding_details VALUES (2, '\x7b22666978223a2262227d');
INSERT INTO public.finding_details VALUES (3, '\x00ff');
INSERT INTO public.finding_details VALUES (1, '\x7b22666978223a2261227d');
INSERT INTO public.finding_details VALUES (4, '\x7b22666978223a2262227d');
INSERT INTO public.finding_events VALUES (3, 1, 0, 1803902400000123, -1);
INSERT INTO public.finding_events VALUES (1, 2, 2, 1803988800000123, 336);
INSERT INTO public.finding_events VALUES (1, 3, 3, 1804075200000123, -1);
INSERT INTO public.finding_fixes VALUES (1, 'c', 'apps', 0, 336, 1);
INSERT INTO public.finding_namespaces VALUES (1, 'c', 'ns-b', 0, 1);
INSERT INTO public.finding_namespaces VALUES (1, 'c', 'ns-�', 1, 1);
INSERT INTO public.finding_namespaces VALUES (1, 'c', 'ns-a', 2, 0);
INSERT INTO public.finding_namespaces VALUES (1, 'c', 'ns-a', 0, 1);
INSERT INTO public.finding_namespaces VALUES (2, 'c', 'ns-b', 0, 1);
INSERT INTO public.finding_places VALUES (1, 'c', 'ns-b', 'apps', 4, 0, 1);
INSERT INTO public.finding_places VALUES (1, 'c', 'ns-�', 'apps', 4, 1, 1);
INSERT INTO public.finding_places VALUES (1, 'c', 'ns-a', 'apps', 0, 2, 0);
INSERT INTO public.finding_places VALUES (1, 'c', 'ns-a', 'apps', 0, 0, 1);
INSERT INTO public.finding_places VALUES (2, 'c', 'ns-b', 'apps', 4, 0, 1);
INSERT INTO public.findings VALUES (2, 1, '\x527fbab70f2a97591333984525856181', 5250646646842181163, 0, 4, 1803902400000123, 0, 0, 0, 0, 1, 'two', 'apps', 'c', 'ns-b', 'Deployment', 'b', 'app', 'a.yaml', 12, 7, 'fail', 'fp-b', 'Title of two', 'Container of b is bad', 'container of b is bad
b
title of two');
INSERT INTO public.findings VALUES (1, 1, '\xab73513a43e802909abd8b819e4bc618', -3022519733099858138, 0, 0, 1803902400000123, 0, 0, 1804075200000123, 1, 1, 'one', 'apps', 'c', 'ns-a', 'Deployment', 'a', 'app', 'a.yaml', 12, 7, 'fail', 'fp-a', 'Title of one', 'Container of a is bad', 'container of a is bad
a
title of one');
INSERT INTO public.findings VALUES (3, 1, '\x9ca51c6f929ae6fc156974403c6490d6', 6591881010798860180, 1, 4, 1803902400000123, 1803988800000123, 0, 0, 0, 1, 'two', 'apps', 'c', 'ns-�', 'Deployment', 'ä', 'app', 'a.yaml', 12, 7, 'accepted', 'fp-ä', 'Title of two', 'it''s
Ä', 'it''s
ä
ä
title of two');
INSERT INTO public.findings VALUES (4, 2, '\x527fbab70f2a97591333984525856181', 5250646646842181163, 0, 4, 1803902400000123, 0, 0, 0, 0, 4, 'two', 'apps', 'c', 'ns-b', 'Deployment', 'b', 'app', 'a.yaml', 12, 7, 'fail', 'fp-b', 'Title of two', 'Container of b is bad', 'container of b is bad
b
title of two');
INSERT INTO public.inventories VALUES (3, '88cb8a087b6e8cebfc9ae5602f5a2159a6bcf923e7f2c56809bcda6cad1727a7', 6);
INSERT INTO public.inventory_parts VALUES (3, 0, '\x7061636b6564');
INSERT INTO public.kubeproof_schema VALUES (1, 0, true, '2026-11-30 19:28:10.334138');
INSERT INTO public.kubeproof_schema VALUES (2, 1, true, '2026-11-30 19:28:10.340793');
INSERT INTO public.kubeproof_schema VALUES (3, 2, true, '2026-11-30 19:28:10.3652');
INSERT INTO public.kubeproof_schema VALUES (4, 3, true, '2026-11-30 19:28:10.413668');
INSERT INTO public.links VALUES ('digest', 'anna', 4922899200000000);
INSERT INTO public.numbers VALUES ('scan', 4);
INSERT INTO public.numbers VALUES ('source', 2);
INSERT INTO public.numbers VALUES ('finding', 4);
INSERT INTO public.records VALUES ('answer', 'ä/1', '\x7b2276616c7565223a22796573227d');
INSERT INTO public.records VALUES ('answer', 'b', '\x');
INSERT INTO public.saved_views VALUES ('v', 'anna', 'Ä', 'findings', 'a=b', 1, 1803902400000123);
INSERT INTO public.scans VALUES (1, 's-0', 1, 'c-s', 'test', 1803902400000123, 1803902460000123, '1.0', 'ec18eac8d758b1eba52d3c10d39adc6dd9806472cb4ae069635d383d9086a513', 71.5, 1, 2, 3, 4, 5, 3, 0, 0, 0, '\x7b2261223a317d');
INSERT INTO public.scans VALUES (2, 's-1', 1, 'c-s', 'test', 1803988800000123, 1803988860000123, '1.0', 'e8bc163c82eee18733288c7d4ac636db3a6deb013ef2d37b68322be20edc45cc', 71.5, 1, 2, 3, 4, 5, 0, 2, 0, 1, '\x7b2261223a317d');
INSERT INTO public.scans VALUES (3, 's-2', 1, 'c-s', 'test', 1804075200000123, 1804075260000123, '1.0', 'ad328846aa18b32a335816374511cac1063c704b8c57999e51da9f908290a7a4', 71.5, 1, 2, 3, 4, 5, 0, 1, 1, 0, '\x7b2261223a317d');
INSERT INTO public.scans VALUES (4, 't-0', 2, 'c-t', 'test', 1803902400000123, 1803902460000123, '1.0', '512f26ada3c3d634ac3c6b12b7b33cb50bb0963c3f6d9924241619c84ec78ff2', 71.5, 1, 2, 3, 4, 5, 1, 0, 0, 0, '\x7b2261223a317d');
INSERT INTO public.sessions VALUES ('\x3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0', 'anna', 4922899200000000, '\x0064617461');
INSERT INTO public.sessions VALUES ('\xd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa', '', 4922899200000000, '\x');
INSERT INTO public.settings VALUES ('origin', 'example.com/log');
INSERT INTO public.sources VALUES (1, 's', 3, 1804075200000123);
INSERT INTO public.sources VALUES (2, 't', 4, 1803902400000123);
INSERT INTO public.upload_parts VALUES ('u', 0, '\x706172');
INSERT INTO public.upload_parts VALUES ('u', 3, '\x7473');
INSERT INTO public.uploads VALUES ('u', 'anna', 'd887db09649dab0d83951d8d5d69b2e7d8bb70e79daa2a3a279b4fd6b8346cea', 5, 5, 1803902400000123, 4922899200000000);
SELECT pg_catalog.setval('public.kubeproof_schema_id_seq', 4, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (person);
ALTER TABLE ONLY public.answered
    ADD CONSTRAINT answered_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.contents
    ADD CONSTRAINT contents_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.file_parts
    ADD CONSTRAINT file_parts_pkey PRIMARY KEY (sha256, part);
ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.finding_counts
    ADD CONSTRAINT finding_counts_pkey PRIMARY KEY (source, cluster, control, team, severity, state);
ALTER TABLE ONLY public.finding_days
    ADD CONSTRAINT finding_days_pkey PRIMARY KEY (source, cluster, team, severity, day);
ALTER TABLE ONLY public.finding_details
    ADD CONSTRAINT finding_details_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.finding_events
    ADD CONSTRAINT finding_events_pkey PRIMARY KEY (finding, scan, kind);
ALTER TABLE ONLY public.finding_fixes
    ADD CONSTRAINT finding_fixes_pkey PRIMARY KEY (source, cluster, team, severity, bucket);
ALTER TABLE ONLY public.finding_namespaces
    ADD CONSTRAINT finding_namespaces_pkey PRIMARY KEY (state, source, cluster, namespace);
ALTER TABLE ONLY public.finding_places
    ADD CONSTRAINT finding_places_pkey PRIMARY KEY (state, severity, source, cluster, team, namespace);
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT findings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventories
    ADD CONSTRAINT inventories_pkey PRIMARY KEY (scan);
ALTER TABLE ONLY public.inventory_parts
    ADD CONSTRAINT inventory_parts_pkey PRIMARY KEY (scan, part);
ALTER TABLE ONLY public.kubeproof_schema
    ADD CONSTRAINT kubeproof_schema_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.records
    ADD CONSTRAINT records_pkey PRIMARY KEY (kind, id);
ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scans
    ADD CONSTRAINT scans_id_key UNIQUE (id);
ALTER TABLE ONLY public.scans
    ADD CONSTRAINT scans_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token);
ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_name_key UNIQUE (name);
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.upload_parts
    ADD CONSTRAINT upload_parts_pkey PRIMARY KEY (upload, start);
ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX accounts_by_login ON public.accounts USING btree (login) WHERE (login <> ''::text);
CREATE UNIQUE INDEX accounts_by_subject ON public.accounts USING btree (subject) WHERE (subject <> ''::text);
CREATE INDEX answered_by_expiry ON public.answered USING btree (expires);
CREATE INDEX api_tokens_by_person ON public.api_tokens USING btree (person);
CREATE INDEX finding_events_of_scan ON public.finding_events USING btree (scan, kind, finding);
CREATE INDEX finding_places_by_namespace ON public.finding_places USING btree (namespace);
CREATE INDEX findings_by_control ON public.findings USING btree (state, control, severity, first_seen, id);
CREATE INDEX findings_by_severity ON public.findings USING btree (state, severity, first_seen, id);
CREATE INDEX findings_by_subject ON public.findings USING btree (state, namespace, kind, name, id);
CREATE INDEX findings_doubtful ON public.findings USING btree (severity, first_seen, id, state, outcome, source) WHERE (outcome = ANY (ARRAY['unknown'::text, 'error'::text]));
CREATE INDEX findings_of_namespace ON public.findings USING btree (state, namespace, severity, first_seen, id);
CREATE INDEX findings_of_source ON public.findings USING btree (source, state, severity, first_seen, id);
CREATE INDEX findings_open_since ON public.findings USING btree (state, team, severity, first_seen, reopened_at, source) WHERE (state = 0);
CREATE INDEX findings_returned ON public.findings USING btree (severity, first_seen, id, state, source) WHERE (regressed > 0);
CREATE INDEX links_by_expiry ON public.links USING btree (expires);
CREATE INDEX saved_views_by_page ON public.saved_views USING btree (page, shared, person);
CREATE INDEX scans_by_file ON public.scans USING btree (sha256) WHERE (sha256 <> ''::text);
CREATE INDEX scans_by_time ON public.scans USING btree (made, number);
CREATE INDEX scans_of_source ON public.scans USING btree (source, made, number);
CREATE INDEX sessions_by_expiry ON public.sessions USING btree (expires);
CREATE INDEX sessions_by_person ON public.sessions USING btree (person);
CREATE INDEX uploads_by_expiry ON public.uploads USING btree (expires);
CREATE INDEX uploads_by_person ON public.uploads USING btree (person);
CREATE TRIGGER checkpoints_in_order BEFORE INSERT ON public.checkpoints FOR EACH ROW EXECUTE FUNCTION public.kubeproof_checkpoint_in_order();
CREATE TRIGGER checkpoints_remain BEFORE DELETE OR UPDATE OR TRUNCATE ON public.checkpoints FOR EACH STATEMENT EXECUTE FUNCTION public.kubeproof_refuse();
CREATE TRIGGER entries_in_order BEFORE INSERT ON public.entries FOR EACH ROW EXECUTE FUNCTION public.kubeproof_entry_in_order();
CREATE TRIGGER entries_remain BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entries FOR EACH STATEMENT EXECUTE FUNCTION public.kubeproof_refuse();
ALTER TABLE ONLY public.contents
    ADD CONSTRAINT contents_seq_fkey FOREIGN KEY (seq) REFERENCES public.entries(seq);
ALTER TABLE ONLY public.file_parts
    ADD CONSTRAINT file_parts_sha256_fkey FOREIGN KEY (sha256) REFERENCES public.files(sha256) ON DELETE CASCADE;
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT findings_source_fkey FOREIGN KEY (source) REFERENCES public.sources(id);
ALTER TABLE ONLY public.inventories
    ADD CONSTRAINT inventories_scan_fkey FOREIGN KEY (scan) REFERENCES public.scans(number) ON DELETE CASCADE;
ALTER TABLE ONLY public.inventory_parts
    ADD CONSTRAINT inventory_parts_scan_fkey FOREIGN KEY (scan) REFERENCES public.inventories(scan) ON DELETE CASCADE;
ALTER TABLE ONLY public.scans
    ADD CONSTRAINT scans_source_fkey FOREIGN KEY (source) REFERENCES public.sources(id);
ALTER TABLE ONLY public.upload_parts
    ADD CONSTRAINT upload_parts_upload_fkey FOREIGN KEY (upload) REFERENCES public.uploads(id) ON DELETE CASCADE;
