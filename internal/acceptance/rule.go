// Package acceptance decides which failures are accepted risks: by exceptions in the
// configuration, by comments beside the guilty line and by annotations on the object. Each needs
// a reason and an end date. Begin with Apply.
package acceptance

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// Rule is one exception of the configuration.
type Rule struct {
	Control   string `yaml:"control"`
	Subject   string `yaml:"subject"`   // name, Kind/name or namespace/Kind/name, with *, ? and, in names of images, **
	Container string `yaml:"container"` // with * and ?; empty for all
	Path      string `yaml:"path"`      // of the file, with *, ? and **
	Reason    string `yaml:"reason"`
	Owner     string `yaml:"owner"`
	Expires   string `yaml:"expires"` // 2027-01-31; accepted through that day

	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// Validate says what is missing in a rule.
func (r Rule) Validate() error {
	switch {
	case r.Control == "":
		return fmt.Errorf("exception names no control: add control: ID")
	case r.Subject == "" && r.Path == "":
		return fmt.Errorf("exception for %s names neither subject nor path: say what it covers", r.Control)
	case strings.TrimSpace(r.Reason) == "":
		return fmt.Errorf("exception for %s has no reason: say why the risk is accepted", r.Control)
	case r.Expires == "":
		return fmt.Errorf("exception for %s has no end date: add expires: YYYY-MM-DD", r.Control)
	}
	if _, err := time.Parse(time.DateOnly, r.Expires); err != nil {
		return fmt.Errorf("exception for %s ends on %q, which is no date: write YYYY-MM-DD", r.Control, r.Expires)
	}
	return nil
}

// covers reports whether the rule is about the finding, whatever the day.
func (r Rule) covers(f *assessment.Finding) bool {
	return r.Control == f.Control &&
		(r.Path == "" || Glob(r.Path).MatchString(cmp.Or(f.Location.File, f.Subject.File))) &&
		(r.Container == "" || Glob(r.Container).MatchString(f.Subject.Container)) &&
		(r.Subject == "" || CoversSubject(r.Subject, f.Subject))
}

// CoversSubject reports whether a pattern for name, Kind/name or namespace/Kind/name is about a subject:
// names of images hold slashes too.
func CoversSubject(pattern string, s assessment.Subject) bool {
	have := []string{s.Namespace, s.Kind, s.Name}
	for count := 1; count <= len(have); count++ {
		parts, of := strings.SplitN(pattern, "/", count), have[len(have)-count:]
		matches := len(parts) == count
		for i := 0; matches && i < count; i++ {
			matches = Glob(parts[i]).MatchString(of[i])
		}
		if matches {
			return true
		}
	}
	return false
}

// Glob makes a pattern of * (within a path part), ** (across parts) and ? into an expression
// that matches the whole text.
func Glob(pattern string) *regexp.Regexp {
	pattern = strings.ToValidUTF8(pattern, "\uFFFD")
	var b strings.Builder
	b.WriteString("(?s)^")
	for pattern != "" {
		step := 1
		switch {
		case strings.HasPrefix(pattern, "**/"):
			b.WriteString("(?:.*/)?")
			step = len("**/")
		case strings.HasPrefix(pattern, "**"):
			b.WriteString(".*")
			step = len("**")
		case pattern[0] == '*':
			b.WriteString("[^/]*")
		case pattern[0] == '?':
			b.WriteString("[^/]")
		default:
			_, step = utf8.DecodeRuneInString(pattern)
			b.WriteString(regexp.QuoteMeta(pattern[:step]))
		}
		pattern = pattern[step:]
	}
	return regexp.MustCompile(b.String() + "$")
}
