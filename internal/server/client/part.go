package client

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// partSize is how much goes in one request, in bytes; the server takes 8 MiB.
const partSize = 4 << 20

// upload is how far the server is with an upload.
type upload struct {
	ID     string `json:"id"`
	Offset int64  `json:"offset"`
}

// lives is how often an upload is begun anew, where the server no longer knows it.
const lives = 3

// hand hands something in, in parts, and gives its id.
func (c *calls) hand(ctx context.Context, data []byte) (id string, err error) {
	sum := sha256.Sum256(data)
	announced, err := json.Marshal(map[string]any{"size": len(data), "sha256": hex.EncodeToString(sum[:])})
	if err != nil {
		return "", err
	}
	before := c.done
	for range lives {
		c.done = before
		var u upload
		if err := c.call(ctx, request{http.MethodPost, "/uploads", "application/json", announced, rand.Text()}, &u); err != nil {
			return "", err
		}
		err = c.parts(ctx, &u, data)
		var no *refusal
		if err == nil || !errors.As(err, &no) || no.status != http.StatusNotFound {
			return u.ID, err
		}
	}
	return "", err
}

// parts hands the parts in that are still to come. A part that arrived without an answer may be sent
// again. Where the server is further or less far than was thought it is asked how far it is.
func (c *calls) parts(ctx context.Context, u *upload, data []byte) error {
	begun, path := c.done, "/uploads/"+url.PathEscape(u.ID)
	for misplaced := 0; u.Offset < int64(len(data)); {
		at := u.Offset
		end := min(at+int64(c.part), int64(len(data)))
		err := c.call(ctx, request{method: http.MethodPut, path: fmt.Sprintf("%s?offset=%d", path, at), kind: "application/octet-stream", body: data[at:end]}, u)
		var no *refusal
		if errors.As(err, &no) && no.status == http.StatusConflict && misplaced < tries {
			misplaced++
			if err = c.call(ctx, request{method: http.MethodGet, path: path}, u); err == nil {
				at = -1
			}
		}
		switch {
		case err != nil:
			return err
		case u.Offset <= at || u.Offset > int64(len(data)):
			return fmt.Errorf("upload report: the server says that it has %d bytes of %d, after a part that ends at %d", u.Offset, len(data), end)
		}
		c.tell(begun + int(u.Offset))
	}
	c.tell(begun + len(data))
	return nil
}

// tell tells how much has arrived.
func (c *calls) tell(done int) {
	c.done = done
	if c.progress != nil {
		c.progress(c.done, c.total)
	}
}
