package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// calls makes the requests of one Upload.
type calls struct {
	target      Target
	base        string
	wait        time.Duration // the first
	part        int           // bytes of a part
	progress    func(done, total int)
	done, total int
}

// request is one of them.
type request struct {
	method, path, kind string
	body               []byte
	key                string // by which the server knows it again
}

// call makes a request, again and again where that may help, and reads the answer.
func (c *calls) call(ctx context.Context, r request, into any) error {
	wait := c.wait
	for try := 1; ; try++ {
		pause, err := c.send(ctx, r, into)
		if err == nil || pause == never || try == tries {
			return err
		}
		if err := sleep(ctx, max(wait, pause), err); err != nil {
			return err
		}
		wait = min(2*wait, longestWait)
	}
}

// never is the pause after which another try helps no more than before.
const never = -1 * time.Second

// sleep waits, unless the context ends before; then it says what went wrong too.
func sleep(ctx context.Context, pause time.Duration, after error) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return errors.Join(after, ctx.Err())
	case <-timer.C:
		return nil
	}
}

// send makes a request once. The pause is what the server wants to be waited for, never if another try
// does not help.
func (c *calls) send(ctx context.Context, r request, into any) (pause time.Duration, err error) {
	asked, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return never, fmt.Errorf("upload report: %w", err)
	}
	asked.Header.Set("Authorization", "Bearer "+c.target.Token)
	if r.kind != "" {
		asked.Header.Set("Content-Type", r.kind)
	}
	if r.key != "" {
		asked.Header.Set("Idempotency-Key", r.key)
	}
	answer, err := caller.Do(asked)
	if err != nil {
		return 0, fmt.Errorf("upload report: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	switch {
	case err != nil:
		return 0, fmt.Errorf("upload report: %w", err)
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return pauseOf(answer), &refusal{answer.StatusCode, detail(text)}
	case into == nil:
		return never, nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return never, fmt.Errorf("upload report: read answer: %w", err)
	}
	return never, nil
}

// pauseOf says after how long an answer may be another one.
func pauseOf(answer *http.Response) time.Duration {
	if answer.StatusCode < 500 && answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusRequestTimeout {
		return never
	}
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longestWait)
}

// caller follows no redirection: it would carry the token elsewhere.
var caller = &http.Client{Timeout: 15 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
