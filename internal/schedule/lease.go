package schedule

import (
	"encoding/json"
	"time"
)

// Lease says which of several servers scans, and until when. It is kept as text where all of them
// see it, and changed by one at a time.
type Lease struct {
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// LeaseFor is how long a server scans alone without saying so again, and sayAgain how often it looks whether
// it has to. It does with less than renewAt left: so two minutes are left at any time, by which clocks may
// differ.
const (
	LeaseFor = 4 * time.Minute
	sayAgain = 30 * time.Second
	renewAt  = 2*time.Minute + sayAgain
)

// tooFar is how far a lease may end from now at most; what ends later was written by a clock that was wrong.
const tooFar = LeaseFor + 10*time.Minute

// Take gives the lease as it is kept from now on, and whether the holder has it: nobody else has one that
// still holds. What cannot be read, or was written by a clock that was far ahead, is nobody's. The text is
// the one that was given if it was renewed just now.
func Take(kept, holder string, now time.Time) (text string, leads bool) {
	var is Lease
	_ = json.Unmarshal([]byte(kept), &is) // what cannot be read is nobody's
	holds := is.Holder != "" && now.Before(is.Until) && !is.Until.After(now.Add(tooFar))
	switch {
	case holds && is.Holder != holder:
		return kept, false
	case holds && is.Until.Sub(now) > renewAt:
		return kept, true
	}
	data, _ := json.Marshal(Lease{holder, now.Add(LeaseFor).UTC()}) // text and a time always fit
	return string(data), true
}

// Give gives the lease back, if the holder has it.
func Give(kept, holder string) string {
	var is Lease
	if json.Unmarshal([]byte(kept), &is) == nil && is.Holder == holder {
		return ""
	}
	return kept
}
