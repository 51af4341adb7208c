package secret

import (
	"encoding/base64"
	"strings"
	"testing"
)

// Tokens are put together here, so that no scanner of this repository takes them for real ones.
var (
	letters36 = "q7Zk2mPx9RtV4bNw8cJd6yLs3fHg5aTe1uXo"
	hex32     = "9f3a7c1e5b8d2460" + "a1c3e5f7b9d8e6c4"
	base64x88 = "k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0Sa" + "pEuIoXkZj1Wq3Rt5Yu7Io9Pa2Sd4Fg6Hj8KlZxCvBn0Mq2We4Rt6Yu8Iw=="
	jwt       = encode(`{"alg":"HS256","typ":"JWT"}`) + "." + encode(`{"sub":"system","iat":1735689600}`) + "." + letters36
	pemBody   = "MIIEpAIBAAKCAQEAv7Zk2mPx9RtV4bNw8cJd6yLs3fHg5aTe1uXoq7Zk2mPx9RtV"
	pemKey    = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + pemBody + "\n-----END RSA " + "PRIVATE KEY-----\n"
)

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// positives are key, value and what is found.
var positives = [][3]string{
	{"", "AKIA" + "Q7ZK2MPX9RTV4BNW", "an AWS access key id"},
	{"AWS_ACCESS_KEY_ID", "ASIA" + "Q7ZK2MPX9RTV4BNW", "an AWS access key id"},
	{"AWS_SECRET_ACCESS_KEY", "k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0SapEuIoXkZj", "a secret key"},
	{"", "AIza" + letters36[:35], "a Google API key"},
	{"", "GOCSPX-" + letters36[:28], "a Google OAuth client secret"},
	{"", "ghp_" + letters36, "a GitHub token"},
	{"X", "token is ghs_" + letters36 + " ok", "a GitHub token"},
	{"", "github_pat_" + letters36 + "_" + letters36, "a GitHub token"},
	{"", "glpat-" + letters36[:20], "a GitLab token"},
	{"", "gldt-" + letters36[:20], "a GitLab deploy token"},
	{"", "xoxb-" + "271828182845-314159265358-" + letters36[:24], "a Slack token"},
	{"", "https://hooks.slack.com/services/T" + "0A1B2C3D4/B0E5F6G7H8/" + letters36[:24], "a Slack webhook address"},
	{"", "https://discord.com/api/webhooks/27182818284590452/" + letters36 + letters36, "a Discord webhook address"},
	{"", "sk_live_" + letters36[:24], "a Stripe secret key"},
	{"", "rk_live_" + letters36[:24], "a Stripe restricted key"},
	{"", "whsec_" + letters36[:32], "a webhook signing secret"},
	{"", jwt, "a JSON web token"},
	{"Authorization", "Bearer " + jwt, "a JSON web token"},
	{"", pemKey, "a private key"},
	{"tls.key", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n" + pemBody + "\n", "a private key"},
	{"", "-----BEGIN " + "PRIVATE KEY-----", "a private key"},
	{"gcp.json", `{"type": "service_account", "private_key": "-----BEGIN ` + `PRIVATE KEY-----\n` + pemBody + `\n-----END ` + `PRIVATE KEY-----\n"}`, "a private key"},
	{"", "npm_" + letters36, "an npm token"},
	{"", "pypi-AgE" + letters36 + letters36, "a PyPI token"},
	{"", "SG." + letters36[:22] + "." + letters36 + letters36[:7], "a SendGrid API key"},
	{"", "hvs." + letters36, "a Vault token"},
	{"", "hf_" + letters36[:34], "a Hugging Face token"},
	{"", "dckr_pat_" + letters36[:27], "a Docker Hub token"},
	{"", "sk-" + "ant-api03-" + letters36 + letters36, "an Anthropic API key"},
	{"", "sk-" + "proj-" + letters36 + letters36, "an OpenAI API key"},
	{"OPENAI_API_KEY", "sk-" + letters36 + letters36[:12], "an API key"},
	{"", "dop_v1_" + hex32 + hex32, "a DigitalOcean token"},
	{"", "glsa_" + letters36[:32] + "_a1b2c3d4", "a Grafana service account token"},
	{"", "shpat_" + hex32, "a Shopify token"},
	{"", "271828182:" + "A" + letters36[:34], "a Telegram bot token"},
	{"", "M" + letters36[:23] + ".Xa3bQz." + letters36[:27], "a Discord bot token"},
	{"", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=" + base64x88 + ";EndpointSuffix=core.windows.net", "an Azure storage or service bus key"},
	{"", "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey=" + letters36 + "abcdefg=", "an Azure storage or service bus key"},
	{"", "https://shop.blob.core.windows.net/c?sv=2024-11-04&se=2027-01-01&sig=" + letters36 + "Ab3xYz9%3D", "an Azure shared access signature"},
	{"AZURE_CLIENT_SECRET", "k3J8Q~" + letters36[:34], "an Azure client secret"},
	{".dockerconfigjson", `{"auths":{"registry.shop.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("robot:k3Jx8Qz1Lw5R")) + `"}}}`, "registry credentials"},
	{"", "AGE-SECRET-KEY-1" + strings.Repeat("Q7ZK2MPX9RTV4BNW", 4)[:58], "an age private key"},
	{"DATABASE_URL", "postgres://shop:k3Jx8Qz1Lw5R@db:5432/shop", "an address with a password"},
	{"", "mongodb+srv://shop:Winter2031@cluster0.mongodb.net", "an address with a password"},
	{"", "redis://:k3Jx8Qz1Lw5R@redis:6379/0", "an address with a password"},
	{"", "amqp://guest:guest@rabbitmq:5672", "an address with a well-known default password"},
	{"", "https://deploy:k3Jx8Qz1Lw5R@git.shop.io/shop.git", "an address with a password"},
	{"DSN", "shop:k3Jx8Qz1Lw5R@tcp(mysql:3306)/shop?parseTime=true", "an address with a password"},
	{"SQLALCHEMY_DATABASE_URI", "mysql+pymysql://root:root@mysql/shop", "an address with a well-known default password"},
	{"ConnectionStrings__Shop", "Server=mssql;Database=shop;User Id=sa;Password=Winter2031!;", "a password"},
	{"DSN", "host=db user=shop password=Winter2031 dbname=shop sslmode=disable", "a password"},
	{"JDBC_URL", "jdbc:mysql://db/shop?user=shop&password=Winter2031", "a password"},
	{"", "jdbc:sqlserver://db;user=sa;password=Winter2031!;encrypt=true", "a password"},
	{"DB_PASSWORD", "Winter2031", "a password"},
	{"dbPassword", "correcthorse", "a password"},
	{"PGPASSWORD", "k3Jx8Qz1", "a password"},
	{"MYSQL_ROOT_PASSWORD", "root", "a well-known default password"},
	{"POSTGRES_PASSWORD", "postgres", "a well-known default password"},
	{"spring.datasource.password", "changeme", "a well-known default password"},
	{"MYSQL_PASS", "admin123", "a well-known default password"},
	{"ADMIN_PASSWD", "s3same-open", "a password"},
	{"REDIS_PASSWORD", "271828", "a password"},
	{"SSH_PASSPHRASE", "k3Jx8Qz1Lw5R", "a password"},
	{"SMTP_PWD", "k3Jx8Qz1", "a password"},
	{"PASSWORD_PROD", "k3Jx8Qz1", "a password"},
	{"PASSWORD1", "k3Jx8Qz1", "a password"},
	{"LDAP_BIND_PASSWORD", "p$ss!word#1", "a password"},
	{"JWT_SECRET", "k3Jx8Qz1Lw5Rn7Tb", "a secret"},
	{"SECRET_KEY_BASE", hex32 + hex32, "a secret key"},
	{"DJANGO_SECRET_KEY", "django-insecure-k3x8qz1w5n7b", "a secret key"},
	{"APP_KEY", "base64:" + letters36 + "abcdefg=", "an API key"},
	{"SESSION_SECRET", "supersecret", "a well-known default secret"},
	{"CLIENT_SECRET", "4b7d1f0e-93c2-4a58-b6e1-0d2f8c5a7e39", "a secret"},
	{"DD_API_KEY", hex32, "an API key"},
	{"TWILIO_AUTH_TOKEN", hex32, "a token"},
	{"api-token", "k3Jx8Qz1Lw5Rn7Tb", "a token"},
	{"githubToken", "k3Jx8Qz1Lw5Rn7Tb", "a token"},
	{"MINIO_SECRET_KEY", "minioadmin", "a well-known default secret"},
	{"ENCRYPTION_KEY", "k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0Sap", "a secret key"},
	{"RAILS_MASTER_KEY", hex32, "a secret key"},
	{"CREDENTIALS", "k3Jx8Qz1Lw5Rn7Tb", "credentials"},
	{"args", "--password=Winter2031", "a password"},
	{"args", "server --db-password Winter2031 --port 80", "a password"},
	{"", "-Dspring.datasource.password=Winter2031", "a password"},
	{"", "mysqladmin ping -uroot -pWinter2031", "a password"},
	{"", "redis-cli -a Winter2031 ping", "a password"},
	{"", "curl -s -u shop:Winter2031 https://shop.io", "a password"},
	{"", "sshpass -p Winter2031 ssh shop", "a password"},
	{"", "docker login -u shop -p Winter2031 registry.example.com", "a password"},
	{"", "export PGPASSWORD='Winter2031'; psql", "a password"},
	{"", "curl -H 'Authorization: Bearer k3Jx8Qz1Lw5Rn7Tb2Vm9' https://shop.io", "credentials"},
	{"", `{"user":"shop","password":"Winter2031"}`, "a password"},
	{"", `{\"user\":\"shop\",\"password\":\"Winter2031\"}`, "a password"},
	{"", `<password>Winter2031</password>`, "a password"},
	{"config.ini", "[db]\nuser = shop\npassword = Winter2031\n", "a password"},
	{"app.yaml", "db:\n  user: shop\n  password: Winter2031 # for now\n", "a password"},
	{"app.yaml", "env:\n- name: DB_PASSWORD\n  value: Winter2031\n", "a password"},
	{"redis.conf", "port 6379\nrequirepass Winter2031\n", "a password"},
	{"run.sh", "#!/bin/sh\nPASSWORD=Winter2031\nexec app\n", "a password"},
	{"app.py", "import os\npassword = \"Winter2031\"\n", "a password"},
	{"PASSWORD", "Winter2031\n", "a password"},
	{"KNOWN_PASSWORD", "Winter2031", "a password"}, {"CASINOPASSWD", "Winter2031", "a password"}, {"PASSWORD", "**Winter", "a password"},
}

// negatives are key and value.
var negatives = [][2]string{
	{"PASSWORD", ""}, {"PASSWORD", "$(DB_PASSWORD)"}, {"PASSWORD", "${DB_PASSWORD}"}, {"PASSWORD", "$DB_PASSWORD"},
	{"PASSWORD", "{{ .Values.password }}"}, {"password", "vault:secret/data/db#password"}, {"password", "ref+vault://secret/db#/password"},
	{"password", "ENC[AES256_GCM,data:k3Jx8Q==,iv:a1b2,tag:c3d4,type:str]"}, {"password", "ENC(k3Jx8Qz1Lw5Rn7Tb)"},
	{"password", "{cipher}k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4H"}, {"password", "AQICAHh" + strings.Repeat("k3Jx8Qz1Lw5", 12)},
	{"password", "op://vault/db/password"}, {"password", "arn:aws:secretsmanager:eu-north-1:271828182845:secret:db-k3Jx8Q"},
	{"password", "<password>"}, {"password", "%DB_PASSWORD%"}, {"password", "__DB_PASSWORD__"}, {"password", "@DB_PASSWORD@"},
	{"password", "#{DB_PASSWORD}#"}, {"password", "((db-password))"}, {"password", "@Microsoft.KeyVault(SecretUri=https://kv)"},
	{"PASSWORD", "/run/secrets/db"}, {"DB_PASSWORD_FILE", "/run/secrets/db_password"}, {"PASSWORD_FILE", "k3Jx8Qz1Lw5R"},
	{"secret", "/etc/certs/tls.key"}, {"TOKEN", "./token"}, {"private_key", "server.key"}, {"API_KEY", "/var/run/secrets/kubernetes.io/serviceaccount/token"},
	{"TOKEN_URL", "https://auth.shop.io/oauth/token"}, {"PASSWORD_RESET_URL", "https://shop.io/reset"}, {"token", "https://auth.shop.io/token"},
	{"password", "<your-password>"}, {"password", "YOUR_PASSWORD"}, {"API_KEY", "your-api-key-here"}, {"API_KEY", "xxxxxxxxxxxxxxxx"},
	{"password", "********"}, {"password", "REPLACE_ME"}, {"password", "placeholder"}, {"password", "TODO"}, {"token", "REDACTED"},
	{"ALLOW_EMPTY_PASSWORD", "yes"}, {"PASSWORD", "true"}, {"PASSWORD", "null"}, {"PASSWORD", "none"}, {"ENABLE_PASSWORD", "k3Jx8Qz1"},
	{"PASSWORD_MIN_LENGTH", "12"}, {"TOKEN_TTL", "3600"}, {"TOKEN_EXPIRY", "24h"}, {"token", "3600s"}, {"token", "86400"}, {"password", "8080"},
	{"secretName", "db-credentials"}, {"DB_SECRET_NAME", "k3Jx8Qz1Lw5Rn7Tb"}, {"PASSWORD_POLICY", "k3Jx8Qz1Lw5Rn7Tb"}, {"SECRET_PROVIDER", "vault"},
	{"existingSecret", "shop-db-k3x8qz"}, {"secret", "shop-db-credentials"}, {"TLS_SECRET", "shop-tls"}, {"token", "kubernetes"},
	{"imagePullSecret", "regcred-k3x8qz1w5"}, {"tokenReviewer", "k3Jx8Qz1Lw5Rn7Tb"}, {"tokenizer", "k3Jx8Qz1Lw5Rn7Tb"}, {"max_tokens", "4096"},
	{"SORT_KEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"PRIMARY_KEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"PARTITION_KEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"CACHE_KEY", "k3Jx8Qz1Lw5Rn7Tb"},
	{"PUBLIC_KEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"NEXT_PUBLIC_API_KEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"STRIPE_PUBLISHABLE_KEY", "pk_live_k3Jx8Qz1Lw5Rn7Tb"},
	{"KEYCLOAK_URL", "http://keycloak:8080"}, {"KEYCLOAK_REALM", "k3Jx8Qz1Lw5Rn7Tb"}, {"MONKEY", "k3Jx8Qz1Lw5Rn7Tb"}, {"KEYBOARD_LAYOUT", "k3Jx8Qz1"},
	{"COMPASS", "k3Jx8Qz1"}, {"BYPASS", "k3Jx8Qz1"}, {"PASSENGER_APP", "k3Jx8Qz1"}, {"AUTHOR", "k3Jx8Qz1Lw5Rn7Tb"}, {"CLIENT_ID", "k3Jx8Qz1Lw5Rn7Tb"},
	{"ACCESS_KEY_ID", "k3Jx8Qz1Lw5Rn7Tb"}, {"GIT_SHA", hex32 + "a1b2c3d4"}, {"CHECKSUM", "sha256:" + hex32 + hex32}, {"checksum/config", hex32 + hex32},
	{"PASSWORD_HASH", "k3Jx8Qz1Lw5R"}, {"password", "$2y$10$k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0SapEuIoXkZj1Wq3Rt5Yu7Io"}, {"password", "sha256:" + hex32 + hex32},
	{"image", "registry.shop.io/shop@sha256:" + hex32 + hex32}, {"image", "registry.shop.io:5000/shop:1.2.3"}, {"ID", "4b7d1f0e-93c2-4a58-b6e1-0d2f8c5a7e39"},
	{"AUTHORIZED_KEYS", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIk3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0SapEuIoXkZj shop"},
	{"ca.crt", "-----BEGIN CERTIFICATE-----\n" + pemBody + "\n-----END CERTIFICATE-----\n"}, {"key", "-----BEGIN PUBLIC KEY-----\n" + pemBody + "\n-----END PUBLIC KEY-----"},
	{"tls.key", "-----BEGIN " + "PRIVATE KEY-----\n...\n-----END " + "PRIVATE KEY-----"}, {"data", base64.StdEncoding.EncodeToString([]byte("hello, this is harmless text and nothing else"))},
	{"DATABASE_URL", "postgres://shop@db:5432/shop"}, {"DATABASE_URL", "postgres://shop:${DB_PASSWORD}@db/shop"}, {"DATABASE_URL", "postgres://$(USER):$(PASS)@db/shop"},
	{"DATABASE_URL", "postgres://user:password@example.com/db"}, {"URL", "https://shop.io:8443/a@b"}, {"GIT", "git@github.com:shop/shop.git"}, {"MAIL", "mailto:ops@shop.io"},
	{"", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}, {"", "xoxb-your-token-here-please"}, {"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
	{"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, {"", "eyJhbGciOiJub25l.eyJzdWIi"}, {"token", "Bearer"}, {"auth", "Basic"},
	{"passwordKey", "password"}, {"passwordSecretRef", "k3Jx8Qz1Lw5Rn7Tb"}, {"password", "DB_PASSWORD"}, {"password", "shop-db-secret"}, {"PWD", "/app"}, {"OLDPWD", "k3Jx8Qz1"},
	{"proxy_pass", "backend:8080"}, {"JAVA_OPTS", "-Xmx512m -Djavax.net.ssl.trustStorePassword=changeit"}, {"args", "--password-file=/run/secrets/db"},
	{"args", "--token-auth-file /etc/tokens.csv"}, {"args", "--password $(DB_PASSWORD)"}, {"args", "--service-account-key-file=/etc/kubernetes/pki/sa.pub"},
	{"args", "mysql -uroot -p$MYSQL_ROOT_PASSWORD"}, {"args", "tail -p 80"}, {"description", "The password: must be at least 8 characters"},
	{"", "if [ \"$PASSWORD\" = \"\" ]; then exit 1; fi"}, {"run.sh", "PASSWORD=$(cat /run/secrets/db)\nTOKEN=$1\n"},
	{"app.py", "password = os.environ['PASSWORD']\ntoken = get_token()\nself.password = password\n"}, {"app.js", "const password = config.password;\n"},
	{"nginx.conf", "location / {\n  proxy_pass http://app:8080;\n  proxy_set_header Authorization $http_authorization;\n}\n"},
	{"app.yaml", "# password: changeme\ndb:\n  passwordSecret: shop-db\n  secretName: shop\n"}, {"i18n.json", "{\n  \"password\": \"Password\"\n}\n"},
	{"tls.key", "-----BEGIN RSA " + "PRIVATE KEY-----\n" + pemBody + "\n...\n"}, {"secret", "special-scripts-sensitive"}, {"password", "PASSWORD"},
	{"DATABASE_URL", "mongodb://DB_USER:DB_PASSWORD@mongodb:27017"}, {"", "redis://${PASSWORD:-}@redis"}, {"", "mysql://root:%s@db/shop"},
	{"", "password=$(grep -oP '^password=\\K.+' $1);"}, {"htpasswd", "robot:$2y$10$k3Jx8Qz1Lw5Rn7Tb2Vm9Yc4Hd6Fg0SapEuIoXkZj1Wq3Rt5Yu7Io"},
	{"nsswitch.conf", "passwd:         files\nshadow:         files\n"}, {"passwd", "compat"},
	{"", "%wheel ALL=(ALL) NOPASSWD: ALL"}, {"", "%sudo ALL=(ALL:ALL) NOPASSWD:ALL"}, {"", "app ALL = NOPASSWD: /usr/bin/systemctl restart app"},
	{"sudoers", "Defaults env_reset\n%wheel ALL=(ALL) NOPASSWD: ALL\n"}, {"NO_PASSWORD", "k3Jx8Qz1"}, {"nopassword", "k3Jx8Qz1"},
	{"MYSQL_PASS", "**Random**"}, {"REDIS_PASS", "**None**"}, {"ADMIN_PASSWORD", "**ChangeMe**"}, {"", "redis://:**None**@redis:6379"},
	{"PASSWORD", "<none>"}, {"PASSWORD", "<ChangeMe>"}, {"PASSWORD", "<set me>"},
	{"TOKEN", "us-east-1.console.shop.io"}, {"secret", "kubernetes.io/service-account-token"}, {"signing_key", "RS256"}, {"token", "v1beta1"},
}

func TestDetectFinds(t *testing.T) {
	for _, row := range positives {
		found, ok := Detect(row[0], row[1])
		if !ok || found.What != row[2] {
			t.Errorf("Detect(%q, %q) = %q, %v; want %q", row[0], row[1], found.What, ok, row[2])
		}
		if len(row[1]) > 12 && strings.Contains(found.What, row[1]) {
			t.Errorf("Detect(%q, ...) tells the value", row[0])
		}
	}
}

func TestDetectSparesHarmless(t *testing.T) {
	for _, row := range negatives {
		if found, ok := Detect(row[0], row[1]); ok {
			t.Errorf("Detect(%q, %q) = %q; want none", row[0], row[1], found.What)
		}
	}
}

// TestCorpusSize keeps the corpus from shrinking unseen.
func TestCorpusSize(t *testing.T) {
	if len(positives) < 90 || len(negatives) < 120 {
		t.Errorf("corpus has %d positives and %d negatives", len(positives), len(negatives))
	}
}

// TestRowsOfBeginnings scans texts on one line in which every few bytes could begin a token. Read
// to the end from each of them, four megabytes would not be done before the tests are stopped.
func TestRowsOfBeginnings(t *testing.T) {
	for _, part := range []string{"sv=se=sig=", "AccountKey=example/", "aaa1Q~..", "gldt-example.", "dp.st..", "SG..", "xoxe.example."} {
		text := strings.Repeat(part, (4<<20)/len(part))
		for _, hit := range Scan("", text) {
			if hit.Line != 1 {
				t.Errorf("%q tells of line %d", part, hit.Line)
			}
		}
	}
}

// TestLongTokensAreMaskedWhole holds that judging a token by its beginning leaves nothing of it.
func TestLongTokensAreMaskedWhole(t *testing.T) {
	long := strings.Repeat(letters36, 100)
	for _, prefix := range []string{"hvs.", "glpat-", "https://discord.com/api/webhooks/", "AccountKey="} {
		if got := Mask("a " + prefix + long + " b"); got != "a *** b" {
			t.Errorf("%s: %.200s", prefix, got)
		}
	}
}
