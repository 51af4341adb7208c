package reach

import (
	"math/rand"
	"testing"
)

// TestMatrixAgrees asks single ports of random worlds and compares them with the cells of the
// matrix, which are made of ranges and shared between endpoints of one class.
func TestMatrixAgrees(t *testing.T) {
	asked, some := 0, 0
	for seed := range int64(150) {
		r := rand.New(rand.NewSource(seed))
		w := newWorld(r)
		switch seed % 4 {
		case 0:
			for i := range 3 {
				w.objects = append(w.objects, randomCalicoPolicy(r, w, i).object())
			}
		case 1:
			for i := range 3 {
				w.objects = append(w.objects, randomCiliumPolicy(r, w, i).object())
			}
		case 2:
			randomAdminPolicies(r, w)
		}
		randomNetworkPolicies(r, w)
		text := w.text(t)
		m := Of(read(t, text))
		x := m.Matrix()
		for _, from := range m.Endpoints {
			for _, to := range m.Endpoints {
				a, b := Place{Endpoint: from}, Place{Endpoint: to}
				cell := x.Cell(a, b)
				if cell.Answer == "" {
					some++
				}
				for _, port := range []uint16{1, 49, 50, 53, 79, 80, 81, 82, 8080, 8081, 9001, 65535} {
					for _, protocol := range protocols {
						asked++
						if got, want := answerIn(cell, port, protocol), m.Ask(a, b, port, protocol); got != want {
							t.Fatalf("seed %d: %s to %s %d/%s: cell %v says %s, want %s\n%s", seed, a, b, port, protocol, cell, got, want, text)
						}
					}
				}
			}
		}
	}
	if some == 0 {
		t.Error("no cell allowed some ports: the test shows nothing")
	}
	t.Logf("%d answers compared, %d cells with some ports", asked, some)
}

func answerIn(c *Cell, port uint16, protocol string) Answer {
	for _, s := range c.Spans {
		if s.Protocol == protocol && s.First <= port && port <= s.Last {
			return s.Answer
		}
	}
	return ""
}
