package fact

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/client-go/rest"
)

// serverOf is the URL of the API server; a path in it belongs to a proxy that serves several.
func serverOf(config *rest.Config) *url.URL {
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return &url.URL{Scheme: "https", Host: config.Host}
	}
	return server
}

// serverURL is the URL of a path of the API server.
func serverURL(config *rest.Config, path string) string {
	server := serverOf(config)
	return server.Scheme + "://" + server.Host + strings.TrimSuffix(server.Path, "/") + path
}

// address is the host and port of the API server.
func address(config *rest.Config) (host, port string) {
	server := serverOf(config)
	port = server.Port()
	if port == "" {
		port = map[bool]string{true: "80", false: "443"}[server.Scheme == "http"]
	}
	return server.Hostname(), port
}

// throughProxy reports whether requests to the server go through an HTTP proxy.
func throughProxy(config *rest.Config) bool {
	proxy := config.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	found, err := proxy(&http.Request{URL: serverOf(config)})
	return err == nil && found != nil
}

// connectWith gives a client that stays where it is sent: credentials go out with every request,
// so they must not follow a redirection elsewhere. It is a copy, because client-go gives Go's
// default client, which everybody shares, where a configuration asks for nothing special.
func connectWith(config *rest.Config) (*http.Client, error) {
	found, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	own := *found
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own, nil
}

// withoutURL takes the method and URL off an error of net/http, since messages name the path.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
