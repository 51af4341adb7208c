package proof

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// outcome is what became of an object.
type outcome string

const (
	accepted outcome = "accepted"
	refused  outcome = "refused"
	mended   outcome = "mended" // accepted, but changed so that the fault is gone
	unknown  outcome = "unknown"
)

// answer is the outcome of a trial and the server's words for it.
type answer struct {
	outcome  outcome
	message  string
	hopeless bool // other objects in the namespace would be answered alike
	stored   bool // the server did not obey the dry run
}

// noRight is how the API server's authorizers refuse a create; admission names the object.
var noRight = regexp.MustCompile(`^\S+ is forbidden: User ".*" cannot create resource "[^"]*" in API group "`)

// noDryRun is how the API server refuses a dry run that a webhook with side effects would see.
const noDryRun = "does not support dry run"

// read tells what an answer means.
func read(t trial, status int, body []byte, err error) answer {
	if err != nil {
		return unclear("%v: try again", err)
	}
	var given struct {
		Message  string
		Metadata struct{ ResourceVersion string }
	}
	if json.Unmarshal(body, &given) != nil {
		return unclear("the server answers %d with something that is no object: is there a login page before it?", status)
	}
	message := clipped(given.Message)
	switch {
	case status >= 200 && status < 300:
		return taken(t, body, given.Metadata.ResourceVersion)
	case status == http.StatusForbidden && noRight.MatchString(given.Message):
		return answer{outcome: unknown, hopeless: t.kind.resource == pods.resource,
			message: fmt.Sprintf("no right to create %[1]s: grant create on %[1]s (the dry run stores nothing)", t.kind.resource)}
	case status == http.StatusUnauthorized:
		return answer{outcome: unknown, hopeless: true, message: "the server does not accept the credentials: log in again"}
	case strings.Contains(given.Message, noDryRun):
		return unclear("a webhook does not support dry runs: declare its sideEffects as None or NoneOnDryRun: %s", message)
	case status == http.StatusForbidden, status == http.StatusUnprocessableEntity,
		status == http.StatusBadRequest && strings.Contains(given.Message, "denied the request"):
		return answer{outcome: refused, message: message}
	}
	return unclear("the server answers %d %s: %s", status, http.StatusText(status), message)
}

func unclear(format string, args ...any) answer {
	return answer{outcome: unknown, message: strings.TrimSuffix(fmt.Sprintf(format, args...), ": ")}
}

// taken is the answer to an object that the server accepts. What is stored has a version; what
// was tried has none.
func taken(t trial, body []byte, version string) answer {
	var object map[string]any
	switch {
	case json.Unmarshal(body, &object) != nil, object["kind"] != t.kind.name:
		return unclear("the server gives no %s back", t.kind.name)
	case version != "":
		return answer{outcome: unknown, message: "the server stores what is sent as a dry run", stored: true}
	case t.mended(object):
		return answer{outcome: mended}
	}
	return answer{outcome: accepted}
}

// mostWords is how many bytes of the server's words are kept.
const mostWords = 300

// clipped bounds the words of a server, and keeps them on one line.
func clipped(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > mostWords {
		text = strings.ToValidUTF8(text[:mostWords], "") + "..."
	}
	return text
}
