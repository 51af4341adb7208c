package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A registry that refuses, fails or lies costs its own image only: the fault is told with what to do,
// the exit code is 3, and all else is judged.
func TestBrokenRegistries(t *testing.T) {
	h := newHarbour(t)
	image := h.careless()
	config, err := image.ConfigName()
	h.must(err)
	for _, name := range []string{"swapped", "swapped-layer", "cut", "cut-layer", "odd"} {
		h.push("shop/"+name+":1", image)
	}
	pod := h.write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: 'a:1', securityContext: {privileged: true}}]}\n")
	h.before = func(w http.ResponseWriter, request *http.Request) bool { return misbehave(w, request, config.String()) }
	for _, test := range []struct{ image, want string }{
		{"shop/none:1", "the registry has no such image"},
		{"shop/odd:9", "the registry has no such image"},
		{"shop/odd@sha256:" + strings.Repeat("0", 64), "the registry has no such image"},
		{"private/app:1", "no right to read it: log in with docker login " + h.host},
		{"forbidden/app:1", "no right to read it: log in with docker login " + h.host},
		{"busy/app:1", "too many requests: log in with docker login " + h.host},
		{"failing/app:1", "the registry is in trouble: try again later"},
		{"page/app:1", "the manifest is no valid JSON: error at byte 1"},
		{"shop/odd:1", "the manifest is not that of an image"},
		{"shop/swapped:1", "read configuration: error verifying sha256 checksum"},
		{"shop/cut:1", "read configuration: unexpected EOF: pull or save the image again"},
		{"shop/swapped-layer:1", "layer 0: "},
		{"shop/cut-layer:1", "layer 0: "},
		{"Shop/APP:1", "is neither a file that is there nor a valid reference"},
	} {
		t.Run(test.image, func(t *testing.T) {
			h := h.with(t)
			report := h.scan("--control", "container-privileged,image-setuid", "image:"+h.host+"/"+test.image, pod)
			h.lost(report, h.host+"/"+test.image, test.want)
			h.says(report, "container-privileged", `fail container "a" is privileged`)
			if strings.HasSuffix(test.image, "-layer:1") { // its files are unknown, not clean
				h.says(report, "image-setuid", "unknown ")
			}
		})
	}
}

// misbehave answers for repositories by their names. Of those that end with -layer it spares the
// configuration.
func misbehave(w http.ResponseWriter, request *http.Request, config string) bool {
	path := request.URL.Path
	blob := strings.Contains(path, "/blobs/") && request.Method == http.MethodGet && strings.HasSuffix(path, config) != strings.Contains(path, "-layer/")
	switch {
	case strings.HasPrefix(path, "/v2/private/"):
		w.Header().Set("WWW-Authenticate", `Basic realm="shop"`)
		w.WriteHeader(http.StatusUnauthorized)
	case strings.HasPrefix(path, "/v2/forbidden/"):
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":[{"code":"DENIED","message":"denied\u001b[31m"}]}`)
	case strings.HasPrefix(path, "/v2/busy/"):
		w.WriteHeader(http.StatusTooManyRequests)
	case strings.HasPrefix(path, "/v2/failing/"):
		w.WriteHeader(http.StatusNotImplemented) // 501: other 5xx are tried again for seconds
	case strings.HasPrefix(path, "/v2/page/"):
		fmt.Fprint(w, "<html>welcome</html>")
	case strings.HasPrefix(path, "/v2/shop/odd/manifests/1"):
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		fmt.Fprint(w, `{"schemaVersion":2}`)
	case blob && strings.Contains(path, "/swapped"):
		fmt.Fprint(w, strings.Repeat("x", 1024))
	case blob && strings.Contains(path, "/cut"):
		w.Header().Set("Content-Length", "1000000")
		fmt.Fprint(w, strings.Repeat("x", 1024))
	default:
		return false
	}
	return true
}

// failing answers 501 for what ends so.
func failing(ending string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, request *http.Request) bool {
		if !strings.HasSuffix(request.URL.Path, ending) {
			return false
		}
		w.WriteHeader(http.StatusNotImplemented)
		return true
	}
}

// A scan that is stopped while a registry is silent ends, and says that nothing was assessed.
func TestStoppedAtASilentRegistry(t *testing.T) {
	h := newHarbour(t)
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	h.before = func(_ http.ResponseWriter, request *http.Request) bool {
		<-request.Context().Done()
		return true
	}
	code, out, errs := h.runUntil(ctx, "scan", "--insecure-registry", "image:"+h.host+"/shop/app:1")
	if code != 3 || out != "" || !strings.Contains(errs, "interrupted: nothing was assessed") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}
