package fact

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// flagz is what a component's /flagz page says of itself.
type flagz struct {
	flags map[string]string // effective values by name; empty values are left out
	form  string            // the form in which the page was served
}

// flagzForms are what /flagz is asked for, the best first: objects since Kubernetes 1.34 (v1beta1
// since 1.36), text since 1.32.
const flagzForms = "application/json;v=v1beta1;g=config.k8s.io;as=Flagz, " +
	"application/json;v=v1alpha1;g=config.k8s.io;as=Flagz, text/plain;q=0.5"

func (c *collection) readFlagz(ctx context.Context) (*flagz, *problem) {
	const path = "/flagz"
	a := c.get(ctx, path, flagzForms)
	if a.err == nil && a.status == http.StatusNotAcceptable {
		a = c.get(ctx, path, "text/plain")
	}
	if p := a.problem(nonResource(path)+" (the role system:monitoring has it)", "the API server serves no /flagz (before 1.36, or closed by the provider)"); p != nil {
		return nil, p
	}
	f, err := parseFlagz(a.body)
	if err != nil {
		return nil, &problem{fmt.Sprintf("read /flagz of the API server: %v", err), true}
	}
	return f, nil
}

// parseFlagz reads any form of the page.
func parseFlagz(body []byte) (*flagz, error) {
	if strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{") {
		return parseFlagzObject(body)
	}
	return parseFlagzText(string(body))
}

func parseFlagzObject(body []byte) (*flagz, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	flags := root.Get("flags")
	if root.Get("kind").Text() != "Flagz" || flags == nil || flags.Kind != document.Map {
		return nil, errors.New("the answer is no Flagz object")
	}
	f := &flagz{flags: map[string]string{}, form: root.Get("apiVersion").Text()}
	for _, flag := range flags.Children() {
		f.set(flag.Key(), flag.Text())
	}
	return f, nil
}

// flagName matches the name of a flag at the beginning of a line.
var flagName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*`)

// flagzSeparators are those between name and value; a page has one of them, drawn at random.
var flagzSeparators = []string{": ", ":", "=", " "}

// parseFlagzText reads the form for people: two lines of heading, then a line for each flag.
func parseFlagzText(body string) (*flagz, error) {
	heading, rest, found := strings.Cut(strings.TrimLeft(body, "\r\n"), "\n")
	if !found || !strings.HasSuffix(strings.TrimSpace(heading), " flagz") {
		return nil, errors.New("the answer is no page of flags")
	}
	f := &flagz{flags: map[string]string{}, form: "text"}
	lines := strings.Split(rest, "\n")
	separator := separatorOf(lines)
	if separator == "" {
		return nil, errors.New("the answer is a page of flags without flags")
	}
	for _, line := range lines {
		line = strings.TrimRight(line, "\r")
		name := flagName.FindString(line)
		if value, found := strings.CutPrefix(line[len(name):], separator); found && name != "" {
			f.set(name, value)
		}
	}
	return f, nil
}

// separatorOf is the separator behind the first name; "" if there is none.
func separatorOf(lines []string) string {
	for _, line := range lines {
		name := flagName.FindString(line)
		if name == "" {
			continue
		}
		for _, separator := range flagzSeparators {
			if strings.HasPrefix(line[len(name):], separator) {
				return separator
			}
		}
	}
	return ""
}

// set keeps a flag as a command line would give it: lists are shown in brackets, and what nobody
// set shows as nothing.
func (f *flagz) set(name, value string) {
	if inner, found := strings.CutPrefix(value, "["); found && strings.HasSuffix(inner, "]") {
		value = strings.TrimSuffix(inner, "]")
	}
	if value != "" {
		f.flags[name] = value
	}
}
