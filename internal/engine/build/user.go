package build

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
)

// userOf is the USER that containers start as without the group, and where that is set; the node is
// that of the final FROM if no USER is.
func userOf(f *dockerfile.File) (string, *document.Node) {
	if node := f.Final.Get("user"); node != nil {
		name, _, _ := strings.Cut(node.Text(), ":")
		return name, node
	}
	if node := f.Final.Get("from"); node != nil {
		return "", node
	}
	return "", f.Final.Node
}

func isRoot(user string) bool { return user == "root" || strings.Trim(user, "0") == "" && user != "" }

// UserRoot fails if containers of the image start as root: USER says so, or there is none and the base
// image has none either. Of public base images that is known, those that were read tell it themselves, and one's
// own that start as somebody else are in the parameter unprivileged. Of others UserUnclear tells. Scope
// object:Dockerfile.
func UserRoot(in assessment.Input) []assessment.Verdict {
	verdicts := startsAsRoot(in)
	if len(verdicts) > 0 && verdicts[0].Outcome == assessment.Unknown {
		return assessment.Skipped("whom the image starts as is not known: dockerfile-user-unclear tells that")
	}
	return verdicts
}

// UserUnclear fails if nothing tells whom containers of the image start as: there is no USER, or only one that is
// given at build time, and the base image is not known. Its parameter is that of UserRoot. Scope
// object:Dockerfile.
func UserUnclear(in assessment.Input) []assessment.Verdict {
	verdicts := startsAsRoot(in)
	if len(verdicts) == 0 || verdicts[0].Outcome != assessment.Unknown {
		return nil
	}
	verdicts[0].Outcome = assessment.Fail
	return verdicts
}

// startsAsRoot judges whom the image starts as; unknown where nothing here tells.
func startsAsRoot(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	user, node := userOf(f)
	switch {
	case f.Final.Windows:
		return assessment.Skipped("Windows images have other accounts")
	case isRoot(user):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("the last USER is %s", user), node)}
	case user != "" && !strings.HasPrefix(user, "$"):
		return nil
	case user != "":
		return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf("USER %s is given at build time and has no default", user), node)}
	case f.Final.Fragment:
		return assessment.Skipped("the file has no FROM: what includes it sets USER")
	}
	if len(f.Final.Unresolved) > 0 {
		return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf("USER is missing, and base image %q is not known", f.Final.Base), node)}
	}
	return baseUser(in, f.Final.Base, node)
}

// baseUser judges an image without USER by its base image.
func baseUser(in assessment.Input, name string, node *document.Node) []assessment.Verdict {
	if name == "scratch" {
		return []assessment.Verdict{assessment.Failed("USER is missing, so the image starts as root", node)}
	}
	if root, read := readAsRoot(in, name); read {
		if !root {
			return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf("base image %q does not start as root", name)}}
		}
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("USER is missing, so the image starts as root, as its base image %q does", name), node)}
	}
	ref, err := image.Parse(name)
	switch {
	case err != nil:
		return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf("USER is missing, and base image %q is not known", name), node)}
	case strings.Contains(ref.Tag, "nonroot") || strings.Contains(ref.Repository, "unprivileged") || strings.Contains(ref.Repository, "rootless") ||
		strings.Contains(ref.Tag, "unprivileged") || strings.Contains(ref.Tag, "rootless") || strings.Contains(ref.Tag, "chiseled") || ref.From(unprivilegedBases) || ref.From(in.Values.Strings("unprivileged")):
		return nil
	case ref.From(privilegedBases):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("USER is missing, so the image starts as root, as its base image %q does", name), node)}
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf("USER is missing: the image starts as whom base image %q does: set USER", name), node)}
}

// readAsRoot reports whether a base image that was read starts as root, for any of its platforms.
func readAsRoot(in assessment.Input, name string) (root, read bool) {
	for _, fact := range imagefact.Of(in.Index).Find(name) {
		if user, known := imagefact.UserOf(fact.Root); known && !imagefact.Windows(fact.Root) {
			root, read = root || user.Root, true
		}
	}
	return root, read
}

// everywhere are accounts that nearly every distribution brings along.
var everywhere = []string{"root", "nobody", "daemon", "bin", "mail", "www-data", "games", "sync", "guest", "nonroot"}

// creates are commands that add accounts.
var creates = []string{"useradd", "adduser", "groupadd", "addgroup", "usermod", "newusers"}

// UserExists fails if USER names an account that neither the build makes nor the base image has: by its
// own /etc/passwd if it was read too, else by the parameter accounts, by repository. What a script or a
// copied /etc/passwd adds is not seen, so that nothing is said of files with such. Scope object:Dockerfile.
func UserExists(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	user, node := userOf(f)
	if user == "" || !isName(user) || f.Final.Windows {
		return assessment.Skipped("USER names no account")
	}
	has, read := readAccount(in, f.Final.Base, user)
	if has || made(f, user) || !read && (slices.Contains(everywhere, user) || ofBase(in, f, user)) {
		return nil
	}
	switch reason := unsure(f); {
	case !read && !bare(in, f.Final.Base):
		return assessment.Skipped("which accounts the base image has is not known")
	case reason != "":
		return assessment.Skipped(reason)
	case read:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("USER %q is made by no instruction, and base image %q does not have it", user, f.Final.Base), node)}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("USER %q is made by no instruction, and base image %q is not known to have it", user, f.Final.Base), node)}
}

