package server

import (
	"net/http/httptest"
	"testing"
)

func TestForwarded(t *testing.T) {
	for name, test := range map[string]struct {
		headers []string
		want    string
	}{
		"none":                {nil, "192.0.2.1"},
		"one":                 {[]string{"203.0.113.7"}, "203.0.113.7"},
		"one that was forged": {[]string{"1.1.1.1, 203.0.113.7"}, "203.0.113.7"},
		"two headers":         {[]string{"1.1.1.1", "203.0.113.7"}, "203.0.113.7"},
		"IPv6":                {[]string{"2001:DB8::7"}, "2001:db8::7"},
		"nonsense":            {[]string{"x\" forged"}, "192.0.2.1"},
	} {
		request := httptest.NewRequest("GET", "/", nil) // from 192.0.2.1:1234
		for _, header := range test.headers {
			request.Header.Add("X-Forwarded-For", header)
		}
		if got := Forwarded(request); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
