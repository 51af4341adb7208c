package document

import (
	"math/rand/v2"
	"testing"
)

func TestShortcutsOfNumbersChangeNothing(t *testing.T) {
	texts := []string{"0", "00", "-0", "9", "08", "017", "100m", "64Mi", "1e3", "1E3", "0x1F", "0b1", "0o7", "1_000", "+1", "-1", ".5", "5.",
		".inf", "-.INF", "+.Inf", ".nan", ".NaN", "999999999999999999", "9999999999999999999", "9223372036854775808",
		"18446744073709551615", "18446744073709551616", "1.2.3", "1.2", "2001-01-01", "12:30", "1i", "1n", "0x1p-2", "1 2", "é1", "1é"}
	r := rand.New(rand.NewPCG(1, 1))
	const alphabet = "0123456789019eExXbBoO_+-.. aAfFinmMKk:é"
	for range 20000 {
		text := []byte{"0123456789+-."[r.IntN(13)]}
		for range r.IntN(8) {
			text = append(text, alphabet[r.IntN(len(alphabet))])
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		got, want := &Node{}, &Node{}
		got.setNumber(text)
		want.setAnyNumber(text)
		if diff := nodeDifference(want, got); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	}
}