// readAccount reports whether a base image has an account, for any of its platforms, and whether its
// accounts were read.
func readAccount(in assessment.Input, name, user string) (has, read bool) {
	for _, fact := range imagefact.Of(in.Index).Find(name) {
		users := fact.Root.Get("users")
		read = read || users != nil
		has = has || slices.ContainsFunc(users.Children(), func(n *document.Node) bool { return n.Get("name").Text() == user })
	}
	return has, read
}

// bare reports whether the accounts of a base image are known without reading it (parameter bare).
func bare(in assessment.Input, name string) bool {
	ref, err := image.Parse(name)
	return name == "scratch" || err == nil && ref.From(in.Values.Strings("bare"))
}

var accountName = regexp.MustCompile(`^[a-z_A-Z][a-zA-Z0-9_.-]*$`)

func isName(user string) bool { return accountName.MatchString(user) }

// made reports whether a command of the build names the account while it adds one, or writes passwd.
func made(f *dockerfile.File, user string) bool {
	found := false
	dockerfile.EachCommand(f.Production(), func(c *dockerfile.Command) {
		writesAccounts := slices.ContainsFunc(c.Get("writes").Children(), func(n *document.Node) bool { return strings.HasSuffix(n.Text(), "/passwd") })
		if !slices.Contains(creates, c.Name) && !writesAccounts {
			return
		}
		for _, word := range c.Words {
			found = found || word.Text() == user || writesAccounts || strings.Contains(word.Text(), "$")
		}
	})
	return found
}

func ofBase(in assessment.Input, f *dockerfile.File, user string) bool {
	ref, err := image.Parse(f.Final.Base)
	if err != nil {
		return false
	}
	name := strings.TrimPrefix(ref.Name(), "docker.io/library/")
	known := in.Values.Map("accounts")[name]
	return known == user || slices.Contains(strings.Split(known, " "), user) || name[strings.LastIndexByte(name, '/')+1:] == user
}

// unsure tells why an account may be made although no command names it; "" if nothing speaks for that.
func unsure(f *dockerfile.File) string {
	reason := ""
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		if i.Name != "COPY" && i.Name != "ADD" {
			return
		}
		target := i.Get("destination").Text()
		if strings.HasPrefix(target, "/etc") || target == "/" {
			reason = "accounts may be copied into the image"
		}
	})
	dockerfile.EachCommand(f.Production(), func(c *dockerfile.Command) {
		if packaged(c) {
			reason = "an installed package may add the account"
		} else if c.Name == "sh" || c.Name == "bash" || strings.HasSuffix(c.Name, ".sh") || strings.HasPrefix(c.Word(0), "/") && !strings.HasPrefix(c.Word(0), "/bin/") {
			reason = "a script may add the account"
		}
	})
	return reason
}

// packaged reports whether a command installs packages, whose scripts may add accounts.
func packaged(c *dockerfile.Command) bool {
	switch c.Name {
	case "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "dpkg", "rpm":
		return slices.ContainsFunc(c.Words, func(n *document.Node) bool {
			return slices.Contains([]string{"install", "add", "-i", "-U", "localinstall", "in", "groupinstall"}, n.Text())
		})
	}
	return false
}

// UserNumeric fails if USER is a name: a kubelet that must run no root cannot tell who that is. Scope
// object:Dockerfile.
func UserNumeric(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	user, node := userOf(f)
	if user == "" || isRoot(user) || strings.HasPrefix(user, "$") || f.Final.Windows {
		return assessment.Skipped("USER is missing, root or not known: dockerfile-user judges that")
	}
	if strings.Trim(user, "0123456789") == "" {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("USER %q is no number, so Kubernetes cannot prove that it is not root", user), node)}
}

// droppers are programs with which an entrypoint that starts as root becomes somebody else.
var droppers = []string{"gosu", "su-exec", "setpriv", "runuser", "chpst", "s6-setuidgid"}

// UserDrop fails if the image starts a script as root and nothing in it shows that the script gives that up. Of
// images that start a program as root dockerfile-user tells. Scope object:Dockerfile.
func UserDrop(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	verdicts := startsAsRoot(in)
	if len(verdicts) == 0 || verdicts[0].Outcome != assessment.Fail {
		return assessment.Skipped("the image does not start as root, or that is not known")
	}
	if mentions(f, droppers) {
		return nil
	}
	if !startsScript(f) {
		return assessment.Skipped("no script starts the container: dockerfile-user judges its user")
	}
	return []assessment.Verdict{assessment.Failed("the image starts a script as root, and nothing in it drops to another user", verdicts[0].Node)}
}

// startsScript reports whether a script is what starts the container.
func startsScript(f *dockerfile.File) bool {
	start := last(f, "ENTRYPOINT")
	if start == nil {
		start = last(f, "CMD")
	}
	if start == nil {
		return false
	}
	for _, c := range start.Commands {
		if strings.HasSuffix(c.Name, ".sh") || strings.Contains(c.Name, "entrypoint") {
			return true
		}
	}
	return false
}

// mentions reports whether an instruction of the image names one of the programs: installs, downloads,
// copies or calls it.
func mentions(f *dockerfile.File, programs []string) bool {
	found := false
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		i.Walk(func(n *document.Node) {
			if found || n.Kind != document.String {
				return
			}
			for _, program := range programs {
				found = found || strings.Contains(n.Text(), program)
			}
		})
	})
	return found
}
