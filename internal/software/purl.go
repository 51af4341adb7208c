package software

import (
	"slices"
	"strings"
)

// PURL is the package URL, the name under which tools exchange it: ECMA-427 and the definitions of types
// at https://github.com/package-url/purl-spec.
func (p Package) PURL() string {
	namespace, name := p.split()
	var url strings.Builder
	url.WriteString("pkg:" + strings.ToLower(string(p.Type)) + "/")
	for part := range strings.SplitSeq(namespace, "/") {
		if part != "" {
			url.WriteString(escape(part) + "/")
		}
	}
	url.WriteString(escape(name))
	if version := p.versionOfURL(); version != "" {
		url.WriteString("@" + escape(version))
	}
	url.WriteString(p.qualifiers())
	return url.String()
}

// split gives namespace and name as the type's definition wants them.
func (p Package) split() (namespace, name string) {
	switch p.Type {
	case APK, Deb:
		return strings.ToLower(p.Distribution), strings.ToLower(p.Name)
	case RPM:
		return strings.ToLower(p.Distribution), p.Name
	case Maven:
		if group, artifact, found := strings.Cut(p.Name, ":"); found {
			return group, artifact
		}
		return "", p.Name
	case PyPI:
		return "", pypiName(p.Name)
	case Go, Composer:
		return cutLast(strings.ToLower(p.Name))
	case Gem, Cargo, NuGet:
		return "", p.Name
	}
	return cutLast(p.Name)
}

func cutLast(name string) (before, last string) {
	if slash := strings.LastIndexByte(name, '/'); slash > 0 {
		return name[:slash], name[slash+1:]
	}
	return "", name
}

// pypiName is the name by which the Python Package Index takes two for one.
func pypiName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// versionOfURL leaves the epoch of an RPM to the qualifiers.
func (p Package) versionOfURL() string {
	if p.Type == RPM {
		if _, version, found := strings.Cut(p.Version, ":"); found {
			return version
		}
	}
	return p.Version
}

func (p Package) qualifiers() string {
	var all []string
	if p.Architecture != "" && p.Type.OfSystem() {
		all = append(all, "arch="+escape(p.Architecture))
	}
	if p.Type == RPM {
		if epoch, _, found := strings.Cut(p.Version, ":"); found && epoch != "0" && epoch != "" {
			all = append(all, "epoch="+escape(epoch))
		}
	}
	if p.Distribution != "" && p.DistributionVersion != "" && p.Type.OfSystem() {
		all = append(all, "distro="+escape(p.Distribution+"-"+p.DistributionVersion))
	}
	if len(all) == 0 {
		return ""
	}
	slices.Sort(all)
	return "?" + strings.Join(all, "&")
}

// escape percent-encodes all but letters, digits, punctuation (-._~) and colons.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range []byte(text) {
		if plain(b) {
			out.WriteByte(b)
		} else {
			out.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return out.String()
}

func plain(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-._~:", b) >= 0
}
