package install

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Untrusted finds where packages are taken whose signatures nobody verifies: by options, by configuration
// that is written, by indexes over plain http. Certificates are judged elsewhere. Scope object:Dockerfile.
func Untrusted(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	tell := func(n *document.Node, message string) { verdicts = append(verdicts, assessment.Failed(message, n)) }
	b := of(in)
	for _, k := range b.calls {
		for _, o := range k.options {
			if message := k.distrusts(o); message != "" {
				tell(o.node, message)
			}
		}
	}
	dockerfile.Each(b.Stages, func(i *dockerfile.Instruction) {
		pairs(i.Get("pairs"), tell)
		for _, h := range i.Get("heredocs").Children() {
			if message := configured(h.Get("text").Text()); message != "" && len(i.Commands) == 0 {
				tell(h.Get("text"), message)
			}
		}
		if i.Name != "RUN" {
			return
		}
		for _, c := range i.Commands {
			pairs(c.Get("env"), tell)
			if n, message := switchedOff(c); n != nil {
				tell(n, message)
			}
		}
	})
	return verdicts
}

// distrusting are options by family that switch a verification off.
var distrusting = map[string][]string{
	"apt":    {"--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"},
	"apk":    {"--allow-untrusted"},
	"yum":    {"--nogpgcheck", "--no-gpgchecks", "--no-gpg-checks"},
	"zypper": {"--no-gpg-checks", "--no-gpgcheck", "--allow-unsigned-rpm", "--gpgcheck-allow-unsigned", "--gpgcheck-allow-unsigned-repo"},
	"local":  {"--nosignature", "--nodigest"},
	"gem":    {"--http-proxy-insecure"},
	"go":     {"-insecure"},
	"conda":  {"--insecure", "-k"},
}

// distrustingKeys are settings of options such as -o and --setopt, and what switches them off.
var distrustingKeys = map[string]bool{
	"apt::get::allowunauthenticated": true, "acquire::allowinsecurerepositories": true, "gpgcheck": false, "pkg_gpgcheck": false,
}

// distrusts tells what an option of a call switches off; "" for nothing.
func (k *call) distrusts(o option) string {
	family := k.grammar.family
	if slices.Contains(distrusting[family], o.name) {
		return k.program + " is called with " + o.name
	}
	key, value, found := strings.Cut(strings.ToLower(o.value), "=")
	if at := strings.LastIndexByte(key, '.'); at >= 0 && !strings.Contains(key, "::") { // epel.gpgcheck
		key = key[at+1:]
	}
	if on, known := distrustingKeys[key]; found && known && on != isOff(value) {
		return k.program + " is called with " + o.value
	}
	if isPlain(o.value) && slices.Contains(indexOptions[family], o.name) {
		return k.program + " takes packages over plain http"
	}
	return ""
}

// indexOptions name where packages come from whose signatures are not verified.
var indexOptions = map[string][]string{
	"pip":  {"-i", "--index-url", "--extra-index-url", "-f", "--find-links"},
	"uv":   {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--default-index", "--index"},
	"npm":  {"--registry"},
	"yarn": {"--registry"},
	"pnpm": {"--registry"},
	"gem":  {"-s", "--source"},
}

var plainAddress = regexp.MustCompile(`^http://([^/:@$]+)`)

// isPlain reports whether a text is an http address of another machine.
func isPlain(text string) bool {
	match := plainAddress.FindStringSubmatch(text)
	return match != nil && !isLoopback(match[1])
}

func isLoopback(host string) bool {
	host, _, _ = strings.Cut(host, ":")
	return host == "localhost" || host == "host.docker.internal" || strings.HasPrefix(host, "127.")
}

// distrustingVariables are variables by their names in small letters, with the values that make
// package managers trust whoever answers.
var distrustingVariables = map[string]func(string) bool{
	"pip_index_url":       isPlain,
	"pip_extra_index_url": isPlain,
	"uv_index_url":        isPlain,
	"npm_config_registry": isPlain,
	"goinsecure":          func(v string) bool { return v != "" && !isUnknown(v) },
}

func pairs(list *document.Node, tell func(*document.Node, string)) {
	for _, pair := range list.Children() {
		name, value := pair.Get("name").Text(), strings.ToLower(pair.Get("value").Text())
		if off := distrustingVariables[strings.ToLower(name)]; off != nil && off(value) {
			tell(pair, name+" makes packages come from whoever answers")
		}
	}
}

// configurations are lines of configuration files that switch verification off.
var configurations = []struct {
	line *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`(?i)\[[^\]\n]*trusted=yes[^\]\n]*\]\s*(https?|ftp)://`), "a source of packages is trusted=yes, so that signatures do not count"},
	{regexp.MustCompile(`(?i)\[[^\]\n]*allow-insecure=yes[^\]\n]*\]\s*(https?|ftp)://`), "a source of packages is allow-insecure=yes"},
	{regexp.MustCompile(`(?mi)(^|[\s,;'"]|\\n)gpgcheck\s*=\s*(0|false|no)\b`), "gpgcheck=0 switches the signatures of packages off"},
	{regexp.MustCompile(`(?i)(apt::get::allowunauthenticated|acquire::allowinsecurerepositories)\s*"?(true|1|yes)`), "apt accepts packages without signatures"},
}

