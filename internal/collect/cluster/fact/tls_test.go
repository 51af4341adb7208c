package fact

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"
)

func probeOf(t *testing.T, limits patience, config *rest.Config) (*tlsAnswer, *problem) {
	t.Helper()
	c := &collection{client: &restClient{config: config}, patience: limits}
	return c.probeTLS(t.Context())
}

func TestVersionsAndSuitesOfServers(t *testing.T) {
	tests := []struct {
		name             string
		config           *tls.Config
		versions, suites []string
	}{
		{"old", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, []string{"TLS1.0", "TLS1.1"}, nil},
		{"new", &tls.Config{MinVersion: tls.VersionTLS13}, []string{"TLS1.3"}, nil},
		{"weak", &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},
			[]string{"TLS1.2", "TLS1.3"}, []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.NotFoundHandler())
			s.TLS, s.Config.ErrorLog = test.config, quiet
			s.StartTLS()
			defer s.Close()
			got, p := probeOf(t, usual, &rest.Config{Host: s.URL})
			if p != nil {
				t.Fatal(p.reason)
			}
			if diff := cmp.Diff(test.versions, got.versions); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.suites, got.suites); diff != "" {
				t.Errorf("suites (-want +got):\n%s", diff)
			}
			certificate := certificateFields(got.state.PeerCertificates[0])
			if certificate["key"] != "RSA 2048" || certificate["subject"] != "O=Acme Co" || !strings.HasSuffix(certificate["notAfter"].(string), "Z") {
				t.Errorf("certificate %v", certificate)
			}
		})
	}
}

func TestServersWithoutHandshake(t *testing.T) {
	tests := []struct {
		name   string
		limits patience
		answer func(net.Conn)
		want   string
	}{
		{"silent", short, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "probe TLS of the API server: no answer to a handshake in time"},
		{"closing", usual, func(c net.Conn) { _ = c.Close() }, "probe TLS of the API server: it refuses every version"},
		{"plain", usual, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.0 400 Bad Request\r\n\r\n"); _ = c.Close() }, "probe TLS of the API server: it refuses every version"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				for {
					connection, err := listener.Accept()
					if err != nil {
						return
					}
					go test.answer(connection)
				}
			}()
			if _, p := probeOf(t, test.limits, &rest.Config{Host: "https://" + listener.Addr().String()}); p == nil || p.reason != test.want || !p.lost {
				t.Errorf("got %+v, want %q", p, test.want)
			}
		})
	}
}

func TestProxiesHideTLS(t *testing.T) {
	proxy := func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.example.com:3128") }
	_, p := probeOf(t, usual, &rest.Config{Host: "https://192.0.2.1", Proxy: proxy})
	if p == nil || p.lost || p.reason != "TLS of the API server is not seen through an HTTP proxy: run where no proxy is needed" {
		t.Errorf("got %+v", p)
	}
}

func TestPublicEndpoints(t *testing.T) {
	tests := []struct {
		host      string
		addresses string
		inCluster bool
		want      any
	}{
		{"203.0.113.7", "", false, true},
		{"10.0.0.1", "", false, false},
		{"100.64.3.4", "", false, false},
		{"fd00::1", "", false, false},
		{"127.0.0.1", "", false, nil},
		{"10.96.0.1", "", true, nil},
		{"api.example.com", "10.0.0.1 203.0.113.7", false, true},
		{"api.example.com", "10.0.0.1", false, false},
		{"api.example.com", "", false, nil},
	}
	for _, test := range tests {
		var addresses []netip.Addr
		for _, text := range strings.Fields(test.addresses) {
			addresses = append(addresses, netip.MustParseAddr(text))
		}
		endpoint := map[string]any{}
		(&collection{options: Options{InCluster: test.inCluster}}).locate(test.host, endpoint, addresses)
		if endpoint["public"] != test.want {
			t.Errorf("%s at %q: public is %v, want %v", test.host, test.addresses, endpoint["public"], test.want)
		}
	}
}
