package main

import (
	"encoding/base64"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// planted are secrets by the words that stand for them in scripts. They are put together here,
// so that no scanner of this repository takes them for real ones.
var planted = map[string]string{
	"PASSWORD": "Tr0ub4dor" + "-9Kq!z",
	"TOKEN":    "ghp_" + "q7Zk2mPx9RtV4bNw8cJd6yLs3fHg5aTe1uXo",
	"KEYBODY":  "MIIEpAIBAAKCAQEAv7Zk2mPx9RtV4bNw8cJd6yLs3fHg5aTe1uXoq7Zk2mPx9RtV",
	"BEGINKEY": "-----BEGIN RSA " + "PRIVATE KEY-----",
	"ENDKEY":   "-----END RSA " + "PRIVATE KEY-----",
}

// plant writes secrets into files for @PASSWORD@, @TOKEN@ and @KEYBODY@, and their base64 form
// for @64PASSWORD@ and so on: plant FILE...
func plant(ts *testscript.TestScript, _ bool, files []string) {
	for _, file := range files {
		text := ts.ReadFile(file)
		for word, secret := range planted {
			text = strings.ReplaceAll(text, "@"+word+"@", secret)
			text = strings.ReplaceAll(text, "@64"+word+"@", base64.StdEncoding.EncodeToString([]byte(secret)))
		}
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o644))
	}
}

// hides checks that files show none of the secrets, not even half of one: hides FILE...
func hides(ts *testscript.TestScript, _ bool, files []string) {
	for _, file := range files {
		text := ts.ReadFile(file)
		for word, secret := range planted {
			if word == "BEGINKEY" || word == "ENDKEY" {
				continue
			}
			encoded := base64.StdEncoding.EncodeToString([]byte(secret))
			for _, part := range []string{secret[:len(secret)/2], secret[len(secret)/2:], encoded[:len(encoded)/2]} {
				if at := strings.Index(text, part); at >= 0 {
					ts.Fatalf("%s shows the %s: %s", file, word, text[max(0, at-300):min(len(text), at+60)])
				}
			}
		}
	}
}
