-- +goose Up

-- Since when findings are open, by team and severity: all that is asked of how old they are stands in
-- the index. And what is rare, so that finding it does not mean reading all: what is not known to be
-- well, and what came back. State does not come first there, since the other indexes begin with it.
CREATE INDEX findings_open_since ON findings (state, team, severity, first_seen, reopened_at, source) WHERE state = 0;
CREATE INDEX findings_doubtful ON findings (severity, first_seen, id, state, outcome, source) WHERE outcome IN ('unknown', 'error');
CREATE INDEX findings_returned ON findings (severity, first_seen, id, state, source) WHERE regressed > 0;
