package cli

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/openid"
)

// signingOn are the flags of serve for a provider of OpenID Connect.
type signingOn struct {
	issuer, client, secretFile, groups, name string
	roles                                    []string
}

func (f *signingOn) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.issuer, "oidc-issuer", "", "`URL` of a provider of OpenID Connect by which people sign in, too, as it names itself")
	flags.StringVar(&f.client, "oidc-client-id", "", "`ID` by which the provider knows Kubeproof")
	flags.StringVar(&f.secretFile, "oidc-client-secret-file", "", "`FILE` with the client's secret; a public client has none")
	flags.StringVar(&f.groups, "oidc-groups-claim", "groups", "`CLAIM` that holds the groups of a person")
	flags.StringArrayVar(&f.roles, "oidc-role", nil, "roles that a group gives, as `GROUP=ROLE,...`; may be given again")
	flags.StringVar(&f.name, "oidc-name", "", "what people call the provider, as `TEXT` (default its address)")
}

// provider sets up the provider; nil if none is named.
func (f *signingOn) provider() (*server.OpenID, error) {
	if f.issuer == "" {
		if f.client != "" || f.secretFile != "" || len(f.roles) > 0 || f.name != "" {
			return nil, usageError("name the provider with --oidc-issuer")
		}
		return nil, nil
	}
	secret, err := f.secret()
	if err != nil {
		return nil, err
	}
	if f.client == "" {
		return nil, usageError("name with --oidc-client-id by which the provider knows Kubeproof")
	}
	provider, err := openid.New(openid.Options{Issuer: f.issuer, ClientID: f.client, Secret: secret, GroupsClaim: f.groups})
	if err != nil {
		return nil, usageError("%v", err)
	}
	roles, err := f.groupRoles()
	if err != nil {
		return nil, err
	}
	host := f.issuer
	if at, err := url.Parse(f.issuer); err == nil {
		host = at.Host
	}
	return &server.OpenID{Provider: provider, Issuer: f.issuer, Name: cmp.Or(f.name, host), Roles: roles}, nil
}

func (f *signingOn) secret() (string, error) {
	if f.secretFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Clean(f.secretFile))
	if err != nil {
		return "", usageError("read client secret %s: %s", f.secretFile, reason(err))
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", usageError("read client secret %s: it is empty", f.secretFile)
	}
	return secret, nil
}

// groupRoles reads GROUP=ROLE,...; a group may hold an equals sign, a role does not.
func (f *signingOn) groupRoles() (review.GroupRoles, error) {
	all := review.GroupRoles{}
	for _, text := range f.roles {
		at := strings.LastIndex(text, "=")
		if at <= 0 {
			return nil, usageError("--oidc-role %q: write GROUP=ROLE,..., as developers=contributor", text)
		}
		group := text[:at]
		for _, name := range strings.Split(text[at+1:], ",") {
			role := review.Role(strings.TrimSpace(name))
			if !slices.Contains(review.Roles, role) {
				return nil, usageError("--oidc-role %q: role %q is unknown: use %s", text, name, roleNames())
			}
			all[group] = append(all[group], role)
		}
		if _, err := all.Of([]string{group}); err != nil {
			return nil, usageError("--oidc-role %q: %v", text, err)
		}
	}
	return all, nil
}

func roleNames() string {
	names := make([]string, len(review.Roles))
	for i, role := range review.Roles {
		names[i] = string(role)
	}
	return strings.Join(names, ", ")
}

// checkPublicURL reads --public-url: a scheme and a host, and nothing else.
func checkPublicURL(text string, secure bool) (string, error) {
	if text == "" {
		return "", nil
	}
	at, err := url.Parse(text)
	if err != nil || at.Host == "" || at.User != nil || strings.Trim(at.Path, "/") != "" || at.RawQuery != "" || at.Fragment != "" || at.Scheme != "https" && at.Scheme != "http" {
		return "", usageError("public address %q is none: write https://HOST", text)
	}
	if secure != (at.Scheme == "https") {
		return "", usageError("public address %q: with --tls-cert or --behind-tls it begins with https://, else with http://", text)
	}
	return at.Scheme + "://" + at.Host, nil
}
