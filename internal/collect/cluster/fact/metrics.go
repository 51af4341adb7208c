package fact

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
)

// metrics is what the metrics of an API server tell of its security. They are those of the one
// instance that answered, since it started.
type metrics struct {
	// written counts, by resource and by the prefix of the encryption provider, what was put into
	// storage; "identity" is without encryption. read counts what was taken out of it.
	written, read map[string]map[string]int64
	audit         struct {
		seen           bool
		events, errors int64
		levels         map[string]int64
	}
	admission, authorizers map[string]bool // plugins and authorizers that decided something
	features               map[string]bool
}

func newMetrics() *metrics {
	m := &metrics{written: map[string]map[string]int64{}, read: map[string]map[string]int64{},
		admission: map[string]bool{}, authorizers: map[string]bool{}, features: map[string]bool{}}
	m.audit.levels = map[string]int64{}
	return m
}

// take adds a sample, if it is one of those that matter.
func (m *metrics) take(s sample) {
	switch s.name {
	case "apiserver_storage_transformation_operations_total":
		m.takeTransformation(s)
	case "apiserver_audit_event_total":
		m.audit.seen = true
		m.audit.events += s.count()
	case "apiserver_audit_error_total":
		m.audit.errors += s.count()
	case "apiserver_audit_level_total":
		m.audit.levels[s.labels["level"]] += s.count()
	case "apiserver_admission_controller_admission_duration_seconds_count":
		m.admission[s.labels["name"]] = true
	case "apiserver_authorization_decisions_total":
		m.authorizers[s.labels["type"]] = true
	case "kubernetes_feature_enabled":
		m.features[s.labels["name"]] = s.value != 0
	}
}

// takeTransformation counts one encryption provider. Providers with several keys count a second
// time under the name of the key, which tells nothing more.
func (m *metrics) takeTransformation(s sample) {
	into := m.read
	if s.labels["transformation_type"] == "to_storage" {
		into = m.written
	}
	prefix := s.labels["transformer_prefix"]
	switch {
	case s.labels["status"] != "OK":
		return
	case prefix == "":
		prefix = "identity"
	case prefix != "identity" && !strings.HasPrefix(prefix, "k8s:enc:"):
		return
	}
	resource := s.labels["resource"]
	if into[resource] == nil {
		into[resource] = map[string]int64{}
	}
	into[resource][prefix] += s.count()
}

// fields gives the metrics as part of KubernetesCluster.
func (m *metrics) fields() map[string]any {
	all := map[string]any{
		"from":        "/metrics of one API server, since it started",
		"encryption":  countsByResource(m.written),
		"decryption":  countsByResource(m.read),
		"admission":   names(m.admission),
		"authorizers": names(m.authorizers),
	}
	if m.audit.seen {
		all["audit"] = map[string]any{"events": m.audit.events, "errors": m.audit.errors, "levels": counts(m.audit.levels)}
	}
	return all
}

func countsByResource(all map[string]map[string]int64) map[string]any {
	fields := map[string]any{}
	for resource, of := range all {
		fields[resource] = counts(of)
	}
	return fields
}

func counts(of map[string]int64) map[string]any {
	fields := map[string]any{}
	for name, count := range of {
		fields[name] = count
	}
	return fields
}

func names(of map[string]bool) []any {
	var sorted []string
	for name := range of {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	list := make([]any, len(sorted))
	for i, name := range sorted {
		list[i] = name
	}
	return list
}

// mostMetricsBytes bounds a page of metrics; large clusters give tens of megabytes.
const mostMetricsBytes = 512 << 20

// readMetrics reads the metrics as they arrive, because they can be larger than all objects.
func (c *collection) readMetrics(ctx context.Context) (*metrics, *problem) {
	const path = "/metrics"
	ctx, cancel := context.WithTimeout(ctx, c.patience.metrics)
	defer cancel()
	broken := func(err error) *problem { return refusal(path, 0, err, "", "") }
	client, err := connectWith(c.client.Config())
	if err != nil {
		return nil, broken(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, serverURL(c.client.Config(), path), nil)
	if err != nil {
		return nil, broken(err)
	}
	request.Header.Set("Accept", "text/plain")
	response, err := client.Do(request)
	if err != nil {
		return nil, broken(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, refusal(path, response.StatusCode, nil, nonResource(path), "the API server serves no /metrics (closed by the provider or a proxy)")
	}
	m := newMetrics()
	if err := scanMetrics(io.LimitReader(response.Body, mostMetricsBytes), m.take); err != nil {
		return nil, broken(err)
	}
	return m, nil
}
