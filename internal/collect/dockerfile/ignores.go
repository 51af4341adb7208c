package dockerfile

import (
	"slices"
	"strings"
)

// ignoresIn gives the rules that comments above an instruction switch off for it, as hadolint has it:
// "hadolint ignore=DL3008,DL3009".
func ignoresIn(comments []string) []string {
	var rules []string
	for _, comment := range comments {
		rules = append(rules, ignored(comment, "ignore")...)
	}
	return rules
}

// globalIgnores gives the rules that a file switches off: "# hadolint global ignore=DL3008".
func globalIgnores(file lines) []string {
	var rules []string
	for _, line := range file {
		if comment, found := strings.CutPrefix(strings.TrimSpace(line), "#"); found {
			rules = append(rules, ignored(comment, "global")...)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

func ignored(comment, kind string) []string {
	rest, found := strings.CutPrefix(strings.TrimSpace(comment), "hadolint ")
	if !found {
		return nil
	}
	rest = strings.TrimSpace(rest)
	if kind == "global" {
		if rest, found = strings.CutPrefix(rest, "global "); !found {
			return nil
		}
		rest = strings.TrimSpace(rest)
	}
	list, found := strings.CutPrefix(rest, "ignore")
	if !found {
		return nil
	}
	list, found = strings.CutPrefix(strings.TrimSpace(list), "=")
	if !found {
		return nil
	}
	var rules []string
	for _, rule := range strings.Split(list, ",") {
		if words := strings.Fields(rule); len(words) > 0 {
			rules = append(rules, words[0])
		}
	}
	return rules
}
