package secret

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMask(t *testing.T) {
	for line, want := range map[string]string{
		"":                                   "",
		"image: nginx:1.29":                  "image: nginx:1.29",
		"  password: Winter2031":             "  password: ***",
		"  password: two words # note":       "  password: ***",
		`  "password": "Winter2031",`:        `  "password": "***",`,
		`{"user":"a","password":"W1","b":1}`: `{"user":"a","password":"***","b":1}`,
		"DB_PASSWORD=Winter2031":             "DB_PASSWORD=***",
		"- DB_PASSWORD=Winter2031":           "- DB_PASSWORD=***",
		"password: ${DB_PASSWORD}":           "password: ${DB_PASSWORD}",
		"password: /run/secrets/db":          "password: /run/secrets/db",
		"password:":                          "password:",
		"password: |":                        "password: |",
		"secretName: shop":                   "secretName: shop",
		"    token: ghp_" + letters36:        "    token: ***",
		"# see ghp_" + letters36 + " here":   "# see *** here",
		"value: postgres://shop:W1nter@db/x": "value: postgres://shop:***@db/x",
		`args: ["--db-password", "Winter2031", "--port", "80"]`:                       `args: ["--db-password", "***", "--port", "80"]`,
		"- --db-password=Winter2031":                                                  "- --db-password=***",
		"command: mysql -uroot -pWinter2031 shop":                                     "command: mysql -uroot -p*** shop",
		"  value: k3Jx8Qz1Lw5Rn7Tb":                                                   "  value: ***",
		"  value: production":                                                         "  value: production",
		"    " + pemBody:                                                              "    ***",
		"requirepass Winter2031":                                                      "requirepass ***",
		"- {name: DB_PASSWORD, value: Winter2031}":                                    "- {name: DB_PASSWORD, value: ***}",
		`env: [{name: A, value: "b"}, {name: DB_PASSWORD, value: "Winter 2031"}]`:     `env: [{name: A, value: "***"}, {name: DB_PASSWORD, value: "***"}]`,
		`{"value":"Winter2031","name":"DB_PASSWORD"}`:                                 `{"value":"***","name":"DB_PASSWORD"}`,
		`note: '{\"name\":\"DB_PASSWORD\",\"value\":\"Winter2031\"}'`:                 `note: '{\"name\":\"DB_PASSWORD\",\"value\":\"***\"}'`,
		"- {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}": "- {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}",
		"- {name: DB_HOST, value: db.shop.svc}":                                       "- {name: DB_HOST, value: db.shop.svc}",
		"- {name: DB_PASSWORD, value: ''}":                                            "- {name: DB_PASSWORD, value: ''}",
		"<password>Winter2031</password>":                                             "<password>***</password>",
		"Server=db;Password=Winter2031;Encrypt=true":                                  "Server=db;Password=***;Encrypt=true",
	} {
		if diff := cmp.Diff(want, Mask(line)); diff != "" {
			t.Errorf("Mask(%q) (-want +got):\n%s", line, diff)
		}
		if again := Mask(Mask(line)); again != Mask(line) {
			t.Errorf("Mask(Mask(%q)) = %q", line, again)
		}
	}
}

// TestMaskHidesWhatDetectFinds: no line that is shown may still hold what was found in it.
func TestMaskHidesWhatDetectFinds(t *testing.T) {
	for _, row := range positives {
		if strings.Contains(row[1], "\n") || row[0] == "args" || row[0] == "" {
			continue
		}
		line := "  " + row[0] + ": " + row[1]
		if masked := Mask(line); masked == line {
			t.Errorf("Mask(%q) masks nothing", line)
		}
	}
}

func TestScan(t *testing.T) {
	text := "user=shop\n# password=old\npassword=Winter2031\n\napi:\n  token: |\n    k3Jx8Qz1Lw5Rn7Tb\nenv:\n- name: DB_PASSWORD\n  value: Winter2031\n" + pemKey
	want := []Hit{
		{Line: 3, Key: "password", Finding: Finding{What: "a password"}},
		{Line: 7, Key: "token", Finding: Finding{What: "a token"}},
		{Line: 10, Key: "DB_PASSWORD", Finding: Finding{What: "a password"}},
		{Line: 11, Finding: Finding{What: "a private key"}},
	}
	if diff := cmp.Diff(want, Scan("app.conf", text)); diff != "" {
		t.Errorf("Scan (-want +got):\n%s", diff)
	}
}

func TestScanIsBounded(t *testing.T) {
	if hits := Scan("a.env", strings.Repeat("password=Winter2031\n", 1000)); len(hits) != MostHits {
		t.Errorf("Scan gives %d hits, want %d", len(hits), MostHits)
	}
}
