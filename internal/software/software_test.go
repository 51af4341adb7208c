package software

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPURL holds to the rules of the types: what is lowercased, encoded, moved to qualifiers.
func TestPURL(t *testing.T) {
	tests := []struct {
		name string
		p    Package
		want string
		// back is what ParsePURL makes of it, where that is not p.
		back *Package
	}{
		{"deb", Package{Type: Deb, Name: "libstdc++6", Version: "1:12.2.0-14+deb12u1", Architecture: "amd64", Distribution: "debian", DistributionVersion: "12"},
			"pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12", nil},
		{"tilde", Package{Type: Deb, Name: "a", Version: "1~rc1"}, "pkg:deb/a@1~rc1", nil},
		{"apk", Package{Type: APK, Name: "musl", Version: "1.2.4_git20230717-r4", Architecture: "x86_64", Distribution: "alpine", DistributionVersion: "3.19.1"},
			"pkg:apk/alpine/musl@1.2.4_git20230717-r4?arch=x86_64&distro=alpine-3.19.1", nil},
		{"rpm", Package{Type: RPM, Name: "ImageMagick", Version: "1:6.9-1.el9", Architecture: "x86_64", Distribution: "rhel", DistributionVersion: "9.3"},
			"pkg:rpm/rhel/ImageMagick@6.9-1.el9?arch=x86_64&distro=rhel-9.3&epoch=1", nil},
		{"rpm epoch 0", Package{Type: RPM, Name: "a", Version: "0:1-1"}, "pkg:rpm/a@1-1", &Package{Type: RPM, Name: "a", Version: "1-1"}},
		{"npm scope", Package{Type: NPM, Name: "@angular/animation", Version: "12.3.1"}, "pkg:npm/%40angular/animation@12.3.1", nil},
		{"pypi", Package{Type: PyPI, Name: "Django_package", Version: "1.11.1.dev1"}, "pkg:pypi/django-package@1.11.1.dev1",
			&Package{Type: PyPI, Name: "django-package", Version: "1.11.1.dev1"}},
		{"go", Package{Type: Go, Name: "github.com/Masterminds/sprig/v3", Version: "v3.3.0"}, "pkg:golang/github.com/masterminds/sprig/v3@v3.3.0",
			&Package{Type: Go, Name: "github.com/masterminds/sprig/v3", Version: "v3.3.0"}},
		{"go incompatible", Package{Type: Go, Name: "a.org/b", Version: "v2.0.0+incompatible"}, "pkg:golang/a.org/b@v2.0.0%2Bincompatible", nil},
		{"go without version", Package{Type: Go, Name: "stdlib"}, "pkg:golang/stdlib", nil},
		{"maven", Package{Type: Maven, Name: "org.apache.commons:io", Version: "1.3.4"}, "pkg:maven/org.apache.commons/io@1.3.4", nil},
		{"maven without group", Package{Type: Maven, Name: "io", Version: "1"}, "pkg:maven/io@1", nil},
		{"composer", Package{Type: Composer, Name: "Laravel/Laravel", Version: "5.5.0"}, "pkg:composer/laravel/laravel@5.5.0",
			&Package{Type: Composer, Name: "laravel/laravel", Version: "5.5.0"}},
		{"nuget", Package{Type: NuGet, Name: "EnterpriseLibrary.Common", Version: "6.0.1304"}, "pkg:nuget/EnterpriseLibrary.Common@6.0.1304", nil},
		{"gem", Package{Type: Gem, Name: "ruby-advisory-db-check", Version: "0.12.4"}, "pkg:gem/ruby-advisory-db-check@0.12.4", nil},
		{"cargo", Package{Type: Cargo, Name: "rand", Version: "0.7.2"}, "pkg:cargo/rand@0.7.2", nil},
		{"another type", Package{Type: "swift", Name: "github.com/Alamofire/Alamofire", Version: "5.4.3"}, "pkg:swift/github.com/Alamofire/Alamofire@5.4.3", nil},
		{"hostile", Package{Type: NPM, Name: "a?b#c%d e@f", Version: "1/2"}, "pkg:npm/a%3Fb%23c%25d%20e%40f@1%2F2", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.PURL(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			want := test.p
			if test.back != nil {
				want = *test.back
			}
			back, err := ParsePURL(test.want)
			if diff := cmp.Diff(want, back); diff != "" || err != nil {
				t.Errorf("read back: %v\n%s", err, diff)
			}
		})
	}
}

