package server

import (
	"net/http/httptest"
	"testing"

	"github.com/kubeproof/kubeproof/internal/review"
)

// BenchmarkPages measures pages that everybody opens often, from the request to the last byte.
func BenchmarkPages(b *testing.B) {
	h := newHouse(b)
	session := Session{ID: digest("bench"), Person: "carl", Made: h.now(), Seen: h.now()}
	_ = h.kept.PutSession(b.Context(), session)
	for _, path := range []string{"/", "/mywork", "/checklists/information-security-review", "/items/S4.039", "/frameworks/iso-27001", "/ledger"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				request := httptest.NewRequest("GET", path, nil)
				request.Header.Set("Cookie", "kubeproof=bench")
				w := httptest.NewRecorder()
				h.s.ServeHTTP(w, request)
				if w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
	b.Run("after a change", func(b *testing.B) { // the review is worked out anew
		for b.Loop() {
			h.s.views = newViews()
			request := httptest.NewRequest("GET", "/", nil)
			request.Header.Set("Cookie", "kubeproof=bench")
			h.s.ServeHTTP(httptest.NewRecorder(), request)
		}
	})
	b.Run("after a sign-in", func(b *testing.B) { // nothing is worked out anew; the sign-in itself is in it, but for the password
		for b.Loop() {
			h.do("vera", &review.SignIn{How: review.ByPassword})
			request := httptest.NewRequest("GET", "/", nil)
			request.Header.Set("Cookie", "kubeproof=bench")
			h.s.ServeHTTP(httptest.NewRecorder(), request)
		}
	})
	b.Run("password", func(b *testing.B) {
		p := newPasswords(argonCost)
		hash := p.hash(password)
		for b.Loop() {
			p.fits(hash, password)
		}
	})
}
