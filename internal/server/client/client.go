// Package client hands the reports of scans in to a server: small ones in one request, large ones in
// parts, going on where it stopped after a lost connection or a restart of the server. Begin with Upload.
package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Target is where a report goes.
type Target struct {
	// URL is that of the server, as https://kubeproof.example.com.
	URL   string
	Token string
	// Review, Environment and Label say what was scanned.
	Review, Environment, Label string
	Made                       time.Time
	// Version is that of the program that scanned.
	Version string
}

// Scan is what is handed in.
type Scan struct {
	// Report is the JSON report.
	Report []byte
	// Inventory is what was seen, packed with gzip as --save-inventory does; nil hands the report in alone.
	Inventory []byte
	// Progress is told how many bytes have arrived; nil if nobody looks.
	Progress func(done, total int)
}

// Result is what the server made of the report.
type Result struct {
	SHA256       string `json:"sha256"`
	Known        bool   `json:"known"` // the same report was there already
	Satisfied    int    `json:"satisfied"`
	Applicable   int    `json:"applicable"`
	Contradicted int    `json:"contradicted"`
	// Refused says why the inventory is not kept; "" if it is, or if there was none.
	Refused string `json:"inventoryRefused"`
}

// What goes in one request, in bytes: as it is, and packed.
const (
	smallReport  = 256 << 10
	smallRequest = 4 << 20
)

// tries is how often one request is made before it is given up; the first wait doubles each time, up to the
// longest. Every request may be made again: it counts once, however often it arrives.
const (
	tries       = 9
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

// Upload hands a scan in. It tries again where the server did not answer or was not able to; what the
// server refuses is an error at once, with its words.
func Upload(ctx context.Context, t Target, s Scan) (*Result, error) {
	c, err := newCalls(t)
	if err != nil {
		return nil, err
	}
	return c.upload(ctx, s)
}

func newCalls(t Target) (*calls, error) {
	base, err := url.Parse(t.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil {
		return nil, errors.New("upload report: the address of the server is none: write https://HOST without user and password")
	}
	if t.Token == "" {
		return nil, errors.New("upload report: there is no token: set KUBEPROOF_TOKEN")
	}
	return &calls{target: t, base: strings.TrimSuffix(base.String(), "/") + "/api/v1", wait: firstWait, part: partSize}, nil
}

func (c *calls) upload(ctx context.Context, s Scan) (*Result, error) {
	body, kind, err := pack(s.Report)
	if err != nil {
		return nil, err
	}
	t := c.target
	query := url.Values{"environment": {t.Environment}, "label": {t.Label}, "made": {t.Made.UTC().Format(time.RFC3339)}}
	if t.Version != "" {
		query.Set("version", t.Version)
	}
	c.progress, c.total = s.Progress, len(s.Inventory)
	if len(body) > smallRequest {
		c.total += len(body)
	}
	refused := ""
	if s.Inventory != nil {
		id, err := c.hand(ctx, s.Inventory)
		var no *refusal
		switch {
		case errors.As(err, &no) && no.status == http.StatusRequestEntityTooLarge:
			refused = no.detail // the report counts without it
		case err != nil:
			return nil, err
		default:
			query.Set("inventory", id)
		}
	}
	if len(body) > smallRequest {
		id, err := c.hand(ctx, body)
		if err != nil {
			return nil, err
		}
		query.Set("upload", id)
		body, kind = nil, ""
	}
	result := &Result{Refused: refused}
	return result, c.call(ctx, request{method: http.MethodPost, path: "/reviews/" + url.PathEscape(t.Review) + "/scans?" + query.Encode(), kind: kind, body: body, key: rand.Text()}, result)
}

// pack makes a report small, if it is large.
func pack(report []byte) (body []byte, kind string, err error) {
	if len(report) <= smallReport {
		return report, "application/json", nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err = w.Write(report); err == nil {
		err = w.Close()
	}
	return b.Bytes(), "application/gzip", err
}

// detail takes the words out of a problem (RFC 9457).
func detail(text []byte) string {
	problem := struct{ Title, Detail string }{}
	if json.Unmarshal(text, &problem) != nil || problem.Title == "" {
		return "no reason is given"
	}
	return strings.TrimSuffix(problem.Title+": "+problem.Detail, ": ")
}

// refusal is what the server said instead of doing what was asked for.
type refusal struct {
	status int
	detail string
}

// Error is for people.
func (r *refusal) Error() string {
	return fmt.Sprintf("upload report: the server answers %d: %s", r.status, r.detail)
}
