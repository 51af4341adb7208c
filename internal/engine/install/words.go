package install

import (
	"fmt"
	"path"
	"strings"
)

// mostNamed is how many packages a message names.
const mostNamed = 5

// listed names packages: "a, b and c", of many the first ones.
func listed(packages []pkg) string {
	var names []string
	for _, p := range packages {
		names = append(names, p.name)
	}
	switch {
	case len(names) > mostNamed:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
	case len(names) > 1:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
	return strings.Join(names, "")
}

// called names a call as it is written: apt-get install.
func (k *call) called() string {
	verb := k.verb.Text()
	if k.verb == k.Words[0] || verb == "" {
		return k.program
	}
	return k.program + " " + verb
}

// among reports whether a name is one of some, which may hold * and ?.
func among(name string, patterns []string) bool {
	for _, pattern := range patterns {
		if pattern == name {
			return true
		}
		if strings.ContainsAny(pattern, "*?[") {
			if matched, err := path.Match(pattern, name); err == nil && matched {
				return true
			}
		}
	}
	return false
}
