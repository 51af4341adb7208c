// Package client hands the reports of scans in to a server. Begin with Upload.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
}

// Result is what the server made of the report.
type Result struct {
	SHA256       string `json:"sha256"`
	Known        bool   `json:"known"` // the same report was there already
	Satisfied    int    `json:"satisfied"`
	Applicable   int    `json:"applicable"`
	Contradicted int    `json:"contradicted"`
}

// tries is how often a report is sent before it is given up; the first wait doubles each time. The
// same report counts once, however often it arrives.
const (
	tries     = 5
	firstWait = time.Second
)

// Upload hands a report in. It tries again where the server did not answer or was not able to; what
// the server refuses is an error at once, with its words.
func Upload(ctx context.Context, t Target, report []byte) (*Result, error) {
	return upload(ctx, t, report, firstWait)
}

func upload(ctx context.Context, t Target, report []byte, wait time.Duration) (*Result, error) {
	address, err := t.address()
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		result, again, err := send(ctx, address, t.Token, report)
		if err == nil || !again || try == tries {
			return result, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(wait):
			wait *= 2
		}
	}
}

func (t Target) address() (string, error) {
	base, err := url.Parse(t.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil {
		return "", errors.New("upload report: the address of the server is none: write https://HOST without user and password")
	}
	if t.Token == "" {
		return "", errors.New("upload report: there is no token: set KUBEPROOF_TOKEN")
	}
	query := url.Values{"environment": {t.Environment}, "label": {t.Label}, "made": {t.Made.UTC().Format(time.RFC3339)}}
	return strings.TrimSuffix(base.String(), "/") + "/api/v1/reviews/" + url.PathEscape(t.Review) + "/scans?" + query.Encode(), nil
}

// send tries once; again says whether another try may help.
func send(ctx context.Context, address, token string, report []byte) (result *Result, again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(report))
	if err != nil {
		return nil, false, fmt.Errorf("upload report: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := caller.Do(request)
	if err != nil {
		return nil, true, fmt.Errorf("upload report: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, true, fmt.Errorf("upload report: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		again = answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests
		return nil, again, fmt.Errorf("upload report: the server answers %d: %s", answer.StatusCode, detail(text))
	}
	result = &Result{}
	if err := json.Unmarshal(text, result); err != nil {
		return nil, false, fmt.Errorf("upload report: read answer: %w", err)
	}
	return result, false, nil
}

// caller follows no redirection: it would carry the token elsewhere.
var caller = &http.Client{Timeout: 15 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// detail takes the words out of a problem (RFC 9457).
func detail(text []byte) string {
	problem := struct{ Title, Detail string }{}
	if json.Unmarshal(text, &problem) != nil || problem.Title == "" {
		return "no reason is given"
	}
	return strings.TrimSuffix(problem.Title+": "+problem.Detail, ": ")
}
