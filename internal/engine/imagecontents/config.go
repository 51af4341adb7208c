package imagecontents

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// ports fails for every port that the image exposes and that the parameter "ports" knows, a map
// from the port's number to what it is for.
func ports(in assessment.Input) []assessment.Verdict {
	known := in.Values.Map("ports")
	var verdicts []assessment.Verdict
	for _, port := range in.Element.Get("config", "ports").Children() {
		from, to := portRange(port.Text())
		for number := range known {
			if at := portNumber(number); at > 0 && from <= at && at <= to {
				verdicts = append(verdicts, failed(port, "port %s is exposed, which is for %s", port.Text(), known[number])...)
			}
		}
	}
	slices.SortStableFunc(verdicts, func(a, b assessment.Verdict) int { return strings.Compare(a.Message, b.Message) })
	return slices.CompactFunc(verdicts, func(a, b assessment.Verdict) bool { return a.Message == b.Message }) // a range of several
}

// portRange reads 22/tcp, 22 and 8000-8010/tcp; nothing is in the range 1 to 0.
func portRange(text string) (from, to int) {
	text, _, _ = strings.Cut(text, "/")
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	if from, to = portNumber(first), portNumber(last); from == 0 || to == 0 {
		return 1, 0
	}
	return from, to
}

// portNumber is 0 for what is no port.
func portNumber(text string) int {
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int(number)
}

// shellForm fails if the image starts its program by "sh -c": the shell stands between it and
// the signals. With exec the shell gives way.
func shellForm(in assessment.Input) []assessment.Verdict {
	config := in.Element.Get("config")
	list, name := config.Get("entrypoint"), "ENTRYPOINT"
	if list.Len() == 0 {
		list, name = config.Get("cmd"), "CMD"
	}
	if list.Len() == 0 {
		return assessment.Skipped("the image names no program to start")
	}
	if command, ok := shellCommand(list); ok && !endsInExec(command) {
		return failed(list, "%s is in shell form: the shell gets the signals that stop the container, not the program", name)
	}
	return nil
}

// shellCommand gives what a list hands to "sh -c".
func shellCommand(list *document.Node) (string, bool) {
	all := words(list)
	if len(all) < 3 || !strings.HasPrefix(all[1], "-") || !strings.HasSuffix(all[1], "c") {
		return "", false
	}
	shell := path.Base(all[0])
	return all[2], slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh", "ksh"}, shell)
}

// endsInExec reports whether the last command of a line takes the place of the shell.
func endsInExec(command string) bool {
	command = strings.TrimRight(command, "; \n")
	for _, word := range strings.Fields(command[strings.LastIndexAny(command, ";&|\n")+1:]) {
		if !strings.Contains(word, "=") {
			return word == "exec"
		}
	}
	return false
}
