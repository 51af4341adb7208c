package secret

import (
	"strings"
	"testing"
)

func TestDeclared(t *testing.T) {
	for _, row := range [][3]string{
		{"password", "Winter2031!", "a password"}, {"licence", "shop-unlimited", "a value"}, {"tls.key", pemKey, "a private key"},
		{"config", "a: b\nc: d\n", "a value"}, {"users", "robot:$2y$10$k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0Sap", ""},
		{"username", "shop", ""}, {"auth.username_in", "muser", ""}, {"azurestorageaccountname", "shop", ""}, {"db-host", "db.shop", ""},
		{"app.yaml", "a: b\nc: d\n", ""}, {"app.yaml", "a: b\npassword: Winter2031!\n", "a password"}, {"app.yaml", "shop-unlimited", "a value"},
		{"admin.passwordMtime", "2031-01-05T10:00:00Z", ""}, {"CRYPTO_KEY_CIPHER", "aes-xts-plain64", ""},
		{"secretkey", strings.Repeat("a", 256), ""}, {"password", "1f2d1e2e67df", "a password"}, {"password", "1h30m", ""},
		{"port", "5432", ""}, {"url", "https://shop.io", ""}, {"anything", "https://shop.io", ""}, {"anything", "https://a:Winter2031@shop.io", "an address with a password"},
		{"enabled", "true", ""}, {"password", "{{ .Values.password }}", ""}, {"password", "<password>", ""}, {"password", "", ""},
		{"ca.crt", "-----BEGIN CERTIFICATE-----\n" + pemBody, ""}, {"chain", "# root\n-----BEGIN CERTIFICATE-----\n" + pemBody, ""},
	} {
		if got := Declared(row[0], row[1]); got != row[2] {
			t.Errorf("Declared(%q, %q) = %q, want %q", row[0], row[1], got, row[2])
		}
	}
}
