package fact

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
)

// tlsAnswer is what handshakes with the server showed.
type tlsAnswer struct {
	versions, suites []string
	state            *tls.ConnectionState // of a handshake that succeeded
}

// tlsVersions are those that are tried, by the names that --tls-min-version and reports use.
var tlsVersions = []struct {
	number uint16
	name   string
}{
	{tls.VersionTLS10, "TLS1.0"}, {tls.VersionTLS11, "TLS1.1"}, {tls.VersionTLS12, "TLS1.2"}, {tls.VersionTLS13, "TLS1.3"},
}

// probeTLS finds the versions of TLS that the server speaks, and the cipher suites that it takes
// in TLS 1.2: it offers all that Go knows, then all but the one chosen, until none is left. A
// suite that Go does not know (DHE, CAMELLIA) is not found; the API server, being Go, has none.
func (c *collection) probeTLS(ctx context.Context) (*tlsAnswer, *problem) {
	if throughProxy(c.client.Config()) {
		return nil, &problem{"TLS of the API server is not seen through an HTTP proxy: run where no proxy is needed", false}
	}
	h := newHandshaker(c.client.Config(), c.patience.probe)
	found := &tlsAnswer{}
	for _, version := range tlsVersions {
		state, refused, err := h.shake(ctx, version.number, nil)
		switch {
		case err != nil:
			return nil, &problem{fmt.Sprintf("probe TLS of the API server: %v", err), true}
		case !refused:
			found.versions, found.state = append(found.versions, version.name), state
		}
	}
	if found.versions == nil {
		return nil, &problem{"probe TLS of the API server: it refuses every version", true}
	}
	if !slices.Contains(found.versions, "TLS1.2") {
		return found, nil
	}
	var err error
	found.suites, err = h.suites(ctx)
	if err != nil {
		return nil, &problem{fmt.Sprintf("probe the cipher suites of the API server: %v", err), true}
	}
	return found, nil
}

// suites lists the cipher suites that the server takes in TLS 1.2, sorted.
func (h *handshaker) suites(ctx context.Context) ([]string, error) {
	var offer []uint16
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			offer = append(offer, suite.ID)
		}
	}
	var accepted []string
	for len(offer) > 0 {
		state, refused, err := h.shake(ctx, tls.VersionTLS12, offer)
		if err != nil {
			return nil, err
		}
		at := -1
		if !refused {
			at = slices.Index(offer, state.CipherSuite)
		}
		if at < 0 {
			break
		}
		accepted = append(accepted, tls.CipherSuiteName(offer[at]))
		offer = slices.Delete(offer, at, at+1)
	}
	slices.Sort(accepted)
	return accepted, nil
}

// handshaker connects to one server again and again.
type handshaker struct {
	address  string
	name     string // for SNI
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	patience time.Duration // with one handshake
}

func newHandshaker(config *rest.Config, patience time.Duration) *handshaker {
	host, port := address(config)
	h := &handshaker{address: net.JoinHostPort(host, port), name: host, dial: config.Dial, patience: patience}
	if config.ServerName != "" {
		h.name = config.ServerName
	}
	if h.dial == nil {
		h.dial = (&net.Dialer{}).DialContext
	}
	return h
}

// shake makes one handshake in a version, with Go's suites if none are given, and closes the
// connection. refused is true if the server was there and did not want it. Nothing is sent but
// the handshake, so the certificate is not verified: it is only looked at.
func (h *handshaker) shake(ctx context.Context, version uint16, suites []uint16) (state *tls.ConnectionState, refused bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	plain, err := h.dial(ctx, "tcp", h.address)
	if err != nil {
		return nil, false, err
	}
	defer plain.Close()
	connection := tls.Client(plain, &tls.Config{ServerName: h.name, InsecureSkipVerify: true, //nolint:gosec // see above
		MinVersion: version, MaxVersion: version, CipherSuites: suites})
	if err := connection.HandshakeContext(ctx); err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() || ctx.Err() != nil {
			return nil, false, errors.New("no answer to a handshake in time")
		}
		return nil, true, nil
	}
	found := connection.ConnectionState()
	return &found, false, nil
}

// fields gives the answer as part of a fact.
func (t *tlsAnswer) fields() map[string]any {
	return map[string]any{"versions": list(t.versions), "suites": list(t.suites)}
}

func list(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// certificateFields describes a serving certificate.
func certificateFields(cert *x509.Certificate) map[string]any {
	fingerprint := sha256.Sum256(cert.Raw)
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return map[string]any{
		"subject": nameOf(cert.Subject.CommonName, cert.Subject.String()), "issuer": nameOf(cert.Issuer.CommonName, cert.Issuer.String()),
		"notBefore": cert.NotBefore.UTC().Format(time.RFC3339), "notAfter": cert.NotAfter.UTC().Format(time.RFC3339),
		"names": list(names), "key": keyOf(cert), "signature": cert.SignatureAlgorithm.String(), "sha256": hex.EncodeToString(fingerprint[:]),
	}
}

func nameOf(common, whole string) string {
	if common != "" {
		return common
	}
	return whole
}

// keyOf names the kind and size of a certificate's key, as in "RSA 2048".
func keyOf(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return strings.TrimSpace(cert.PublicKeyAlgorithm.String() + " key")
}
