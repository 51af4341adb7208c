package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

// asset is a file of our own that pages load. Its name holds its digest, so that it never changes.
type asset struct {
	path, media string
	data        []byte
}

// assetNames are all there are, with their types.
var assetNames = map[string]string{"server.css": "text/css; charset=utf-8", "chart.css": "text/css; charset=utf-8", "server.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}

func loadAssets() (map[string]*asset, error) {
	all := map[string]*asset{}
	for name, media := range assetNames {
		data, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		sum := sha256.Sum256(data)
		end := path.Ext(name)
		all[name] = &asset{"/assets/" + strings.TrimSuffix(name, end) + "." + hex.EncodeToString(sum[:8]) + end, media, data}
	}
	return all, nil
}

func (s *Server) assetPath(name string) (string, error) {
	if one := s.assets[name]; one != nil {
		return one.path, nil
	}
	return "", fmt.Errorf("asset %q is unknown", name)
}

// asset answers with a file of our own, to be kept for a year.
func (v *visit) asset() error {
	for _, one := range v.s.assets {
		if one.path == v.URL.Path {
			v.w.Header().Set("Content-Type", one.media)
			v.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			http.ServeContent(v.w, v.Request, "", time.Time{}, bytes.NewReader(one.data))
			return nil
		}
	}
	return errNotFound
}
