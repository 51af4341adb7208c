package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// FindingRow is what a scan says of one finding.
type FindingRow struct {
	Fingerprint, Control, Title string
	Severity                    string // info, low, medium, high, critical
	Team, Namespace, Kind, Name string
	Container, File, Cluster    string
	Message                     string
	Risk, Line                  int
	Outcome                     string // fail, accepted, unknown, error
	Data                        []byte // JSON: evidence, fix, maps, location; the store does not look into it
}

// FindingState is what has become of a finding.
type FindingState string

// The states. What is unknown or an error is open, as its outcome tells: it was not seen to be well.
const (
	StateOpen     FindingState = "open"
	StateAccepted FindingState = "accepted"
	StateFixed    FindingState = "fixed"
)

// StoredFinding is a finding with its history.
type StoredFinding struct {
	FindingRow
	ID        int64 // never used again for another
	Source    string
	State     FindingState
	FirstSeen time.Time
	LastSeen  time.Time
	// FixedAt is zero unless it is fixed; ReopenedAt is when it last came back, or zero.
	FixedAt, ReopenedAt time.Time
	Regressed           int // times it came back
}

// The numbers of states and severities in the database; the latter so that the worst is first.
var (
	states     = []FindingState{StateOpen, StateAccepted, StateFixed}
	severities = []string{"critical", "high", "medium", "low", "info"}
	outcomes   = []string{"fail", "accepted", "unknown", "error"}
)

const (
	isOpen     = 0
	isAccepted = 1
	isFixed    = 2
)

// keptFinding is a finding as it is kept.
type keptFinding struct {
	FindingRow
	key      [16]byte
	hash     int64
	severity int
	state    int
}

// keep makes what is kept of a finding.
func (f FindingRow) keep() (keptFinding, error) {
	k := keptFinding{FindingRow: f, key: f.keyOf(1), severity: slices.Index(severities, f.Severity)}
	if k.severity < 0 {
		return k, fmt.Errorf("the finding %q has the severity %q, not one of %v", clean(f.Fingerprint, maxWord), clean(f.Severity, maxWord), severities)
	}
	if !slices.Contains(outcomes, f.Outcome) {
		return k, fmt.Errorf("the finding %q has the outcome %q, not one of %v", clean(f.Fingerprint, maxWord), clean(f.Outcome, maxWord), outcomes)
	}
	if f.Outcome == "accepted" {
		k.state = isAccepted
	}
	for _, column := range k.texts() {
		*column.text = clean(*column.text, column.most)
	}
	k.Risk, k.Line = max(0, min(k.Risk, 1<<20)), max(0, min(k.Line, 1<<30))
	if len(k.Data) > maxData {
		k.Data = []byte(`{"cut":` + strconv.Itoa(len(k.Data)) + `}`)
	}
	k.hash = k.digest()
	return k, nil
}

type column struct {
	text *string
	most int
}

// texts are the columns of a finding that hold text.
func (f *FindingRow) texts() [12]column {
	return [...]column{{&f.Fingerprint, maxWord}, {&f.Control, maxWord}, {&f.Title, maxName}, {&f.Team, maxWord}, {&f.Namespace, maxWord}, {&f.Kind, maxWord},
		{&f.Name, maxName}, {&f.Container, maxWord}, {&f.File, maxPath}, {&f.Cluster, maxWord}, {&f.Message, maxMessage}, {&f.Outcome, maxWord}}
}

// keyOf tells a finding from the others of its source; should a scan give one several times these
// are counted.
func (f FindingRow) keyOf(occurrence int) [16]byte {
	b := make([]byte, 0, 256)
	b = append(append(append(b, f.Control...), 0), f.Fingerprint...)
	if occurrence > 1 {
		b = strconv.AppendInt(append(b, 0), int64(occurrence), 10)
	}
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}

// digest is of everything that a scan says, so that what says the same need not be written.
func (k *keptFinding) digest() int64 {
	h := sha256.New()
	var b []byte
	for _, column := range k.texts() {
		b = append(binary.AppendUvarint(b, uint64(len(*column.text))), *column.text...)
	}
	b = binary.AppendUvarint(binary.AppendUvarint(append(b, byte(k.severity)), uint64(k.Risk)), uint64(k.Line))
	h.Write(b)
	h.Write(k.Data)
	return int64(binary.BigEndian.Uint64(h.Sum(nil)))
}
