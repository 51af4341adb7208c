package schedule

import (
	"hash/fnv"
	"time"
)

// slotAfter is the first time after another at which an entry is due. Times follow from the entry alone, so
// that every server, and the same server after a restart, finds the same ones: an entry without an hour has one that
// follows from its name, so that not all are scanned at once.
func (e *Entry) slotAfter(t time.Time) time.Time {
	every := time.Duration(e.Every)
	offset := e.At.Offset % every
	if !e.At.Set {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(e.Source())) // never fails
		offset = time.Duration(sum.Sum64() % uint64(every)).Truncate(time.Second)
	}
	since := t.Sub(epoch) - offset
	slots := since / every
	if since < 0 && since%every != 0 {
		slots--
	}
	return epoch.Add(offset + (slots+1)*every)
}

// epoch is a midnight from which slots are counted.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// The bounds of waiting after an error.
const (
	firstPause   = 2 * time.Minute
	longestPause = time.Hour
)

// retryAfter is when an entry is tried again that failed so many times in a row: later each time, but not
// later than it is due anyway.
func (e *Entry) retryAfter(failed time.Time, times int) time.Time {
	pause := firstPause << min(times-1, 10)
	pause = min(pause, longestPause)
	again, due := failed.Add(pause), e.slotAfter(failed)
	if due.Before(again) {
		return due
	}
	return again
}
