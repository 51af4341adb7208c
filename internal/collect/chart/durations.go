package chart

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// durations are Helm's functions for lengths of time. A number is in seconds; what cannot be
// read counts as 0.
func durations() template.FuncMap {
	in := func(count func(time.Duration) float64) func(any) float64 {
		return func(value any) float64 {
			length, _ := readDuration(value)
			return count(length)
		}
	}
	whole := func(unit time.Duration) func(any) int64 {
		return func(value any) int64 {
			length, _ := readDuration(value)
			return int64(length / unit)
		}
	}
	rounded := func(round func(time.Duration, time.Duration) time.Duration) func(any, any) time.Duration {
		return func(value, multiple any) time.Duration {
			length, err := readDuration(value)
			step, stepErr := readDuration(multiple)
			if err != nil || stepErr != nil {
				return length
			}
			return round(length, step)
		}
	}
	return template.FuncMap{
		"mustToDuration":  readDuration,
		"durationSeconds": in(time.Duration.Seconds), "durationMinutes": in(time.Duration.Minutes),
		"durationHours":        in(time.Duration.Hours),
		"durationDays":         in(func(length time.Duration) float64 { return length.Hours() / 24 }),
		"durationWeeks":        in(func(length time.Duration) float64 { return length.Hours() / 24 / 7 }),
		"durationMilliseconds": whole(time.Millisecond), "durationMicroseconds": whole(time.Microsecond),
		"durationNanoseconds": whole(time.Nanosecond),
		"durationRoundTo":     rounded(time.Duration.Round), "durationTruncateTo": rounded(time.Duration.Truncate),
	}
}

// readDuration reads "1h30m", and numbers and texts of numbers as seconds.
func readDuration(value any) (time.Duration, error) {
	switch v := value.(type) {
	case time.Duration:
		return v, nil
	case string:
		text := strings.TrimSpace(v)
		if length, err := time.ParseDuration(text); err == nil {
			return length, nil
		}
		if seconds, err := strconv.ParseFloat(text, 64); err == nil {
			return fromSeconds(seconds)
		}
		return 0, fmt.Errorf("read duration %q: write it as 1h30m", v)
	case nil:
		return 0, errors.New("read duration: there is no value")
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return fromSeconds(float64(v.Int()))
	case v.CanUint():
		return fromSeconds(float64(v.Uint()))
	case v.CanFloat():
		return fromSeconds(v.Float())
	}
	return 0, fmt.Errorf("read duration: %T is none", value)
}

func fromSeconds(seconds float64) (time.Duration, error) {
	nanoseconds := seconds * float64(time.Second)
	if math.IsNaN(nanoseconds) || nanoseconds >= math.MaxInt64 || nanoseconds <= math.MinInt64 {
		return 0, fmt.Errorf("read duration: %v seconds are too many", seconds)
	}
	return time.Duration(nanoseconds), nil
}
