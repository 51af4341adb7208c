package osv

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/osv-scalibr/semantic"
)

// longestVersion bounds what is compared: numbers in versions are of any size, and slow if long.
const longestVersion = 256

var errNoVersion = errors.New("it is no version")

// order compares versions as an ecosystem does.
type order struct {
	ecosystem string // of semantic; for ranges of type SEMVER that of npm, which is Semantic Versioning
	version   semantic.Version
}

// parse reads the version of a package. Not every order refuses what is no version, so a version must
// begin with a number, or with v and one, where its ecosystem demands that.
func parse(ecosystem, version string) (order, error) {
	if version == "" || len(version) > longestVersion || !strings.ContainsAny(version, "0123456789") {
		return order{}, errNoVersion
	}
	if first := strings.TrimPrefix(version, "v")[0]; numbered[ecosystem] && (first < '0' || first > '9') {
		return order{}, errNoVersion
	}
	parsed, err := semantic.Parse(version, ecosystem)
	if err != nil {
		return order{}, fmt.Errorf("%w: %v", errNoVersion, err)
	}
	if _, isAPK := parsed.(semantic.AlpineVersion); isAPK && !versionOfAPK.MatchString(version) {
		return order{}, errNoVersion
	}
	return order{ecosystem, parsed}, nil
}

// numbered are the ecosystems whose versions begin with a number, after a v perhaps.
var numbered = map[string]bool{"npm": true, "Go": true, "crates.io": true, "PyPI": true, "NuGet": true,
	"RubyGems": true, "Packagist": true, "Alpine": true, "Wolfi": true, "Chainguard": true, "Debian": true, "Ubuntu": true}

// versionOfAPK is what apk takes for a version; the order would take any text.
var versionOfAPK = regexp.MustCompile(`^\d+(\.\d*)*[a-z]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(~[0-9a-f]+)?(-r\d+)?$`)

// compare gives how the version stands to another that an advisory names.
func (o order) compare(other string) (int, error) {
	if other == "" || len(other) > longestVersion {
		return 0, uncomparable(other)
	}
	compared, err := o.version.CompareStr(other)
	if err != nil {
		return 0, uncomparable(other)
	}
	return compared, nil
}

func uncomparable(version string) error {
	return fmt.Errorf("its version %.40q cannot be compared", version)
}

// semver is the order for ranges of type SEMVER, whatever the ecosystem.
func (o order) semver(version string) order {
	switch o.version.(type) {
	case semantic.SemverVersion:
		return o
	}
	return order{"npm", semantic.ParseSemverVersion(version)}
}
