package imagecontents

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// emptyPassword fails for every user of the image whose password is empty.
func emptyPassword(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, user := range in.Element.Get("users").Children() {
		if user.Get("password").Text() == "empty" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("the password of user %q is empty", user.Get("name").Text()), user, "password"))
		}
	}
	return verdicts
}

// extraRoot fails for every user of UID 0 that is not called root.
func extraRoot(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, user := range in.Element.Get("users").Children() {
		if name := user.Get("name").Text(); number(user.Get("uid")) == 0 && name != "root" && user.Get("uid").Text() != "" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("user %q has UID 0, as root has", name), user, "uid"))
		}
	}
	return verdicts
}
