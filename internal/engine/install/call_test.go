package install

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// command makes the command of some words, as the view of a Dockerfile has it.
func command(words []string) *dockerfile.Command {
	c := &dockerfile.Command{Node: document.PlacedMap(document.At{Line: 1, Column: 1}), In: &dockerfile.Instruction{Name: "RUN"}}
	for i, w := range words {
		c.Words = append(c.Words, document.PlacedText(document.At{Line: 1, Column: i + 1}, w))
	}
	if len(words) > 0 {
		c.Name = words[0]
	}
	return c
}

var kinds = map[kind]string{local: "local ", group: "group ", unknown: "unknown "}

// written writes a call in short: family, verb, action, packages.
func written(k *call) string {
	if k == nil {
		return "none"
	}
	actions := map[action]string{install: "install", update: "update", upgrade: "upgrade", remove: "remove", clean: "clean", other: "other"}
	text := k.grammar.family + " " + actions[k.action]
	for _, p := range k.packages {
		text += fmt.Sprintf(" [%s%s|%s]", kinds[p.kind], p.name, p.version)
	}
	return text
}

func TestRead(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"curl -o x y", "none"},
		{"apt-get -yqq -o Dpkg::Options::=--force-confold install curl=7.1 git/sid libc6:i386 ./a.deb /b.deb $P a$V.deb task^", "apt install [curl|=7.1] [git|/sid] [libc6|] [local .|/a.deb] [local |/b.deb] [unknown $P|] [unknown a$V.deb|] [group task^|]"},
		{"apt-get -yt buster-backports install -oDpkg::Use-Pty=0 jq", "apt install [jq|]"},
		{"apt-get $OPTS install -y {gcc,g++}-12", "apt install [gcc-12|] [g++-12|]"},
		{"apt-get -q=2 update", "apt update"},
		{"aptitude safe-upgrade", "apt upgrade"},
		{"apt-get", "apt other"},
		{"install_packages curl", "tidy install [curl|]"},
		{"apk --no-cache add -t .deps -X https://x/edge gcc~12 a@edge b=1-r0 c>1", "apk install [gcc|~12] [a|] [b|=1-r0] [c|>1]"},
		{"apk del .deps", "apk remove [group .deps|]"},
		{"yum --enablerepo epel -y install nginx-1.20.1-1.el8 java-11-openjdk tar-1.2.x86_64 https://x/a.rpm @web redis-6* glibc.i686", "yum install [nginx|-1.20.1-1.el8] [java-11-openjdk|] [tar|-1.2.x86_64] [local https://x/a.rpm|] [group @web|] [redis|-6*] [glibc|]"},
		{"dnf group install Development", "yum install [group Development|]"},
		{"zypper in -t pattern devel_basis", "zypper install [group devel_basis|]"},
		{"microdnf clean all", "yum clean [all|]"},
		{"zypper -n --no-gpg-checks in -r repo nginx=1.2", "zypper install [nginx|=1.2]"},
		{"pacman -Syu --noconfirm", "pacman upgrade"},
		{"pacman -Syyu --noconfirm git", "pacman install [git|]"},
		{"pacman -Scc", "pacman clean"},
		{"pacman -Rns go", "pacman remove [go|]"},
		{"pacman -Ss go", "pacman other [go|]"},
		{"pip3.11 install -r a.txt -Ur b.txt -i https://x flask>=1,<2 b[c]==1;python_version<'3' . ../x git+https://a/b@c x.whl d@https://e/f", "pip install [flask|>=1,<2] [b|==1] [local .|] [local ../x|] [local git+https://a/b|@c] [local x.whl|] [local d|@https://e/f]"},
		{"python3 -u -m pip install flask", "pip install [flask|]"},
		{"python3 -m venv pip install", "none"},
		{"uv pip install --system ruff==1", "uv install [ruff|==1]"},
		{"npm --prefix /x i -g --unsafe-perm true a@1 @b/c @b/d@latest ./e f.tgz g/h", "npm install [a|1] [@b/c|] [@b/d|latest] [local ./e|] [local f.tgz|] [local g/h|]"},
		{"npm ci", "npm install"},
		{"npm run build", "npm other [build|]"},
		{"yarn", "yarn install"},
		{"yarn --version", "yarn other"},
		{"yarn --frozen-lockfile", "yarn install"},
		{"yarn global add serve@1 --network-timeout 1000", "yarn install [serve|1]"},
		{"gem install a:1 b -v 2 -- --with-x=y z", "gem install [a|:1] [b|]"},
		{"go install -ldflags -s example.com/a@latest ./b cmd/c", "go install [example.com/a|latest] [local ./b|] [local cmd/c|]"},
		{"cargo install --git https://x --locked a@1", "cargo install [a|1]"},
		{"composer global require a/b ^1.0 c/d:2 ext-intl", "composer install [a/b|^1.0] [c/d|2] [local ext-intl|]"},
		{"conda install -y -c conda-forge a=1 b c::d>=2", "conda install [a|=1] [b|] [d|>=2]"},
		{"dotnet tool install -g x --version 1", "dotnet install [x|]"},
		{"rpm -e curl", "local remove [curl|]"},
		{"dpkg --purge curl", "local remove [curl|]"},
		{"dpkg -i curl.deb", "local other [local curl.deb|]"},
		{"choco install -y git --version 2", "choco install [git|]"},
	} {
		got := written(read(command(strings.Fields(test.line))))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.line, diff)
		}
	}
}

func TestReadSplitsVariables(t *testing.T) {
	got := written(read(command([]string{"apt-get", "-y --no-install-recommends", "install", "gcc make", "-o", "a b"})))
	if group := written(read(command([]string{"yum", "groupinstall", "-y", "Development Tools", "Web"}))); group != "yum install [group Development Tools|] [group Web|]" {
		t.Errorf("got %s", group)
	}
	if want := "apt install [gcc|] [make|]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCovers(t *testing.T) {
	for _, test := range []struct {
		path string
		want bool
	}{
		{"/var/lib/apt/lists/*", true}, {"/var/lib/apt/lists", true}, {"/var/lib/apt/lists/", true}, {"/var/lib/apt/*", true}, {"/var/lib/", true}, {"/", true},
		{"/var/lib/apt/l*", true}, {"/var/lib/apt/lists/partial", false}, {"/var/lib/aptitude", false}, {"/var/cache/apt/*", false}, {"/tmp/*", false},
	} {
		if got := covers(test.path, "/var/lib/apt/lists"); got != test.want {
			t.Errorf("covers(%q) is %v", test.path, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, line := range []string{"apt-get -o install -yq=2 {a,b}{c,d} $x", "pacman -Syu", "pip install -", "npm i @", "composer require a 1 2", "go get ...", "sed s", "apk add .", "conda install ::", "yarn global"} {
		f.Add(line)
	}
	f.Fuzz(func(_ *testing.T, line string) {
		c := command(strings.Split(line, " "))
		if k := read(c); k != nil {
			written(k)
			for _, o := range k.options {
				k.distrusts(o)
			}
			k.quiet()
			k.asks()
			k.renewsAll()
			if fixed := fixes[k.grammar.family]; fixed != nil {
				for _, p := range k.packages {
					fixed(k, p)
				}
			}
		}
		compiles(c)
		started(c)
		switchedOff(c)
	})
}
