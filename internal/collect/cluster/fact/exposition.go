package fact

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// mostMetricsLine bounds a line of metrics.
const mostMetricsLine = 64 << 10

// sample is one line of metrics.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

// count is the value of a counter.
func (s sample) count() int64 {
	if s.value >= 0 && s.value < 1<<62 {
		return int64(s.value)
	}
	return 0
}

// families are the beginnings of the names of the metrics that are read.
var families = [][]byte{
	[]byte("apiserver_storage_transformation_operations_total"), []byte("apiserver_audit_"),
	[]byte("apiserver_admission_controller_admission_duration_seconds_count"),
	[]byte("apiserver_authorization_decisions_total"), []byte("kubernetes_feature_enabled"),
}

// scanMetrics gives every sample of the families in a page of metrics in Prometheus' text format.
// Lines that are too long or that it does not understand are passed over. A page without any line
// of metrics, or one that breaks off, is an error.
func scanMetrics(page io.Reader, take func(sample)) error {
	reader := bufio.NewReaderSize(page, mostMetricsLine)
	var lines int
	for {
		line, err := nextLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("the answer breaks off after %d lines: %w", lines, err)
		}
		if bytes.HasPrefix(line, []byte("# TYPE ")) || wanted(line) {
			lines++
		}
		if wanted(line) {
			if s, ok := parseSample(string(bytes.TrimSpace(line))); ok {
				take(s)
			}
		}
		if err != nil {
			break
		}
	}
	if lines == 0 {
		return errors.New("the answer holds no metrics: is this a page of a proxy before the API server?")
	}
	return nil
}

// nextLine gives the next line; nothing for one that is too long.
func nextLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		line = nil
		_, err = reader.ReadSlice('\n')
	}
	return line, err
}

func wanted(line []byte) bool {
	return slices.ContainsFunc(families, func(family []byte) bool { return bytes.HasPrefix(line, family) })
}

// parseSample reads NAME{LABEL="VALUE",...} NUMBER [TIME].
func parseSample(line string) (sample, bool) {
	end := strings.IndexAny(line, "{ \t")
	if end <= 0 {
		return sample{}, false
	}
	s := sample{name: line[:end], labels: map[string]string{}}
	rest := line[end:]
	if rest[0] == '{' {
		var ok bool
		if rest, ok = parseLabels(rest[1:], s.labels); !ok {
			return sample{}, false
		}
	}
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return sample{}, false
	}
	value, err := strconv.ParseFloat(fields[0], 64)
	s.value = value
	return s, err == nil
}

// parseLabels reads labels up to the closing brace and gives what stands behind it.
func parseLabels(text string, into map[string]string) (rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, ", \t")
		if strings.HasPrefix(text, "}") {
			return text[1:], true
		}
		name, after, found := strings.Cut(text, `="`)
		if !found {
			return "", false
		}
		value, behind, ok := parseQuoted(after)
		if !ok {
			return "", false
		}
		into[strings.TrimSpace(name)] = value
		text = behind
	}
}

// parseQuoted reads a label's value up to its closing quote; \\, \" and \n are escapes.
func parseQuoted(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:], true
		case text[i] != '\\':
			b.WriteByte(text[i])
		case i+1 == len(text):
			return "", "", false
		default:
			i++
			if text[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(text[i])
			}
		}
	}
	return "", "", false
}
