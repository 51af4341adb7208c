package copying

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Configuration finds files that configure one environment and go into the image, so that the image fits
// that environment alone. Scope object:Dockerfile.
func Configuration(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	eachSource(dockerfile.Of(in).Production(), func(s source) {
		if !s.isLocal() || !isConfiguration(s) {
			return
		}
		verdicts = append(verdicts, assessment.Failed(s.in.Name+" bakes the configuration of one environment into the image: "+told(s.name), s.node))
	})
	return verdicts
}

// environments are the words for environments in the names of files.
func isEnvironment(word string) bool {
	switch word {
	case "prod", "production", "prd", "staging", "stage", "stg", "preprod", "uat", "qa", "live":
		return true
	}
	return false
}

// configurationEndings are the endings of configuration.
func isConfigurationEnding(ending string) bool {
	switch ending {
	case ".yml", ".yaml", ".json", ".properties", ".toml", ".ini", ".conf", ".cfg", ".env", ".xml", ".config":
		return true
	}
	return false
}

// isConfiguration reports whether a name is that of configuration for one environment: application-prod.yml,
// .env.production, config/staging.json, settings_prod.py.
func isConfiguration(s source) bool {
	base := s.base()
	clean := strings.ToLower(path.Join("/", s.name))
	if isSampleName(clean) {
		return false
	}
	ending := path.Ext(base)
	stem := strings.TrimSuffix(base, ending)
	if strings.HasPrefix(base, ".env.") {
		return isEnvironment(strings.TrimPrefix(strings.TrimSuffix(base, ".local"), ".env."))
	}
	words := strings.FieldsFunc(stem, func(r rune) bool { return strings.ContainsRune(".-_", r) })
	if len(words) == 0 {
		return false
	}
	first, last := words[0], words[len(words)-1]
	if ending == ".py" {
		return (first == "settings" || first == "config") && len(words) > 1 && isEnvironment(last)
	}
	if !isConfigurationEnding(ending) || isToolFile(first) {
		return false
	}
	switch {
	case len(words) > 1 && isEnvironment(last):
		return isConfigurationWord(first)
	case len(words) > 1 && isEnvironment(first) && len(words) == 2:
		return isConfigurationWord(last)
	case len(words) == 1 && isEnvironment(first):
		folder := path.Base(path.Dir(clean))
		return isConfigurationWord(folder) || folder == "environments" || folder == "env"
	}
	return false
}

func isConfigurationWord(word string) bool {
	switch word {
	case "application", "app", "appsettings", "config", "configuration", "conf", "settings", "env", "environment", "bootstrap", "configs", "local", "parameters", "credentials", "database",
		"secrets", "log4j2", "logback":
		return true
	}
	return false
}

// isToolFile tells files of tools that build, which are no configuration of what runs.
func isToolFile(word string) bool {
	switch word {
	case "requirements", "webpack", "tsconfig", "package", "docker", "compose", "babel", "rollup", "vite", "gulp", "angular":
		return true
	}
	return false
}