func configured(text string) string {
	for _, c := range configurations {
		if c.line.MatchString(text) {
			return c.what
		}
	}
	return ""
}

// settings are commands that make package managers trust whoever answers, for all that follow, by their first words.
var settings = []struct {
	program string
	words   *regexp.Regexp
	what    string
}{
	{"npm", regexp.MustCompile(`(?i)^(-g |--global )?(config )?(-g |--global )?set (-g |--global )?([\w@:-]+:)?registry[ =]"?http://`), "npm takes packages over plain http"},
	{"yarn", regexp.MustCompile(`(?i)^config set (-g |--global )?"?(registry|npmregistryserver)"? "?http://`), "yarn takes packages over plain http"},
	{"gem", regexp.MustCompile(`(?i)^sources? .*(-a|--add) http://`), "gem takes packages over plain http"},
	{"composer", regexp.MustCompile(`(?i)^config .*secure-http (false|0)`), "composer takes packages over plain http"},
	{"pip", regexp.MustCompile(`(?i)^config .*set (\w+\.)?(extra-)?index-url http://`), "pip takes packages over plain http"},
	{"yum-config-manager", regexp.MustCompile(`(?i)gpgcheck=(0|false|no)`), "gpgcheck=0 switches the signatures of packages off"},
}

// writers are programs whose words are the text of configuration.
var writers = set("echo printf sed tee cat crudini")

// switchedOff is the word of a command that switches verification off, and what it does.
func switchedOff(c *dockerfile.Command) (*document.Node, string) {
	if len(c.Words) == 0 {
		return nil, ""
	}
	if input := c.Get("input"); input != nil {
		if message := configured(input.Text()); message != "" {
			return input, message
		}
	}
	if writers[c.Name] {
		return writes(c)
	}
	name := c.Name
	if pipName.MatchString(name) {
		name = "pip"
	}
	for _, s := range settings {
		if s.program == name && s.words.MatchString(joined(c)) {
			return c.Words[0], s.what
		}
	}
	return nil, ""
}

func writes(c *dockerfile.Command) (*document.Node, string) {
	for _, w := range c.Words[1:] {
		text := w.Text()
		if c.Name == "sed" { // only what it puts in
			if parts := strings.Split(text, text[min(1, len(text)):min(2, len(text))]); len(parts) > 2 && strings.HasPrefix(text, "s") {
				text = parts[2]
			} else {
				continue
			}
		}
		if message := configured(text); message != "" {
			return w, message
		}
	}
	if c.Name == "echo" { // deb [trusted=yes] http://... without quotes
		if message := configured(joined(c)); message != "" {
			return c.Words[0], message
		}
	}
	return nil, ""
}

func joined(c *dockerfile.Command) string {
	var b strings.Builder
	for i, w := range c.Words[1:] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text())
	}
	return b.String()
}
