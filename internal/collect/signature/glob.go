package signature

import (
	"regexp"
	"strings"
)

// expression writes a glob as a regular expression of the whole text. Go's matcher needs linear time.
func expression(glob string) string {
	var out strings.Builder
	out.WriteString(`^(?s:`)
	for i := 0; i < len(glob); i++ {
		switch {
		case strings.HasPrefix(glob[i:], "**"):
			out.WriteString(`.*`)
			i++
		case glob[i] == '*':
			out.WriteString(`[^/]*`)
		case glob[i] == '?':
			out.WriteString(`[^/]`)
		default:
			out.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	return out.String() + `)$`
}

// globs are compiled globs.
type globs []*regexp.Regexp

func compile(patterns []string) (globs, error) {
	var all globs
	for _, pattern := range patterns {
		one, err := regexp.Compile(expression(pattern))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (g globs) match(texts ...string) bool {
	for _, one := range g {
		for _, text := range texts {
			if one.MatchString(text) {
				return true
			}
		}
	}
	return false
}

// onlyStars reports whether a glob says nothing.
func onlyStars(glob string) bool { return strings.Trim(glob, "*?") == "" }

// repository writes a repository as docker does: docker.io/library/nginx for nginx.
func repository(name string) string {
	name = strings.TrimPrefix(name, "index.")
	first, rest, ok := strings.Cut(name, "/")
	switch {
	case name == "":
		return ""
	case !ok:
		return "docker.io/library/" + name
	case first == "docker.io" && !strings.Contains(rest, "/"):
		return "docker.io/library/" + rest
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return "docker.io/" + name
	}
	return name
}

// splitReference takes a reference apart; a digest is left out.
func splitReference(reference string) (name, tag string) {
	name, _, _ = strings.Cut(reference, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		return name[:colon], name[colon+1:]
	}
	return name, ""
}
