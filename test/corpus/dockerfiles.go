package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Dockerfiles gives Dockerfiles that are like those of public repositories in their length, their
// instructions and their faults: about 34 lines each, one in five in several stages.
func Dockerfiles(n int, seed uint64) []string {
	random := rand.New(rand.NewPCG(seed, 0))
	all := make([]string, n)
	for i := range all {
		all[i] = dockerfile(random, i)
	}
	return all
}

var (
	bases    = []string{"debian:12.11-slim", "ubuntu:22.04", "alpine:3.20", "node:18", "python:3.11-slim", "centos:7", "golang:1.26.1", "registry.example/base"}
	packages = []string{"ca-certificates", "curl", "git", "build-essential=12.9", "libssl-dev", "python3-pip", "vim", "unzip", "gnupg", "openssh-server"}
	steps    = []string{
		"RUN curl -fsSL https://downloads.example.com/v${VERSION}/tool-linux-amd64.tar.gz | tar xz -C /usr/local/bin --strip-components=1",
		"RUN set -eux; \\\n    for key in A1B2 C3D4; do \\\n      gpg --batch --keyserver keys.example.com --recv-keys \"$key\" || exit 1; \\\n    done; \\\n    # what was downloaded is checked\n    echo \"0123456789abcdef *tool.tgz\" | sha256sum -c -",
		"RUN pip install --no-cache-dir -r requirements.txt && pip install flask==3.0.2 gunicorn",
		"RUN npm install -g pm2 yarn@1.22.22 && npm ci --omit=dev",
		"RUN cd /srv/app && make -j\"$(nproc)\" && make install && rm -rf /tmp/*",
		"RUN useradd -r -u 1001 app && chown -R app:app /srv/app && chmod -R 775 /srv/app",
		"RUN if [ \"$TARGETARCH\" = arm64 ]; then echo arm; else bash -c 'echo other && sudo ldconfig'; fi",
		"RUN <<EOF\nset -e\nmkdir -p /etc/app\nprintf 'a=%s\\n' b > /etc/app/app.conf\nEOF",
		"ENV PATH=/srv/app/bin:$PATH LANG=C.UTF-8 \\\n    APP_HOME=/srv/app",
		"LABEL org.opencontainers.image.title=\"app\" org.opencontainers.image.source=https://git.example.com/app",
		"ADD https://downloads.example.com/agent.jar /opt/agent.jar",
		"VOLUME [\"/data\"]", "EXPOSE 8080 9090/tcp", "HEALTHCHECK --interval=30s CMD curl -f http://localhost:8080/ || exit 1",
	}
)

func dockerfile(random *rand.Rand, i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Service %d, as it is built for production.\nARG VERSION=1.%d.0\n", i, i%40)
	if random.IntN(5) == 0 {
		b.WriteString("FROM golang:1.26.1 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /out/app ./cmd/app\n\n")
	}
	fmt.Fprintf(&b, "FROM %s\nARG VERSION\nRUN apt-get update \\\n && apt-get install -y --no-install-recommends \\\n", bases[random.IntN(len(bases))])
	for range 2 + random.IntN(6) {
		fmt.Fprintf(&b, "      %s \\\n", packages[random.IntN(len(packages))])
	}
	b.WriteString(" && rm -rf /var/lib/apt/lists/*\nWORKDIR /srv/app\n")
	for range 3 + random.IntN(7) {
		b.WriteString(steps[random.IntN(len(steps))] + "\n")
	}
	b.WriteString("COPY . .\n")
	if random.IntN(10) == 0 {
		b.WriteString("USER 1001\n")
	}
	b.WriteString("ENTRYPOINT [\"/srv/app/entrypoint.sh\"]\nCMD [\"serve\", \"--port\", \"8080\"]\n")
	return b.String()
}
