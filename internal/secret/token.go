package secret

import "strings"

// shape is a token that begins with a prefix of its provider.
type shape struct {
	prefix   string
	tail     charset // what follows the prefix
	min, max int     // how much of it; max 0 is no limit
	what     string
}

// shapes are the tokens whose providers gave them a prefix so that they can be found.
var shapes = []shape{
	{"AKIA", upperNum, 16, 16, "an AWS access key id"},
	{"ASIA", upperNum, 16, 16, "an AWS access key id"},
	{"AIza", word, 35, 35, "a Google API key"},
	{"GOCSPX-", word, 24, 40, "a Google OAuth client secret"},
	{"ya29.", word, 30, 0, "a Google OAuth access token"},
	{"ghp_", alnum, 36, 255, "a GitHub token"},
	{"gho_", alnum, 36, 255, "a GitHub token"},
	{"ghu_", alnum, 36, 255, "a GitHub token"},
	{"ghs_", alnum, 36, 255, "a GitHub token"},
	{"ghr_", alnum, 36, 255, "a GitHub token"},
	{"github_pat_", alnum | under, 60, 255, "a GitHub token"},
	{"glpat-", word | dot, 20, 0, "a GitLab token"},
	{"gldt-", word | dot, 20, 0, "a GitLab deploy token"},
	{"glrt-", word | dot, 20, 0, "a GitLab runner token"},
	{"glptt-", word | dot, 20, 0, "a GitLab trigger token"},
	{"glcbt-", word | dot, 20, 0, "a GitLab job token"},
	{"glsoat-", word | dot, 20, 0, "a GitLab token"},
	{"glagent-", word | dot, 20, 0, "a GitLab agent token"},
	{"ATATT3xFf", word | equals, 100, 0, "an Atlassian API token"},
	{"ATBB", alnum, 32, 32, "a Bitbucket app password"},
	{"xoxb-", alnum | dash, 20, 0, "a Slack token"},
	{"xoxp-", alnum | dash, 20, 0, "a Slack token"},
	{"xoxa-", alnum | dash, 20, 0, "a Slack token"},
	{"xoxr-", alnum | dash, 20, 0, "a Slack token"},
	{"xoxs-", alnum | dash, 20, 0, "a Slack token"},
	{"xoxe.", alnum | dash | dot, 20, 0, "a Slack token"},
	{"xapp-", alnum | dash, 20, 0, "a Slack app token"},
	{"sk_live_", alnum, 20, 255, "a Stripe secret key"},
	{"sk_test_", alnum, 20, 255, "a Stripe test key"},
	{"rk_live_", alnum, 20, 255, "a Stripe restricted key"},
	{"whsec_", base64Std, 24, 0, "a webhook signing secret"},
	{"sk-ant-", word, 30, 0, "an Anthropic API key"},
	{"sk-proj-", word, 30, 0, "an OpenAI API key"},
	{"sk-svcacct-", word, 30, 0, "an OpenAI API key"},
	{"sk-or-v1-", hexDigits, 60, 70, "an OpenRouter API key"},
	{"sk-", alnum, 32, 64, "an API key"},
	{"hf_", alnum, 30, 45, "a Hugging Face token"},
	{"npm_", alnum, 36, 36, "an npm token"},
	{"pypi-AgE", word, 50, 0, "a PyPI token"},
	{"rubygems_", hexDigits, 48, 48, "a RubyGems API key"},
	{"dckr_pat_", word, 20, 0, "a Docker Hub token"},
	{"dckr_oat_", word, 20, 0, "a Docker Hub token"},
	{"hvs.", word, 24, 0, "a Vault token"},
	{"hvb.", word, 24, 0, "a Vault batch token"},
	{"hvr.", word, 24, 0, "a Vault recovery token"},
	{"SG.", word | dot, 60, 75, "a SendGrid API key"},
	{"xkeysib-", alnum | dash, 70, 0, "a Brevo API key"},
	{"key-", hexDigits, 32, 32, "a Mailgun API key"},
	{"dop_v1_", hexDigits, 64, 64, "a DigitalOcean token"},
	{"doo_v1_", hexDigits, 64, 64, "a DigitalOcean token"},
	{"shpat_", anyHex, 32, 32, "a Shopify token"},
	{"shpss_", anyHex, 32, 32, "a Shopify secret"},
	{"sq0atp-", word, 22, 22, "a Square token"},
	{"sq0csp-", word, 43, 43, "a Square secret"},
	{"glsa_", alnum | under, 40, 50, "a Grafana service account token"},
	{"glc_", base64Std, 60, 0, "a Grafana Cloud token"},
	{"NRAK-", upperNum, 27, 27, "a New Relic key"},
	{"sntrys_", base64Std | under | dash, 60, 0, "a Sentry token"},
	{"PMAK-", hexDigits | dash, 59, 59, "a Postman API key"},
	{"lin_api_", alnum, 40, 40, "a Linear API key"},
	{"figd_", word, 40, 0, "a Figma token"},
	{"ntn_", alnum, 40, 50, "a Notion token"},
	{"pul-", hexDigits, 40, 40, "a Pulumi token"},
	{"dapi", hexDigits, 32, 32, "a Databricks token"},
	{"dp.st.", alnum | dot | under | dash, 40, 0, "a Doppler token"},
	{"dp.pt.", alnum, 40, 0, "a Doppler token"},
	{"sbp_", hexDigits, 40, 40, "a Supabase token"},
	{"pscale_tkn_", word, 32, 0, "a PlanetScale token"},
	{"pscale_pw_", word, 32, 0, "a PlanetScale password"},
	{"tskey-", word, 20, 0, "a Tailscale key"},
	{"ops_eyJ", word, 100, 0, "a 1Password service account token"},
	{"LTAI", alnum, 16, 26, "an Alibaba Cloud access key id"},
	{"AGE-SECRET-KEY-1", upperNum, 58, 58, "an age private key"},
	{"CFPAT-", word, 40, 0, "a Contentful token"},
	{"nfp_", alnum, 36, 0, "a Netlify token"},
	{"HRKU-", word, 36, 0, "a Heroku API key"},
}

