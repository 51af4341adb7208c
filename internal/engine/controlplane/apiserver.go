package controlplane

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// AnonymousAuth judges an API server: it fails if requests without credentials are accepted for
// other paths than the parameter "paths". An AuthenticationConfiguration that speaks of anonymous
// requests decides, else the flag does, which is true by default.
func AnonymousAuth(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	const flag, file = "anonymous-auth", "authentication-config"
	if !i.boolean(flag, true) {
		return nil
	}
	if i.text(file) != "" {
		config := i.file(file)
		switch anonymous := config.Get("anonymous"); {
		case anonymous != nil:
			return judgeAnonymous(i, anonymous, in.Values.Strings("paths"))
		case config == nil && i.flags.Get(flag) == nil && refusesAnonymous(clusterOf(in, in.Subject), in.Values.Strings("paths")):
			return nil
		case config == nil && i.flags.Get(flag) == nil:
			return i.unknown(file, "what %s says of anonymous requests was not seen: scan that file together with this one, or the cluster with probes", i.text(file))
		}
	}
	if i.flags.Get(flag) == nil {
		return i.fail(flag, "requests without credentials are accepted: --anonymous-auth is not set")
	}
	return i.fail(flag, "requests without credentials are accepted: --anonymous-auth is %s", i.text(flag))
}

// judgeAnonymous judges the section anonymous of an AuthenticationConfiguration.
func judgeAnonymous(i instance, anonymous *document.Node, allowed []string) []assessment.Verdict {
	if !anonymous.Get("enabled").Bool() {
		return nil
	}
	conditions := anonymous.Get("conditions").Children()
	if len(conditions) == 0 {
		return i.fail("authentication-config", "requests without credentials are accepted for all paths: the AuthenticationConfiguration sets no conditions")
	}
	for _, condition := range conditions {
		if path := condition.Get("path").Text(); !slices.Contains(allowed, path) {
			return i.fail("authentication-config", "requests without credentials are accepted for %q: the AuthenticationConfiguration allows them", path)
		}
	}
	return nil
}

// refusesAnonymous reports whether a probe of the cluster shows that requests without credentials
// are refused as such (401) wherever they are not allowed.
func refusesAnonymous(cluster *document.Node, allowed []string) bool {
	answers := cluster.Get("probes", "anonymous").Children()
	for _, answer := range answers {
		if answer.Get("status").Int64() != 401 && !slices.Contains(allowed, answer.Get("path").Text()) {
			return false
		}
	}
	return len(answers) > 0
}

// authorizers gives the types of authorizers of an API server in their order. It is false if they
// stand in a file that was not seen.
func authorizers(in assessment.Input, i instance) (types []string, known bool) {
	if i.text("authorization-config") == "" {
		if modes := i.list("authorization-mode"); modes != nil {
			return modes, true
		}
		return []string{"AlwaysAllow"}, true // the API server's default
	}
	if config := i.file("authorization-config"); config != nil {
		for _, authorizer := range config.Get("authorizers").Children() {
			types = append(types, authorizer.Get("type").Text())
		}
		return types, true
	}
	// Metrics show only those that decided something, so that absence from them means nothing.
	for _, seen := range clusterOf(in, in.Subject).Get("metrics", "authorizers").Children() {
		types = append(types, seen.Text())
	}
	return types, false
}

const unseenAuthorizers = "which authorizers %s names was not seen: scan that file together with this one"

// AlwaysAllow judges an API server: it fails if an authorizer allows everything.
func AlwaysAllow(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	types, known := authorizers(in, i)
	allows := slices.Contains(types, "AlwaysAllow")
	switch {
	case allows && i.text("authorization-config") != "":
		return i.fail("authorization-config", "every request is allowed: the AuthorizationConfiguration names AlwaysAllow")
	case allows && i.text("authorization-mode") == "":
		return i.fail("authorization-mode", "every request is allowed: --authorization-mode is not set")
	case allows:
		return i.fail("authorization-mode", "every request is allowed: --authorization-mode names AlwaysAllow")
	case !known:
		return i.unknown("authorization-config", unseenAuthorizers, i.text("authorization-config"))
	}
	return nil
}

// authorizer makes the check that an authorizer of a type is on.
func authorizer(want, message string) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		i := instanceOf(in.Subject)
		types, known := authorizers(in, i)
		flag := "authorization-mode"
		if i.text("authorization-config") != "" {
			flag = "authorization-config"
		}
		switch {
		case slices.Contains(types, want):
			return nil
		case !known:
			return i.unknown(flag, unseenAuthorizers, i.text(flag))
		}
		return i.fail(flag, "%s", message)
	}
}

// SchedulerProfiling judges a scheduler: with --config the file decides and the flag is ignored.
func SchedulerProfiling(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	if i.text("config") == "" {
		switch {
		case !i.boolean("profiling", true):
			return nil
		case i.flags.Get("profiling") == nil:
			return i.fail("profiling", "profiling is on: --profiling is not set")
		}
		return i.fail("profiling", "profiling is on: --profiling is %s", i.text("profiling"))
	}
	config := i.file("config")
	enabled := config.Get("enableProfiling")
	switch {
	case config == nil:
		return i.unknown("config", "whether %s switches profiling off was not seen: scan that file together with this one", i.text("config"))
	case enabled != nil && enabled.Kind == document.Bool && !enabled.Bool():
		return nil
	}
	return i.fail("config", "profiling is on: the KubeSchedulerConfiguration does not set enableProfiling to false")
}

// AuditLogOutside judges an API server that records requests: it fails if the records stay on the
// node, for no webhook takes them and no pod that was seen reads the log's folder.
func AuditLogOutside(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	log := i.text("audit-log-path")
	switch {
	case i.text("audit-webhook-config-file") != "":
		return nil
	case log == "":
		return assessment.Skipped("no audit log is written, which api-server-audit-log tells")
	case log == "-":
		log = "/var/log/containers/kube-apiserver.log" // where the kubelet keeps what pods print
	}
	for _, s := range in.Index.Tops() {
		if together(s, in.Subject) && s.Kind != "Pod" && readsFolder(s, log) {
			return nil
		}
	}
	if !in.Inventory.Saw("", "DaemonSet") {
		return i.unknown("audit-log-path", "whether a log shipper reads %s was not seen: no right to list daemonsets", log)
	}
	return i.fail("audit-log-path", "audit log %s stays on the node: no webhook takes it, and no DaemonSet that was seen mounts its folder", i.text("audit-log-path"))
}

// readsFolder reports whether the pods of a workload mount a folder of the node that holds a file.
func readsFolder(s *inventory.Subject, file string) bool {
	for _, volume := range s.Pod.Spec.Get("volumes").Children() {
		folder := strings.TrimSuffix(volume.Get("hostPath", "path").Text(), "/")
		if volume.Get("hostPath") != nil && (folder == "" || strings.HasPrefix(file, folder+"/") || file == folder) {
			return true
		}
	}
	return false
}
