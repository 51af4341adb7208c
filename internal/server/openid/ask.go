package openid

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/kubeproof/kubeproof/internal/server"
)

// largestAnswer bounds what the provider may say at once, in bytes: keys, a token with its groups.
const largestAnswer = 1 << 20

// away is an error of a provider that does not answer, or not as it should.
func away(what string, err error) error {
	return fmt.Errorf("%s: %w: %w", what, server.ErrProviderAway, err)
}

// checkAddress asks for an address with TLS; plain allows one on this machine without.
func checkAddress(text string, plain bool) (*url.URL, error) {
	at, err := url.Parse(text)
	if err != nil || at.Host == "" || at.User != nil || at.Fragment != "" {
		return nil, fmt.Errorf("%q is no address", text)
	}
	ip := net.ParseIP(at.Hostname())
	loopback := at.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if at.Scheme != "https" && !(plain && at.Scheme == "http" && loopback) {
		return nil, fmt.Errorf("%q is no address with https", text)
	}
	return at, nil
}

// clientOf is how the provider is asked: not for long, for not too much, and nobody else in its place.
func clientOf(o Options) *http.Client {
	return &http.Client{Timeout: o.Patience, Transport: bounded{o.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the provider sends us elsewhere: name the issuer as it names itself")
		}}
}

// bounded ends answers that are too long with an error.
type bounded struct{ http.RoundTripper }

// RoundTrip asks.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = &rest{answer.Body, largestAnswer}
	}
	return answer, err
}

type rest struct {
	io.ReadCloser
	left int64
}

var errHuge = fmt.Errorf("it says more than %d bytes", largestAnswer)

// Read reads what is left.
func (r *rest) Read(into []byte) (int, error) {
	n, err := r.ReadCloser.Read(into)
	if r.left -= int64(n); r.left < 0 {
		return 0, errHuge
	}
	return n, err
}
