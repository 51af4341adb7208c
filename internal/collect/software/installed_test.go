package software

import "testing"

func TestNodePackage(t *testing.T) {
	runTable(t, []table{
		{"plain", "app/node_modules/left-pad/package.json", `{"name": "left-pad", "version": "1.3.0", "license": "WTFPL", "exports": [1, {}]}`,
			[]string{"npm left-pad 1.3.0 (WTFPL)"}, nil},
		{"scoped, old licences", "node_modules/@babel/core/package.json", `{"name": "@babel/core", "version": "7.1.0", "licenses": [{"type": "MIT", "url": "x"}, "BSD"]}`,
			[]string{"npm @babel/core 7.1.0 (MIT, BSD)"}, nil},
		{"nested", "a/node_modules/.pnpm/b@1/node_modules/b/package.json", `{"name":"b","version":"1","license":{"type":"ISC"}}`, []string{"npm b 1 (ISC)"}, nil},
		{"odd values", "node_modules/a/package.json", `{"name": "a", "version": "1", "license": 7}`, []string{"npm a 1"}, nil},
		{"only a loader", "node_modules/a/package.json", `{"type": "module"}`, nil, nil},
		{"broken", "node_modules/a/package.json", "{\n\"name\": \"a\",\n\"version\": }", nil,
			[]string{"node_modules/a/package.json:3: is no JSON: invalid character '}' looking for beginning of value: it was not read"}},
		{"a list", "node_modules/a/package.json", "[]", nil,
			[]string{"node_modules/a/package.json:1: the document is array where another kind of value is expected: the file was not read"}},
	})
}

func TestPythonMetadata(t *testing.T) {
	runTable(t, []table{
		{"wheel", "usr/lib/python3/site-packages/requests-2.31.0.dist-info/METADATA",
			"Metadata-Version: 2.1\nName: requests\nVersion: 2.31.0\nLicense: Apache 2.0\nClassifier: License :: OSI Approved :: Apache Software License\n\nName: not a header\nVersion: 9\n",
			[]string{"pypi requests 2.31.0 (Apache 2.0)"}, nil},
		{"expression first", "x.dist-info/METADATA", "Name: a\nVersion: 1\nLicense: Own\nLicense-Expression: MIT OR Apache-2.0\n", []string{"pypi a 1 (MIT OR Apache-2.0)"}, nil},
		{"text of a licence", "a.egg-info/PKG-INFO", "Name: a\nVersion: 1\nLicense: Copyright\n        All rights reserved.\nClassifier: License :: OSI Approved :: BSD License\n",
			[]string{"pypi a 1 (BSD License)"}, nil},
		{"a file of distutils", "usr/lib/python3/dist-packages/dbus_python-1.3.2.egg-info", "Metadata-Version: 1.1\nName: dbus-python\nVersion: 1.3.2\nLicense: UNKNOWN\n",
			[]string{"pypi dbus-python 1.3.2"}, nil},
		{"no version", "a.dist-info/METADATA", "Name: a\n", nil, []string{"a.dist-info/METADATA: names no package and version in its headers: it was left out"}},
	})
}

func TestGemspec(t *testing.T) {
	runTable(t, []table{
		{"stub", "usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", `# -*- encoding: utf-8 -*-
# stub: rake 13.0.6 ruby lib

Gem::Specification.new do |s|
  s.name = "rake".freeze
  s.version = "13.0.6"
  s.licenses = ["MIT".freeze, "Ruby".freeze]
`, []string{"gem rake 13.0.6 (MIT, Ruby)"}, nil},
		{"no stub", "var/lib/gems/specifications/default/json-2.6.1.gemspec", "Gem::Specification.new do |spec|\n  spec.name = 'json'\n  spec.version = Gem::Version.new(\"2.6.1\")\n  spec.license = 'Ruby'\n",
			[]string{"gem json 2.6.1 (Ruby)"}, nil},
		{"computed", "a/specifications/x.gemspec", "s.name = NAME\n", nil,
			[]string{"a/specifications/x.gemspec: names no gem and version that can be read without Ruby: it was left out"}},
	})
}

func TestComposerInstalled(t *testing.T) {
	runTable(t, []table{
		{"version 1", "app/vendor/composer/installed.json", `[{"name": "monolog/monolog", "version": "1.25.0", "license": ["MIT"]}]`, []string{"composer monolog/monolog 1.25.0 (MIT)"}, nil},
		{"version 2", "vendor/composer/installed.json", `{"packages": [{"name": "a/b", "version": "v2.0", "license": "MIT"}], "dev": true}`, []string{"composer a/b v2.0 (MIT)"}, nil},
		{"broken", "vendor/composer/installed.json", ``, nil, []string{"vendor/composer/installed.json:1: is no JSON: unexpected end of JSON input: it was not read"}},
	})
}

func TestDotnet(t *testing.T) {
	runTable(t, []table{
		{"program", "app/web.deps.json", `{"libraries": {"web/1.0.0": {"type": "project"}, "Newtonsoft.Json/13.0.1": {"type": "package", "serviceable": true},
			"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"}}}`,
			[]string{"nuget Microsoft.NETCore.App.Runtime.linux-x64 8.0.1", "nuget Newtonsoft.Json 13.0.1"}, nil},
	})
}

func FuzzNodePackage(f *testing.F) {
	f.Add(`{"name": "a", "version": "1", "license": {"type": "MIT"}, "licenses": ["a"]}`)
	fuzzFormat(f, "node_modules/a/package.json")
}

func FuzzPythonMetadata(f *testing.F) {
	f.Add("Name: a\nVersion: 1\nLicense: x\n y\nClassifier: License :: MIT\n\n")
	fuzzFormat(f, "a.dist-info/METADATA")
}

func FuzzGemspec(f *testing.F) {
	f.Add("# stub: rake 13.0.6 ruby lib\n s.licenses = [\"MIT\"]\n")
	fuzzFormat(f, "specifications/a/specifications/x.gemspec")
}

func FuzzComposerInstalled(f *testing.F) {
	f.Add(`[{"name": "a/b", "version": "1", "license": ["MIT"]}]`)
	f.Add(`{"packages": [{}]}`)
	fuzzFormat(f, "vendor/composer/installed.json")
}

func FuzzDotnet(f *testing.F) {
	f.Add(`{"libraries": {"a/1": {"type": "package"}}}`)
	fuzzFormat(f, "web.deps.json")
}
