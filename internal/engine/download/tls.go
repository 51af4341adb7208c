package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// UnverifiedTLS finds what switches the check of certificates off. Scope object:Dockerfile.
func UnverifiedTLS(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	all := fetches(file.Stages)
	told := map[*document.Node]bool{}
	for _, f := range all {
		if f.insecure == nil || told[f.insecure] || f.asks || checkedBy(f, all) == strong {
			continue
		}
		told[f.insecure] = true
		verdicts = append(verdicts, assessment.Failed("RUN fetches "+f.told()+" without a check of the server's certificate", f.insecure))
	}
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		for _, g := range switchedOff(i) {
			verdicts = append(verdicts, assessment.Failed(g.message, g.node))
		}
	})
	return verdicts
}

// switchedOff are the settings of an instruction that make programs trust any certificate.
func switchedOff(i *dockerfile.Instruction) []guilty {
	var all []guilty
	for _, pair := range i.Get("pairs").Children() {
		if name := pair.Get("name").Text(); i.Name != "LABEL" && isSwitch(name, pair.Get("value").Text()) {
			all = append(all, guilty{pair, i.Name + " " + name + " switches the check of certificates off"})
		}
	}
	if i.Name != "RUN" {
		return all
	}
	for _, c := range i.Commands {
		for _, pair := range c.Get("env").Children() {
			if name := pair.Get("name").Text(); isSwitch(name, pair.Get("value").Text()) {
				all = append(all, guilty{pair, name + " switches the check of certificates off"})
			}
		}
		if word := trusting(c); word != nil {
			all = append(all, guilty{word, c.Name + " is told to trust any certificate"})
		}
	}
	return all
}

// isSwitch knows the variables that switch the check of certificates off.
func isSwitch(name, value string) bool {
	switch strings.ToUpper(name) {
	case "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY":
		return value == "0"
	case "GIT_SSL_NO_VERIFY":
		return value != "" && value != "0" && !strings.EqualFold(value, "false")
	case "NPM_CONFIG_STRICT_SSL", "YARN_STRICT_SSL", "YARN_ENABLE_STRICT_SSL", "BUNDLE_SSL_VERIFY_MODE__DISABLED":
		return strings.EqualFold(value, "false")
	case "CONDA_SSL_VERIFY":
		return strings.EqualFold(value, "false")
	}
	return false
}

// trusting is the word of a command that makes it, or those after it, trust any certificate.
func trusting(c *dockerfile.Command) *document.Node {
	for n, node := range arguments(c) {
		word, next := strings.ToLower(node.Text()), strings.ToLower(c.Word(n+2))
		off := next == "false" || next == "0" || next == "off"
		switch c.Name {
		case "git":
			if word == "http.sslverify=false" || strings.HasSuffix(word, "sslverify") && off {
				return node
			}
		case "npm", "yarn", "pnpm":
			if word == "strict-ssl" && off || word == "enablestrictssl" && off || word == "strict-ssl=false" || word == "--strict-ssl=false" || word == "--no-strict-ssl" {
				return node
			}
		case "pip", "pip3", "python", "python3", "conda", "bundle":
			if strings.HasPrefix(word, "--trusted-host") {
				return node
			}
			if c.Name == "conda" && (word == "ssl_verify" && off || word == "--insecure") || c.Name == "bundle" && word == "ssl_verify_mode" && next == "0" {
				return node
			}
		case "apt-get", "apt":
			if strings.Contains(word, "verify-peer=false") || strings.Contains(word, "verify-peer=0") || strings.Contains(word, `verify-peer "false"`) {
				return node
			}
		case "composer":
			if word == "disable-tls" && next == "true" {
				return node
			}
		case "echo", "printf":
			if isWritten(c, word) {
				return node
			}
		}
	}
	return nil
}

// isWritten knows what echo writes into the settings of programs.
func isWritten(c *dockerfile.Command, word string) bool {
	for _, file := range c.Get("writes").Children() {
		name := base(file.Text())
		switch {
		case name == ".curlrc" || name == "curlrc":
			return strings.TrimLeft(word, "-") == "insecure" || strings.HasPrefix(word, "insecure")
		case name == ".wgetrc" || name == "wgetrc":
			word = strings.ReplaceAll(word, " ", "")
			return strings.HasPrefix(word, "check_certificate=off") || strings.HasPrefix(word, "check-certificate=off")
		case name == ".npmrc" || name == ".condarc":
			word = strings.ReplaceAll(word, " ", "")
			return strings.Contains(word, "strict-ssl=false") || strings.Contains(word, "ssl_verify:false")
		case strings.HasPrefix(file.Text(), "/etc/apt/"):
			return strings.Contains(word, "verify-peer") && strings.Contains(word, "false")
		case strings.HasPrefix(file.Text(), "/etc/yum"), strings.HasPrefix(file.Text(), "/etc/dnf"):
			return strings.Contains(word, "sslverify=0") || strings.Contains(word, "sslverify=false")
		}
	}
	return false
}
