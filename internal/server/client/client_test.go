package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func target(url string) Target {
	return Target{URL: url, Token: "kpt_x", Review: "main", Environment: "production", Label: "prod", Made: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
}

// TestUploadTriesAgain where it may help, and only there.
func TestUploadTriesAgain(t *testing.T) {
	for name, test := range map[string]struct {
		answers []int // one after the other; the last for ever
		sent    int
		err     string
	}{
		"at once":            {[]int{200}, 1, ""},
		"after two failures": {[]int{503, 429, 200}, 3, ""},
		"never":              {[]int{500}, 5, "the server answers 500: no reason is given"},
		"refused":            {[]int{403}, 1, "the server answers 403: Forbidden: no right"},
		"sent elsewhere":     {[]int{302}, 1, "the server answers 302"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("Authorization") != "Bearer kpt_x" || string(body) != "report" || r.URL.String() != "/api/v1/reviews/main/scans?environment=production&label=prod&made=2026-06-01T12%3A00%3A00Z" {
					t.Errorf("sent %s %s %s", r.URL, r.Header.Get("Authorization"), body)
				}
				status := test.answers[min(sent, len(test.answers)-1)]
				sent++
				switch status {
				case 403:
					w.WriteHeader(status)
					_, _ = io.WriteString(w, `{"title":"Forbidden","detail":"no right"}`)
				case 302:
					http.Redirect(w, r, "http://elsewhere.invalid/", status)
				case 200:
					_, _ = io.WriteString(w, `{"sha256":"ab","satisfied":3,"applicable":9}`)
				default:
					w.WriteHeader(status)
				}
			}))
			defer server.Close()
			result, err := upload(t.Context(), target(server.URL), []byte("report"), time.Millisecond)
			if sent != test.sent {
				t.Errorf("sent %d times, want %d", sent, test.sent)
			}
			if test.err == "" && (err != nil || result.Satisfied != 3) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}

func TestUploadRefusesWrongTargets(t *testing.T) {
	for _, url := range []string{"", "ftp://host", "host", "https://user:geheim@host", "://"} {
		if _, err := Upload(t.Context(), target(url), nil); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", url, err)
		}
	}
	without := target("https://host")
	without.Token = ""
	if _, err := Upload(t.Context(), without, nil); err == nil || !strings.Contains(err.Error(), "KUBEPROOF_TOKEN") {
		t.Error(err)
	}
}
