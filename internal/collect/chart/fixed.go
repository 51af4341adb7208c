package chart

import (
	"encoding/base64"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// installed stands for the time of the installation.
var installed = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// generated stands where a chart makes a key or a certificate: it is not in the chart, so it is
// no secret of the chart. Checks for secrets know a placeholder when they see one, and it needs
// no quotes in YAML.
const generated = "<placeholder-generated-at-installation>"

// pair is what sprig's functions for certificates give.
type pair struct{ Cert, Key string }

// fixed are the functions that give something else on every run: chance, time, keys. They give
// the same on every run here, so that two scans of one chart are equal, and words of little
// chance, so that what a chart makes up is not taken for a secret that it holds.
func fixed() template.FuncMap {
	chance := func(letter string) func(int) (string, error) {
		return func(count int) (string, error) {
			if count < 0 || count > mostNumbers {
				return "", tooLarge("a random text")
			}
			return strings.Repeat(letter, count), nil
		}
	}
	certificate := func(...any) pair { return pair{generated, generated} }
	inZone := sprig.TxtFuncMap()["dateInZone"].(func(string, any, string) string)
	return template.FuncMap{
		"now":       func() time.Time { return installed },
		"ago":       func(any) string { return "0s" },
		"date":      func(layout string, date any) string { return inZone(layout, date, "UTC") },
		"htmlDate":  func(date any) string { return inZone("2006-01-02", date, "UTC") },
		"randAlpha": chance("a"), "randAlphaNum": chance("a"), "randAscii": chance("a"), "randNumeric": chance("1"),
		"randBytes": func(count int) (string, error) {
			text, err := chance("a")(count)
			return base64.StdEncoding.EncodeToString([]byte(text)), err
		},
		"randInt":       func(least, _ int) int { return least },
		"shuffle":       func(text string) string { return text },
		"uuidv4":        func() string { return "00000000-0000-4000-8000-000000000000" },
		"bcrypt":        func(string) string { return generated },
		"htpasswd":      func(name, _ string) string { return name + ":" + generated },
		"encryptAES":    func(string, string) string { return base64.StdEncoding.EncodeToString([]byte(generated)) },
		"genPrivateKey": func(string) string { return generated },
		"genCA":         certificate, "genCAWithKey": certificate, "genSelfSignedCert": certificate,
		"genSelfSignedCertWithKey": certificate, "genSignedCert": certificate, "genSignedCertWithKey": certificate,
		"buildCustomCert": func(cert, key string) pair {
			decode := func(text string) string { plain, _ := base64.StdEncoding.DecodeString(text); return string(plain) }
			return pair{decode(cert), decode(key)}
		},
	}
}
