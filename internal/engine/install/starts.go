package install

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// started is the server for remote administration that a command starts, now or at boot; "" for none.
func started(c *dockerfile.Command) string {
	switch {
	case len(c.Words) == 0:
		return ""
	case servers[c.Name]:
		if w := c.Word(1); w == "-V" || w == "--version" || w == "-t" || w == "-T" || w == "-h" || w == "--help" {
			return ""
		}
		return c.Name
	case c.Name == "service" || c.Name == "rc-service":
		return daemon(c.Word(1))
	case strings.Contains(c.Word(0), "/init.d/"):
		return daemon(c.Name)
	case c.Name == "rc-update" && c.Word(1) == "add":
		return daemon(c.Word(2))
	case c.Name == "systemctl" && (c.Word(1) == "enable" || c.Word(1) == "start"):
		for i := 2; i < len(c.Words); i++ {
			if name := daemon(strings.TrimSuffix(c.Word(i), ".service")); name != "" {
				return name
			}
		}
	}
	return ""
}

// daemon is the server that a service of some name starts.
func daemon(name string) string {
	switch {
	case name == "ssh":
		return "sshd"
	case servers[name] || name == "cockpit" || name == "cockpit.socket":
		return name
	}
	return ""
}

// people are programs that look at a running system or end it. Editors are not among them: they run
// scripts in builds, to install their plugins.
var people = set("top htop shutdown reboot poweroff halt ifconfig")

// Pointless finds commands that do nothing in a build. Scope object:Dockerfile.
func Pointless(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.EachCommand(of(in).Stages, func(c *dockerfile.Command) {
		switch {
		case people[c.Name] && c.Pipeline == 0:
			verdicts = append(verdicts, assessment.Failed("RUN calls "+c.Name+", which does nothing in a build", c.Words[0]))
		case startsService(c) && last(c):
			verdicts = append(verdicts, assessment.Failed("RUN starts a service, which ends with the RUN", c.Words[0]))
		}
	})
	return verdicts
}

func startsService(c *dockerfile.Command) bool {
	actions := []string{"start", "restart"}
	switch {
	case c.Name == "service" || c.Name == "rc-service":
		return slices.Contains(actions, c.Word(2))
	case c.Name == "systemctl":
		return slices.Contains(actions, c.Word(1))
	case len(c.Words) > 0 && strings.Contains(c.Word(0), "/init.d/"):
		return slices.Contains(actions, c.Word(1))
	}
	return false
}

// last reports whether nothing that could use the service comes behind a command.
func last(c *dockerfile.Command) bool {
	at := slices.Index(c.In.Commands, c)
	return !slices.ContainsFunc(c.In.Commands[at+1:], func(d *dockerfile.Command) bool { return !startsService(d) && !harmless[d.Name] })
}
