package fact

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// openshiftParts are the components that OpenShift's operators configure by a ConfigMap, and the
// field of it that holds their flags.
var openshiftParts = []struct{ kind, component, configMap, flags string }{
	{inventory.FactAPIServer, "kube-apiserver", "openshift-kube-apiserver/config", "apiServerArguments"},
	{inventory.FactControllerManager, "kube-controller-manager", "openshift-kube-controller-manager/config", "extendedArguments"},
}

// openshift adds the components that OpenShift's ConfigMaps describe, and gives their kinds. Each
// is named after its pod where one is seen, since the pod's own command line holds less.
func (c *collection) openshift(r *reading) map[string]bool {
	found := map[string]bool{}
	for _, part := range openshiftParts {
		text := c.objects.data(part.configMap, "config.yaml")
		if text == "" {
			continue
		}
		config, err := parse([]byte(text))
		if err != nil {
			c.fail("read ConfigMap " + part.configMap + ": config.yaml: " + err.Error())
			continue
		}
		flags := openshiftFlags(config, part.flags)
		names := []string{part.component}
		if pods := c.objects.mirrors[part.component]; len(pods) > 0 {
			names = nil
			for _, pod := range pods {
				names = append(names, pod.Name)
			}
		}
		for _, name := range names {
			fields := map[string]any{"from": "ConfigMap " + part.configMap, "complete": false, "flags": anyTexts(flags)}
			if r.version.Git != "" {
				fields["version"] = r.version.Git
			}
			if files := c.openshiftFiles(part.configMap, flags); len(files) > 0 {
				fields["files"] = files
			}
			c.add(part.kind, name, fields)
		}
		found[part.kind] = true
	}
	return found
}

// servingFlags are fields of OpenShift's servingInfo that its API server turns into flags.
var servingFlags = map[string]string{
	"certFile": "tls-cert-file", "keyFile": "tls-private-key-file", "clientCA": "client-ca-file",
	"minTLSVersion": "tls-min-version", "cipherSuites": "tls-cipher-suites",
}

// openshiftFlags reads the flags, each a list of values, and what else becomes a flag.
func openshiftFlags(config *document.Node, field string) map[string]string {
	flags := map[string]string{}
	for name, flag := range servingFlags {
		if text := joined(config.Get("servingInfo", name)); text != "" {
			flags[flag] = text
		}
	}
	for _, argument := range config.Get(field).Children() {
		if text := joined(argument); text != "" {
			flags[argument.Key()] = text
		}
	}
	return flags
}

// joined is a text, or the texts of a list with commas between them.
func joined(n *document.Node) string {
	if n == nil || n.Kind != document.List {
		return n.Text()
	}
	var all []string
	for _, element := range n.Children() {
		all = append(all, element.Text())
	}
	return strings.Join(all, ",")
}

// openshiftFiles finds the configuration files that flags name among the ConfigMaps of the same
// namespace, where OpenShift keeps them under the name of the file.
func (c *collection) openshiftFiles(configMap string, flags map[string]string) map[string]any {
	namespace, _, _ := strings.Cut(configMap, "/")
	files := map[string]any{}
	for _, flag := range []string{"authentication-config", "authorization-config"} {
		file := flags[flag][strings.LastIndexByte(flags[flag], '/')+1:]
		for _, name := range slices.Sorted(maps.Keys(c.objects.configMaps)) {
			if file == "" || !strings.HasPrefix(name, namespace+"/") {
				continue
			}
			if content, err := parse([]byte(c.objects.data(name, file))); err == nil {
				files[flag] = content.Plain()
			}
		}
	}
	return files
}
