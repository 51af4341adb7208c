package browser

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var out = flag.String("out", "", "folder for pictures of all pages, for people to look at")

// tallest is where pictures end, in pixels: what follows is more of the same.
const tallest = 2400

var plain = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// TestScreenshots makes pictures of every page, light and dark, and as a telephone shows it. It is for people.
func TestScreenshots(t *testing.T) {
	if *out == "" {
		t.Skip("-out names no folder")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		t.Fatal(err)
	}
	v := filled(t, administrator)
	for _, path := range append(v.crawl(2), "/nothing/here") {
		v.open(path)
		name := cmp.Or(strings.Trim(plain.ReplaceAllString(path, "-"), "-"), "overview")
		v.pictures(filepath.Join(*out, name[:min(len(name), 60)]))
	}
	v.open("/")
	v.follow("header", "Sign out")
	v.pictures(filepath.Join(*out, "login"))
}

func (v *visitor) pictures(name string) {
	v.t.Helper()
	for _, look := range []struct {
		theme string
		width int64
	}{{"light", 1280}, {"dark", 1280}, {"light", 360}, {"dark", 360}} {
		v.theme(look.theme)
		v.size(look.width, 900)
		v.size(look.width, min(tallest, ask[int64](v, "document.documentElement.scrollHeight")))
		shot, err := v.picture()
		if err != nil {
			v.fail("make a picture: %v", err)
		}
		if err := os.WriteFile(fmt.Sprintf("%s-%s-%d.png", name, look.theme, look.width), shot, 0o644); err != nil {
			v.t.Fatal(err)
		}
	}
}