// special is a token that only its build gives away. match gives its length at text[at:], 0 if none.
type special struct {
	first string // bytes that it can begin with
	what  string
	match func(text string, at int) int
}

var specials = []special{
	{"e", "a JSON web token", matchJWT},
	{"-", "a private key", matchPEM},
	{"P", "a PuTTY private key", matchPuTTY},
	{"h", "a Slack webhook address", matchSlackHook},
	{"h", "a Discord webhook address", matchDiscordHook},
	{"0123456789", "a Telegram bot token", matchTelegram},
	{"MNO", "a Discord bot token", matchDiscord},
	{"AS", "an Azure storage or service bus key", matchAzureKey},
	{"s", "an Azure shared access signature", matchAzureSignature},
	{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "an Azure client secret", matchAzureClient},
	{"a", "registry credentials", matchDockerAuth},
}

// starters lists, by first byte, what can begin there.
var starters = buildStarters()

type starter struct {
	shapes   []shape
	specials []special
}

func buildStarters() (table [256]starter) {
	for _, s := range shapes {
		table[s.prefix[0]].shapes = append(table[s.prefix[0]].shapes, s)
	}
	for _, s := range specials {
		for _, first := range []byte(s.first) {
			table[first].specials = append(table[first].specials, s)
		}
	}
	return table
}

// findToken gives the first token of a known shape from at on: its place and what it is.
func findToken(text string, at int) (start, end int, what string) {
	for ; at < len(text); at++ {
		if word.has(text[at]) && at > 0 && word.has(text[at-1]) {
			continue // within a word
		}
		s := &starters[text[at]]
		for i := range s.shapes {
			if length := s.shapes[i].match(text, at); length > 0 {
				return at, at + length, s.shapes[i].what
			}
		}
		for i := range s.specials {
			if length := s.specials[i].match(text, at); length > 0 {
				return at, at + length, s.specials[i].what
			}
		}
	}
	return 0, 0, ""
}

func (s *shape) match(text string, at int) int {
	if !strings.HasPrefix(text[at:], s.prefix) {
		return 0
	}
	from := at + len(s.prefix)
	tail := s.tail.runToJudge(text, from)
	if tail < s.min || s.max > 0 && tail > s.max {
		return 0
	}
	if isFake(text[from : from+tail]) {
		return 0
	}
	return len(s.prefix) + s.tail.run(text, from)
}
