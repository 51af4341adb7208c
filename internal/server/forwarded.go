package server

import (
	"net"
	"net/http"
	"strings"
)

// Forwarded tells where a request comes from that one proxy has passed on: the last address in
// X-Forwarded-For, which the proxy itself wrote; what stands before it anybody can write. Without
// the header, or with something else in it, it is the proxy's own address.
func Forwarded(r *http.Request) string {
	all := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	last := strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
	if address := net.ParseIP(last); address != nil {
		return address.String()
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
