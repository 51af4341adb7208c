package cluster

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// Create gives the answer to one POST of an object, whatever its status. Only package proof asks
// so, and only for dry runs.
func (c *client) Create(ctx context.Context, path string, object []byte) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url(path), bytes.NewReader(object))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, cause(ctx, err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	if err == nil && len(body) > mostAnswer {
		err = errTooLarge
	}
	return response.StatusCode, body, err
}
