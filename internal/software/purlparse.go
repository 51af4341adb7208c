package software

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// longestPURL in bytes is how long a package URL may be.
const longestPURL = 8192

var (
	purlType      = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9.-]*$`)
	rpmVersion    = regexp.MustCompile(`^([0-9]+:[^:]+|[^:]*)$`)
	qualifierName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9._-]*$`)
)

// ParsePURL reads a package URL as a package: the opposite of PURL, for the URLs of other tools as
// well. The type may be one that is not among this package's; the name then has its namespace in front.
// Letters keep their case where advisories do. Of the qualifiers arch, epoch, distro and upstream (the
// source package, as NAME or NAME@VERSION) are read; the subpath is not. Errors say what is wrong.
func ParsePURL(text string) (Package, error) {
	var p Package
	if len(text) > longestPURL {
		return p, fmt.Errorf("package URL is longer than %d bytes", longestPURL)
	}
	rest, _, _ := strings.Cut(text, "#")
	rest, qualifiers, _ := cutLastOf(rest, "?")
	scheme, rest, found := strings.Cut(rest, ":")
	if !found || !strings.EqualFold(scheme, "pkg") {
		return p, errors.New("package URL does not begin with the scheme pkg")
	}
	kind, rest, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	if !purlType.MatchString(kind) {
		return p, fmt.Errorf("package URL has no type: %q", kind)
	}
	p.Type = Type(strings.ToLower(kind))
	rest, version, err := cutVersion(rest)
	if err == nil {
		err = p.setName(rest)
	}
	if err != nil {
		return Package{}, err
	}
	p.Version = version
	if p.Type == RPM && !rpmVersion.MatchString(version) {
		return Package{}, fmt.Errorf("package URL has a version that no RPM has: %q", version)
	}
	if err := p.setQualifiers(qualifiers); err != nil {
		return Package{}, err
	}
	return p, nil
}

func cutLastOf(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// cutVersion cuts at the last @, unless that stands in front of a scope of npm.
func cutVersion(rest string) (path, version string, err error) {
	path, version, found := cutLastOf(rest, "@")
	if !found || strings.Contains(version, "/") {
		return rest, "", nil
	}
	version, err = unescape(version)
	return path, version, err
}

// unescape decodes what is percent-encoded; the result must be UTF-8.
func unescape(text string) (string, error) {
	decoded, err := url.PathUnescape(text)
	if err == nil && !utf8.ValidString(decoded) {
		err = errors.New("it is not in UTF-8")
	}
	return decoded, err
}

// setName sets Name, and the distribution of a system's package, from namespace and name.
func (p *Package) setName(path string) error {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		decoded, err := unescape(part)
		if err != nil {
			return fmt.Errorf("package URL: %w", err)
		}
		if p.Type == Maven && strings.Contains(decoded, ":") {
			return fmt.Errorf("package URL of Maven has a colon in its name: %q", decoded)
		}
		for one := range strings.SplitSeq(decoded, "/") { // some tools encode the slashes too
			if one != "" {
				parts = append(parts, one)
			}
		}
	}
	if len(parts) == 0 {
		return errors.New("package URL has no name")
	}
	namespace, name := strings.Join(parts[:len(parts)-1], "/"), parts[len(parts)-1]
	switch p.Type {
	case APK, Deb:
		p.Distribution, name = strings.ToLower(namespace), strings.ToLower(name)
	case RPM:
		p.Distribution = strings.ToLower(namespace)
	case PyPI:
		name = pypiName(name)
	case Maven:
		if namespace != "" {
			name = namespace + ":" + name
		}
	case Composer:
		name = strings.ToLower(strings.Join(parts, "/"))
	default:
		name = strings.Join(parts, "/")
	}
	p.Name = name
	return nil
}

func (p *Package) setQualifiers(text string) error {
	for pair := range strings.SplitSeq(text, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		value, err := unescape(value)
		if err != nil || !qualifierName.MatchString(key) {
			return fmt.Errorf("package URL has a qualifier that cannot be read: %q", key)
		}
		switch strings.ToLower(key) {
		case "arch":
			p.Architecture = value
		case "epoch":
			if p.Type == RPM && value != "0" && p.Version != "" && rpmVersion.MatchString(value+":"+p.Version) && !strings.Contains(p.Version, ":") {
				p.Version = value + ":" + p.Version
			}
		case "distro":
			p.DistributionVersion = p.distroVersion(value)
		case "upstream":
			p.Source, p.SourceVersion, _ = strings.Cut(strings.TrimSuffix(value, ".src.rpm"), "@")
		}
	}
	return nil
}

// distroVersion takes 12 from debian-12; some tools write the version alone. Where there is no
// namespace the name of the distribution is taken too.
func (p *Package) distroVersion(distro string) string {
	if own := len(p.Distribution); own > 0 && len(distro) > own && distro[own] == '-' && strings.EqualFold(distro[:own], p.Distribution) {
		return distro[own+1:]
	}
	id, version, found := strings.Cut(distro, "-")
	if !found || version == "" || version[0] < '0' || version[0] > '9' {
		return distro
	}
	if p.Distribution == "" && purlType.MatchString(id) {
		p.Distribution = strings.ToLower(id)
	}
	return version
}
