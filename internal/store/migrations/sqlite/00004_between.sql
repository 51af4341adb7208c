-- +goose Up

-- What a scan told of findings, so that two dates can be compared.
CREATE INDEX finding_events_of_scan ON finding_events (scan, kind, finding);
