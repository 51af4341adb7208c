package component

import (
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// localOutputs are outputs of Fluent Bit that keep logs where they are.
var (
	fluentOutput = regexp.MustCompile(`(?im)^\s*name\s+(\S+)`)
	localOutputs = map[string]bool{"stdout": true, "null": true, "file": true, "counter": true, "exit": true}
)

// shipsSomewhere looks for an output of Fluent Bit that leaves the node, in the ConfigMaps of its
// namespace or in the objects of its operator. Where neither is seen nothing is held against it.
func shipsSomewhere(s *seen) string {
	if len(s.kinds("ClusterOutput"))+len(s.kinds("Output")) > 0 {
		return ""
	}
	local := false
	for _, w := range s.workloads {
		for _, config := range s.index.In("ConfigMap", w.Namespace) {
			for _, file := range config.Root.Get("data").Children() {
				for _, section := range strings.Split(file.Text(), "[OUTPUT]")[1:] {
					section, _, _ = strings.Cut(section, "\n[")
					name := fluentOutput.FindStringSubmatch(section)
					if name != nil && !localOutputs[strings.ToLower(name[1])] {
						return ""
					}
					local = true
				}
			}
		}
	}
	if local {
		return "its outputs keep the logs on the node"
	}
	return ""
}

// falcoTells asks that Falco sends its alerts somewhere: Falcosidekick, HTTP or gRPC. With its
// output in the Pods' logs only, a log shipper must carry them on.
func falcoTells(s *seen) string {
	for _, w := range s.index.Tops() {
		if strings.Contains(w.Name, "falcosidekick") {
			return ""
		}
	}
	for _, w := range s.workloads {
		for _, config := range s.index.In("ConfigMap", w.Namespace) {
			settings := readSettings(config.Root.Get("data", "falco.yaml"))
			for _, output := range []string{"http_output", "grpc_output", "program_output", "syslog_output"} {
				if settings.Get(output, "enabled").Bool() {
					return ""
				}
			}
			if settings != nil && settings.Get("stdout_output", "enabled").Bool() {
				return ""
			}
			if settings != nil {
				return "none of its outputs is enabled"
			}
		}
	}
	return ""
}

// readSettings reads a YAML text kept in a ConfigMap; nil if it is none.
func readSettings(text *document.Node) *document.Node {
	if text == nil {
		return nil
	}
	documents, _ := document.Read([]byte(text.Text()), document.DefaultLimits)
	if len(documents) == 0 {
		return nil
	}
	return documents[0].Root
}

// sigstoreEnforces asks for an enforcing ClusterImagePolicy and a namespace that is included.
func sigstoreEnforces(s *seen) string {
	policies := s.kinds("ClusterImagePolicy")
	enforcing := 0
	for _, policy := range policies {
		if policy.Root.Get("spec", "mode").Text() != "warn" {
			enforcing++
		}
	}
	switch {
	case len(policies) == 0:
		return "no ClusterImagePolicy tells it what to verify"
	case enforcing == 0:
		return "every ClusterImagePolicy only warns"
	}
	for _, namespace := range s.index.Kind("Namespace") {
		if namespace.Labels().Get("policy.sigstore.dev/include").Text() == "true" {
			return ""
		}
	}
	return "no namespace has the label policy.sigstore.dev/include=true"
}

// kyvernoVerifies asks for a policy that verifies images and refuses.
func kyvernoVerifies(s *seen) string {
	for _, policy := range s.kinds("ImageValidatingPolicy") {
		for _, action := range policy.Root.Get("spec", "validationActions").Children() {
			if action.Text() == "Deny" {
				return ""
			}
		}
	}
	verifies := false
	for _, policy := range append(s.kinds("ClusterPolicy"), s.kinds("Policy")...) {
		for _, rule := range policy.Root.Get("spec", "rules").Children() {
			for _, verify := range rule.Get("verifyImages").Children() {
				verifies = true
				action := verify.Get("failureAction").Text()
				if action == "" {
					action = policy.Root.Get("spec", "validationFailureAction").Text()
				}
				if strings.EqualFold(action, "enforce") {
					return ""
				}
			}
		}
	}
	if verifies {
		return "its policies report unsigned images and let them run"
	}
	return "no policy of it verifies images"
}

// connaisseurRefuses asks that its webhook fails closed.
func connaisseurRefuses(s *seen) string {
	for _, webhook := range s.index.Kind("MutatingWebhookConfiguration") {
		if !strings.Contains(webhook.Name, "connaisseur") {
			continue
		}
		for _, hook := range webhook.Root.Get("webhooks").Children() {
			if hook.Get("failurePolicy").Text() == "Ignore" {
				return "its webhook lets images pass when it does not answer (failurePolicy Ignore)"
			}
		}
		return ""
	}
	return "its webhook was not seen"
}

// fluxDecrypts asks for a Kustomization of Flux that decrypts with SOPS.
func fluxDecrypts(s *seen) string {
	for _, kustomization := range s.kinds("Kustomization") {
		if kustomization.Root.Get("spec", "decryption", "provider").Text() == "sops" {
			return ""
		}
	}
	return "no Kustomization of it decrypts with SOPS"
}

// veleroBacksUp asks for a place to back up to and a schedule that is not paused.
func veleroBacksUp(s *seen) string {
	if !anyOf(s.kinds("BackupStorageLocation"), func(o *inventory.Subject) bool { return o.Root.Get("status", "phase").Text() == "Available" }) {
		return "no BackupStorageLocation of it is available"
	}
	schedules := s.kinds("Schedule")
	switch {
	case len(schedules) == 0:
		return "it has no Schedule: backups are made by hand only"
	case !anyOf(schedules, func(o *inventory.Subject) bool { return !o.Root.Get("spec", "paused").Bool() }):
		return "every Schedule of it is paused"
	}
	return ""
}

func anyOf(objects []*inventory.Subject, test func(*inventory.Subject) bool) bool {
	for _, o := range objects {
		if test(o) {
			return true
		}
	}
	return false
}
