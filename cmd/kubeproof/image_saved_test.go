package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// secretive is a Dockerfile with secrets wherever people put them.
const secretive = `# syntax=docker/dockerfile:1
ARG NPM_TOKEN=@TOKEN@
FROM debian:12 AS build
ARG NPM_TOKEN
ARG DB_PASSWORD=@PASSWORD@
ENV DB_PASSWORD=@PASSWORD@ PORT=8080
ENV DATABASE_URL=postgres://shop:@PASSWORD@@db.example.com/shop
LABEL deploy.token="@TOKEN@"
RUN curl -u deploy:@PASSWORD@ https://repo.example.com/x.tgz -o x.tgz
RUN export GITHUB_TOKEN=@TOKEN@ && git clone https://x-access-token:@TOKEN@@github.com/shop/app.git
RUN echo "machine repo.example.com login deploy password @PASSWORD@" > /root/.netrc
RUN mysql --password=@PASSWORD@ -e 'select 1' && use "$DB_PASSWORD" "$NPM_TOKEN"
RUN docker login -u shop -p @PASSWORD@ registry.example.com
RUN ["curl", "-H", "Authorization: Bearer @TOKEN@", "https://api.example.com"]
RUN <<EOF
set -e
export API_TOKEN=@TOKEN@
echo "db_password = @PASSWORD@" >> /etc/shop.conf
EOF
COPY <<KEY /root/.ssh/id_rsa
@BEGINKEY@
@KEYBODY@
@ENDKEY@
KEY
COPY <<"EOF" /app/.env
API_TOKEN=@TOKEN@
EOF
HEALTHCHECK CMD curl -H "Authorization: Bearer @TOKEN@" http://localhost/
ADD https://deploy:@PASSWORD@@repo.example.com/x.tgz /x.tgz
ONBUILD ENV DB_PASSWORD=@PASSWORD@
FROM build
ENTRYPOINT ["/app/run", "--db-password=@PASSWORD@"]
CMD ["--token", "@TOKEN@"]
`

// plantIn puts secrets into a text, as plant does for scripts.
func plantIn(text string) string {
	for word, secret := range planted {
		text = strings.ReplaceAll(text, "@"+word+"@", secret)
	}
	return text
}

// hides checks that a text holds no half of a secret, nor its base64.
func (h *harbour) hides(what, text string) {
	h.Helper()
	for _, word := range []string{"PASSWORD", "TOKEN", "KEYBODY"} {
		secret := planted[word]
		encoded := base64.StdEncoding.EncodeToString([]byte(secret))
		for _, part := range []string{secret[:len(secret)/2], secret[len(secret)/2:], encoded[:len(encoded)/2]} {
			for rest, at := text, 0; ; {
				at = strings.Index(rest, part)
				if at < 0 {
					break
				}
				h.Errorf("%s shows the %s: ...%s", what, word, rest[max(0, at-150):min(len(rest), at+60)])
				rest = rest[at+len(part):]
			}
		}
	}
}

// A saved inventory of Dockerfiles and images gives the same findings, and holds no secret. Nor does
// any report.
func TestSavedImagesAndDockerfiles(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	h.write("src/Dockerfile", plantIn(secretive))
	h.write("src/.env", plantIn("API_TOKEN=@TOKEN@\n"))
	targets := []string{filepath.Join(h.folder, "src"), "image:" + h.host + "/shop/app:1.2"}
	saved := filepath.Join(h.folder, "saved.json")
	online := h.scan(append([]string{"--all", "--save-inventory", saved}, targets...)...)
	offline := h.scan("--all", "inventory:"+saved)
	if diff := cmp.Diff(online.Findings, offline.Findings); diff != "" {
		t.Errorf("findings (-online +offline):\n%s", diff)
	}
	if online.code != offline.code {
		t.Errorf("exit codes %d and %d", online.code, offline.code)
	}
	text, err := os.ReadFile(saved)
	h.must(err)
	h.hides("the saved inventory", string(text))
	for _, format := range []string{"json", "table", "sarif", "html", "markdown", "csv", "junit", "github"} {
		_, out, errs := h.run(append([]string{"scan", "--insecure-registry", "--all", "--full", "-o", format}, targets...)...)
		h.hides(format, out+errs)
		_, out, errs = h.run("scan", "--all", "--full", "-o", format, "inventory:"+saved)
		h.hides(format+" of the saved inventory", out+errs)
	}
}
