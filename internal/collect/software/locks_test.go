package software

import (
	"maps"
	"slices"
	"testing"
)

// lockFiles are small files as the tools write them, by name, with what must be found.
var lockFiles = map[string]struct {
	text string
	want []string
}{
	"package-lock.json": {`{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
		"": {"name": "app", "version": "1.0.0"}, "packages/own": {"version": "1.0.0"}, "node_modules/own": {"resolved": "packages/own", "link": true},
		"node_modules/@s/a": {"version": "1.1.0"}, "node_modules/b/node_modules/c": {"version": "2.0.0", "dev": true}, "node_modules/alias": {"name": "real", "version": "3.0.0"}}}`,
		[]string{"npm @s/a 1.1.0 declared", "npm c 2.0.0 declared", "npm real 3.0.0 declared"}},
	"npm-shrinkwrap.json": {`{"lockfileVersion": 1, "requires": true, "dependencies": {"a": {"version": "1.0.0", "requires": {"b": "^2"},
		"dependencies": {"b": {"version": "2.0.0"}}}, "alias": {"version": "npm:@s/real@3.0.0"}, "git": {"version": "git+ssh://git@host/x.git#abc"}}}`,
		[]string{"npm @s/real 3.0.0 declared", "npm a 1.0.0 declared", "npm b 2.0.0 declared"}},
	"yarn.lock": {`# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.1.0"
  resolved "https://registry.yarnpkg.com/@babel/core/-/core-7.1.0.tgz#x"
  dependencies:
    version "9"
alias@npm:real@^1.0:
  version "1.2.0"
`, []string{"npm @babel/core 7.1.0 declared", "npm real 1.2.0 declared"}},
	"berry/yarn.lock": {`__metadata:
  version: 8

"@babel/core@npm:^7.0.0":
  version: 7.1.0
  resolution: "@babel/core@npm:7.1.0"
"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
"x@patch:x@npm%3A1.0.0#./p.patch":
  version: 1.0.0
  resolution: "x@patch:x@npm%3A1.0.0#./p.patch::hash=1"
`, []string{"npm @babel/core 7.1.0 declared", "npm x 1.0.0 declared"}},
	"5/pnpm-lock.yaml": {"lockfileVersion: 5.4\npackages:\n  /a/1.0.0: {}\n  /@s/b/2.0.0_react@18.0.0:\n    dev: true\n  registry.x.org/c/3.0.0: {}\n  file:../d:\n    name: d\n    version: 4.0.0\n",
		[]string{"npm @s/b 2.0.0 declared", "npm a 1.0.0 declared", "npm c 3.0.0 declared", "npm d 4.0.0 declared"}},
	"6/pnpm-lock.yaml": {"lockfileVersion: '6.0'\npackages:\n  /a@1.0.0: {}\n  /@s/b@2.0.0(react@18.0.0)(x@1): {}\n", []string{"npm @s/b 2.0.0 declared", "npm a 1.0.0 declared"}},
	"9/pnpm-lock.yaml": {"lockfileVersion: '9.0'\npackages:\n  '@s/b@2.0.0': {}\n---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n", []string{"npm @s/b 2.0.0 declared", "npm a 1.0.0 declared"}},
	"requirements-dev.txt": {"# pinned\nDjango==4.2.1 # why\nrequests[security,socks] == 2.31.0 ; python_version > '3'\nx===1.0 --hash=sha256:00\nflask>=2\n-r other.txt\ny==1.*\nz==2 \\\n  --hash=x\n",
		[]string{"pypi Django 4.2.1 declared", "pypi requests 2.31.0 declared", "pypi x 1.0 declared", "pypi z 2 declared"}},
	"Pipfile.lock": {`{"_meta": {"hash": {"sha256": "x"}, "pipfile-spec": 6}, "default": {"django": {"version": "==4.2"}, "own": {"path": "."}}, "develop": {"pytest": {"version": "==7.0"}}}`,
		[]string{"pypi django 4.2 declared", "pypi pytest 7.0 declared"}},
	"poetry.lock": {"[[package]]\nname = \"a\"\nversion = \"1.0\"\ndescription = \"\"\"\nname = \"wrong\"\n\"\"\"\n\n[package.dependencies]\nname = \">=1\"\n\n[[package]]\nname = \"own\"\nversion = \"0\"\n\n[package.source]\ntype = \"directory\"\nurl = \".\"\n\n[metadata]\nversion = \"2\"\n",
		[]string{"pypi a 1.0 declared"}},
	"uv.lock": {"version = 1\n\n[[package]]\nname = \"a\"\nversion = '1.0'\nsource = { registry = \"https://pypi.org/simple\" }\nwheels = [\n    { url = \"x\" },\n]\n\n[[package]]\nname = \"own\"\nversion = \"0\"\nsource = { editable = \".\" }\n",
		[]string{"pypi a 1.0 declared"}},
	"pdm.lock": {"[[package]]\nname = \"a\"\nversion = \"1.0\"\n", []string{"pypi a 1.0 declared"}},
	"go.mod": {"module x.org/own\n\ngo 1.22\n\nrequire x.org/a v1.0.0 // indirect\n\nrequire (\n\tx.org/b v2.0.0+incompatible\n\t\"x.org/c\" v3.0.0\n\tx.org/d v4.0.0\n)\n\nreplace x.org/c => ../c\nreplace x.org/d v4.0.0 => y.org/d v4.0.1\nexclude x.org/a v0.9.0\n",
		[]string{"golang x.org/a v1.0.0 declared", "golang x.org/b v2.0.0+incompatible declared", "golang y.org/d v4.0.1 declared"}},
	"Cargo.lock": {"version = 3\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
		[]string{"cargo a 1.0.0 declared"}},
	"Gemfile.lock": {"GIT\n  remote: https://host/g.git\n  revision: abc\n  specs:\n    g (2.0)\n\nPATH\n  remote: .\n  specs:\n    own (0.1)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    racc (1.7.1)\n\nPLATFORMS\n  x86_64-linux\n\nDEPENDENCIES\n  nokogiri\n",
		[]string{"gem g 2.0 declared", "gem nokogiri 1.15.4 declared", "gem racc 1.7.1 declared"}},
	"composer.lock": {`{"packages": [{"name": "a/b", "version": "v1.0"}], "packages-dev": [{"name": "c/d", "version": "2.0", "license": ["MIT"]}]}`,
		[]string{"composer a/b v1.0 declared", "composer c/d 2.0 (MIT) declared"}},
	"pom.xml": {`<?xml version="1.0" encoding="ISO-8859-1"?><project xmlns="http://maven.apache.org/POM/4.0.0"><parent><groupId>org.own</groupId><version>7</version></parent>
		<properties><spring.version>5.3.1</spring.version><s>${spring.version}</s></properties>
		<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>managed</artifactId><version>1</version></dependency></dependencies></dependencyManagement>
		<dependencies><dependency><groupId>org.spring</groupId><artifactId>core</artifactId><version>${s}</version></dependency>
		<dependency><groupId>${project.groupId}</groupId><artifactId>sister</artifactId><version>${project.version}</version></dependency>
		<dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>
		<dependency><groupId>g</groupId><artifactId>unknown</artifactId><version>${nowhere}</version></dependency>
		<dependency><groupId>g</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency></dependencies></project>`,
		[]string{"maven g:managed 1 declared", "maven org.own:sister 7 declared", "maven org.spring:core 5.3.1 declared"}},
	"gradle.lockfile": {"# This is a Gradle generated file\norg.x:a:1.0=compileClasspath,runtimeClasspath\nempty=annotationProcessor\n", []string{"maven org.x:a 1.0 declared"}},
	"packages.lock.json": {`{"version": 1, "dependencies": {"net8.0": {"A": {"type": "Direct", "resolved": "1.0.0"}, "own": {"type": "Project"}}, "net7.0": {"A": {"type": "Transitive", "resolved": "1.0.0"}}}}`,
		[]string{"nuget A 1.0.0 declared"}},
}