func TestParsePURL(t *testing.T) {
	tests := []struct {
		text string
		want Package
	}{
		{"pkg:PYPI/Django_package@1", Package{Type: PyPI, Name: "django-package", Version: "1"}},
		{"pkg://npm/foo@1", Package{Type: NPM, Name: "foo", Version: "1"}},
		{"pkg:npm/@scope/foo", Package{Type: NPM, Name: "@scope/foo"}},
		{"pkg:npm/@scope/foo@1", Package{Type: NPM, Name: "@scope/foo", Version: "1"}},
		{"pkg:golang/github.com/Azure/go@v1?type=module#sub/path", Package{Type: Go, Name: "github.com/Azure/go", Version: "v1"}},
		{"pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36", Package{Type: Deb, Name: "libc6", Version: "2.36-9",
			Architecture: "amd64", Distribution: "debian", DistributionVersion: "12", Source: "glibc", SourceVersion: "2.36"}},
		{"pkg:apk/alpine/musl@1?distro=3.18.4", Package{Type: APK, Name: "musl", Version: "1", Distribution: "alpine", DistributionVersion: "3.18.4"}},
		{"pkg:deb/debian/curl@7?distro=jessie", Package{Type: Deb, Name: "curl", Version: "7", Distribution: "debian", DistributionVersion: "jessie"}},
		{"pkg:rpm/redhat/bash@5?distro=rhel-9.3", Package{Type: RPM, Name: "bash", Version: "5", Distribution: "redhat", DistributionVersion: "9.3"}},
		{"pkg:generic/openssl@1.1?checksum=sha1:ad%2Csha256:41", Package{Type: "generic", Name: "openssl", Version: "1.1"}},
	}
	for _, test := range tests {
		got, err := ParsePURL(test.text)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", test.text, err, diff)
		}
	}
	for _, bad := range []string{"", "npm/foo", "pkg:", "pkg:npm", "pkg:npm/", "pkg:3npm/a", "pkg:n&m/a", "pkg:npm/a%zz", "pkg:maven/@1.3.4", "pkg:npm/a@%", "pkg:npm/a?in%20b=c",
		"pkg%3Amaven/a/b", "pkg:npm/" + string(make([]byte, 9000))} {
		if got, err := ParsePURL(bad); err == nil {
			t.Errorf("%.40q: read as %+v", bad, got)
		}
	}
}

func TestCompare(t *testing.T) {
	want := []Package{{Type: APK, Name: "b"}, {Type: Deb, Name: "a", Version: "1"}, {Type: Deb, Name: "a", Version: "2", Path: "x"}, {Type: Deb, Name: "a", Version: "2", Path: "y"}}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzParsePURL reads what it wrote: writing and reading come to rest after one turn.
func FuzzParsePURL(f *testing.F) {
	f.Add("pkg:rpm/rhel/ImageMagick@6.9-1.el9?arch=x86_64&distro=rhel-9.3&epoch=1")
	f.Add("pkg:npm/%40angular/animation@12.3.1")
	f.Add("pkg:maven/a/b/c@1")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParsePURL(text)
		if err != nil || len(text) > longestPURL/8 { // encoded it may be too long to be read
			return
		}
		if first.Name == "" || first.Type == "" {
			t.Fatalf("%q gives %+v", text, first)
		}
		second, err := ParsePURL(first.PURL())
		if err != nil {
			t.Fatalf("%q gives %q: %v", text, first.PURL(), err)
		}
		if second.PURL() != first.PURL() {
			t.Errorf("%q gives %q, and that %q", text, first.PURL(), second.PURL())
		}
	})
}
