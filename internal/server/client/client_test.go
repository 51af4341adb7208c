package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func target(url string) Target {
	return Target{URL: url, Token: "kpt_x", Review: "main", Environment: "production", Label: "prod", Made: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
}

// quick are calls that do not wait long, and with small parts.
func quick(t *testing.T, url string) *calls {
	t.Helper()
	c, err := newCalls(target(url))
	if err != nil {
		t.Fatal(err)
	}
	c.wait, c.part = time.Millisecond, 1<<20
	return c
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
		"the disk was full":  {[]int{507, 200}, 2, ""},
		"never":              {[]int{500}, tries, "the server answers 500: no reason is given"},
		"refused":            {[]int{403}, 1, "the server answers 403: Forbidden: no right"},
		"sent elsewhere":     {[]int{302}, 1, "the server answers 302"},
	} {
		t.Run(name, func(t *testing.T) {
			sent, keys := 0, map[string]bool{}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("Authorization") != "Bearer kpt_x" || string(body) != "report" || r.URL.String() != "/api/v1/reviews/main/scans?environment=production&label=prod&made=2026-06-01T12%3A00%3A00Z" {
					t.Errorf("sent %s %s %s", r.URL, r.Header.Get("Authorization"), body)
				}
				keys[r.Header.Get("Idempotency-Key")] = true
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
			result, err := quick(t, server.URL).upload(t.Context(), Scan{Report: []byte("report")})
			if sent != test.sent {
				t.Errorf("sent %d times, want %d", sent, test.sent)
			}
			if len(keys) != 1 || keys[""] {
				t.Errorf("keys are %v", keys)
			}
			if test.err == "" && (err != nil || result.Satisfied != 3) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}

func TestUploadRefusesWrongTargets(t *testing.T) {
	for _, url := range []string{"", "ftp://host", "host", "https://user:geheim@host", "://"} {
		if _, err := Upload(t.Context(), target(url), Scan{}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", url, err)
		}
	}
	without := target("https://host")
	without.Token = ""
	if _, err := Upload(t.Context(), without, Scan{}); err == nil || !strings.Contains(err.Error(), "KUBEPROOF_TOKEN") {
		t.Error(err)
	}
}

// taker is a server that takes uploads, and fails as it is told.
type taker struct {
	t        *testing.T
	mutex    sync.Mutex
	uploads  map[string]*taken
	begun    int
	largest  int64                                                         // that is taken
	fault    func(w http.ResponseWriter, r *http.Request, part []byte) int // 0 to go on, 1 to answer nothing of what was done, else a status
	recorded []string                                                      // the queries of scans, and what they name
	scans    map[string][]byte
}

type taken struct {
	size   int64
	sha256 string
	data   []byte
}

func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	silent := false
	if k.fault != nil {
		switch status := k.fault(w, r, body); status {
		case 0:
		case 1:
			silent = true
		default:
			w.WriteHeader(status)
			return
		}
	}
	status, answer := k.answer(r, body)
	if silent {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (k *taker) answer(r *http.Request, body []byte) (int, any) {
	id, isUpload := strings.CutPrefix(r.URL.Path, "/api/v1/uploads/")
	switch {
	case r.URL.Path == "/api/v1/uploads":
		var told struct {
			Size   int64
			SHA256 string
		}
		if err := json.Unmarshal(body, &told); err != nil {
			k.t.Error(err)
		}
		if k.largest > 0 && told.Size > k.largest {
			return 413, map[string]string{"title": "Too large", "detail": "that is too much"}
		}
		k.begun++
		id := fmt.Sprint("u", k.begun)
		k.uploads[id] = &taken{size: told.Size, sha256: told.SHA256}
		return 200, upload{ID: id}
	case isUpload && k.uploads[id] == nil:
		return 404, nil
	case isUpload:
		return k.part(id, r, body)
	}
	text := body
	for _, name := range []string{"upload", "inventory"} {
		if id := r.URL.Query().Get(name); id != "" {
			u := k.uploads[id]
			sum := sha256.Sum256(u.data)
			if hex.EncodeToString(sum[:]) != u.sha256 {
				k.t.Errorf("%s is not what was announced: %d of %d bytes", name, len(u.data), u.size)
			}
			k.scans[name] = u.data
			if name == "upload" {
				text = u.data
			}
		}
	}
	k.scans["report"] = text
	k.recorded = append(k.recorded, r.URL.RawQuery)
	return 200, map[string]any{"sha256": "ab"}
}

func (k *taker) part(id string, r *http.Request, body []byte) (int, any) {
	u := k.uploads[id]
	if r.Method == http.MethodPut {
		var offset int
		_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
		switch {
		case offset == len(u.data):
			u.data = append(u.data, body...)
		case offset+len(body) > len(u.data) || !bytes.Equal(u.data[offset:offset+len(body)], body):
			return 409, nil
		}
	}
	return 200, upload{ID: id, Offset: int64(len(u.data))}
}

func newTaker(t *testing.T) (*taker, string) {
	k := &taker{t: t, uploads: map[string]*taken{}, scans: map[string][]byte{}}
	server := httptest.NewServer(k)
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	return k, server.URL
}

// noise cannot be packed: it stays large.
func noise(n int) []byte {
	data := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(data)
	return data
}

func unpacked(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestLargeReportsGoInParts, middle ones packed, small ones as they are.
func TestLargeReportsGoInParts(t *testing.T) {
	for name, test := range map[string]struct {
		report         []byte
		packed, begins bool
	}{
		"small":  {noise(1000), false, false},
		"middle": {bytes.Repeat([]byte("report "), 1<<20), true, false},
		"large":  {noise(6 << 20), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			k, url := newTaker(t)
			told := 0
			if _, err := quick(t, url).upload(t.Context(), Scan{Report: test.report, Progress: func(done, total int) {
				if done < told || done > total {
					t.Errorf("progress goes from %d to %d of %d", told, done, total)
				}
				told = done
			}}); err != nil {
				t.Fatal(err)
			}
			got := k.scans["report"]
			if test.packed {
				got = unpacked(t, got)
			}
			if !bytes.Equal(got, test.report) || (k.begun > 0) != test.begins || (told > 0) != test.begins || len(k.recorded) != 1 {
				t.Errorf("%d bytes, %d uploads, %d told, %q", len(got), k.begun, told, k.recorded)
			}
		})
	}
}

// TestUploadsGoOn after whatever happens, and hand in what was to be handed in.
func TestUploadsGoOn(t *testing.T) {
	report := noise(8 << 20)
	for name, fault := range map[string]func(k *taker, n int, r *http.Request) int{
		"nothing":                    func(*taker, int, *http.Request) int { return 0 },
		"every second one is lost":   func(_ *taker, n int, _ *http.Request) int { return []int{0, 503}[n%2] },
		"answers are lost":           func(_ *taker, n int, _ *http.Request) int { return []int{0, 1}[n%2] },
		"limits":                     func(_ *taker, n int, _ *http.Request) int { return []int{0, 429, 502}[n%3] },
		"away for a while":           func(_ *taker, n int, _ *http.Request) int { return map[bool]int{true: 503}[n > 3 && n < 9] },
		"the disk is full for a bit": func(_ *taker, n int, _ *http.Request) int { return map[bool]int{true: 507}[n > 3 && n < 6] },
		"forgotten": func(k *taker, n int, r *http.Request) int {
			if n == 9 {
				delete(k.uploads, "u2")
			}
			return 0
		},
		"a part is lost that was told as taken": func(k *taker, n int, r *http.Request) int {
			if n == 9 {
				u := k.uploads["u2"]
				u.data = u.data[:1<<20]
			}
			return 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			k, url := newTaker(t)
			n := 0
			k.fault = func(_ http.ResponseWriter, r *http.Request, _ []byte) int { n++; return fault(k, n, r) }
			if _, err := quick(t, url).upload(t.Context(), Scan{Report: report, Inventory: noise(3 << 20)}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(unpacked(t, k.scans["report"]), report) || !bytes.Equal(k.scans["inventory"], noise(3<<20)) {
				t.Error("something else arrived")
			}
		})
	}
}

// TestUploadsGiveUp in the end, and at once where nothing helps.
func TestUploadsGiveUp(t *testing.T) {
	for name, test := range map[string]struct {
		status func(r *http.Request) int
		most   int // requests
		want   string
	}{
		"no right":       {func(*http.Request) int { return 403 }, 1, "answers 403"},
		"away for ever":  {func(r *http.Request) int { return map[bool]int{true: 503}[r.Method != "POST"] }, 2 * tries, "answers 503"},
		"never the next": {func(r *http.Request) int { return map[bool]int{true: 409}[r.Method == "PUT"] }, 2*tries + 2, "answers 409"},
		"always gone":    {func(r *http.Request) int { return map[bool]int{true: 404}[r.Method == "PUT"] }, 2 * lives, "answers 404"},
	} {
		t.Run(name, func(t *testing.T) {
			k, url := newTaker(t)
			n := 0
			k.fault = func(_ http.ResponseWriter, r *http.Request, _ []byte) int { n++; return test.status(r) }
			_, err := quick(t, url).upload(t.Context(), Scan{Report: noise(8 << 20)})
			if err == nil || !strings.Contains(err.Error(), test.want) || n > test.most || len(k.recorded) > 0 {
				t.Errorf("after %d requests: %v", n, err)
			}
		})
	}
}

// TestInventoriesThatAreTooLarge are left out.
func TestInventoriesThatAreTooLarge(t *testing.T) {
	k, url := newTaker(t)
	k.largest = 1 << 20
	result, err := quick(t, url).upload(t.Context(), Scan{Report: []byte("report"), Inventory: noise(2 << 20)})
	if err != nil || !strings.Contains(result.Refused, "that is too much") || string(k.scans["report"]) != "report" || k.scans["inventory"] != nil {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestLyingServers end an upload instead of keeping it going.
func TestLyingServers(t *testing.T) {
	for _, offset := range []string{"-5", "0", "99999999999"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if r.Method == "POST" {
				_, _ = io.WriteString(w, `{"id":"u"}`)
				return
			}
			_, _ = io.WriteString(w, `{"id":"u","offset":`+offset+`}`)
		}))
		defer server.Close()
		if _, err := quick(t, server.URL).upload(t.Context(), Scan{Report: noise(8 << 20)}); err == nil || !strings.Contains(err.Error(), "the server says") {
			t.Errorf("%s: %v", offset, err)
		}
	}
}

// TestUploadsEndWithTheContext, in the middle of waiting too.
func TestUploadsEndWithTheContext(t *testing.T) {
	k, url := newTaker(t)
	ctx, cancel := context.WithCancel(t.Context())
	k.fault = func(w http.ResponseWriter, _ *http.Request, _ []byte) int {
		time.AfterFunc(10*time.Millisecond, cancel)
		w.Header().Set("Retry-After", "25")
		return 503
	}
	began := time.Now()
	if _, err := quick(t, url).upload(ctx, Scan{Report: []byte("report")}); !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}