func TestLockFiles(t *testing.T) {
	var tests []table
	for _, name := range slices.Sorted(maps.Keys(lockFiles)) {
		tests = append(tests, table{name, "app/" + name, lockFiles[name].text, lockFiles[name].want, nil})
	}
	runTable(t, tests)
}

func TestLockFilesBroken(t *testing.T) {
	runTable(t, []table{
		{"JSON", "package-lock.json", "{\"packages\": {\n,", nil, []string{"package-lock.json:2: is no JSON: invalid character ',' looking for beginning of object key string: it was not read"}},
		{"YAML", "pnpm-lock.yaml", "packages:\n\t- a", nil, []string{"pnpm-lock.yaml:2: is no lock file in YAML: found character that cannot start any token: it was not read"}},
		{"TOML", "uv.lock", "this is no lock file", nil, []string{"uv.lock:1: is no lock file in TOML: it was not read"}},
		{"XML", "pom.xml", "<project>\n<dependencies></project>", nil, []string{"pom.xml:2: is no XML: element <dependencies> closed by </project>: it was not read"}},
		{"go.mod", "go.mod", "require x\nreplace a b\n", nil, []string{"go.mod:1: requires a module without a version: it was passed over", "go.mod:2: replaces no module: it was passed over"}},
		{"gradle", "gradle.lockfile", "a:b=c\n", nil, []string{"gradle.lockfile:1: names no package and version: it was passed over"}},
		{"gems", "Gemfile.lock", "GEM\n  specs:\n    a\n", nil, []string{"Gemfile.lock:3: names a gem without a version: it was passed over"}},
		{"yarn", "yarn.lock", "no lock\na@1:\n  \n  version \"1.0\"\n", []string{"npm a 1.0 declared"}, []string{"yarn.lock:1: names no package: it was passed over"}},
	})
}

func TestLockFilesOfPackages(t *testing.T) {
	for _, path := range []string{"node_modules/a/package-lock.json", "usr/lib/python3/site-packages/x/requirements.txt",
		"var/lib/gems/3.1.0/gems/a-1/Gemfile.lock", "go/pkg/mod/x.org/a@v1/go.mod", "vendor/a/b/composer.lock"} {
		if NewReader(DefaultLimits).Wants(path, 0o644, 100) {
			t.Errorf("%s is wanted, though a package brought it along", path)
		}
	}
}

// FuzzLockFiles reads any text as each kind of lock file.
func FuzzLockFiles(f *testing.F) {
	names := slices.Sorted(maps.Keys(lockFiles))
	for i, name := range names {
		f.Add(uint8(i), lockFiles[name].text)
	}
	limits := DefaultLimits
	limits.Packages = 1000
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		r := NewReader(limits)
		readAs(t, r, "app/"+names[int(which)%len(names)], text)
	})
}
