package image

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
)

// mostExecutables bounds the programs of a command that are looked at.
const mostExecutables = 20

// start is a word of the command that starts a program.
type start struct{ word, from string }

// starts gives the words of entrypoint and cmd that name programs: the first, those after programs
// that start another, and the first of what a shell is told with -c. cmd has arguments of the
// entrypoint if there is one, which entrypoint scripts run as a command.
func (r *reading) starts() []start {
	var all []start
	raw := r.config.Config
	for _, list := range []struct {
		from  string
		words []string
	}{{"entrypoint", raw.Entrypoint}, {"cmd", raw.Cmd}} {
		for _, word := range programsOf(list.words) {
			if len(all) < mostExecutables {
				all = append(all, start{word, list.from})
			}
		}
	}
	return all
}

// executables finds the programs that the image starts, as a shell would.
func (r *reading) executables() []Executable {
	all := []Executable{}
	for _, s := range r.starts() {
		x := Executable{Word: s.word, From: s.from, Missing: true}
		if name, id := r.which(s.word); id != tree.Missing {
			r.inspect(&x, name, id)
		} else if s.from == "cmd" && len(r.config.Config.Entrypoint) > 0 {
			continue // an argument
		}
		x.Word = maskLines(x.Word)
		all = append(all, x)
	}
	return all
}

func (r *reading) inspect(x *Executable, name string, id tree.ID) {
	a := r.tree.Get(id)
	x.Path, x.Missing, x.Mode, x.UID, x.GID = name, false, octal(a.Mode()), a.UID, a.GID
	if target := r.tree.Path(id); target != name {
		x.Target = target
	}
	x.ELF = a.Format == tree.ELF
	if known, found := r.scriptAt(id); found {
		x.Script = known.interpreter
	}
	mode := a.Mode()
	x.GroupWritable, x.OtherWritable = mode&0o020 != 0, mode&0o002 != 0
	user := r.image.User
	x.OwnerWritable = mode&0o200 != 0 && user != nil && user.UID != nil && int64(a.UID) == *user.UID
}

// scriptAt gives what is kept of a script that the image still holds.
func (r *reading) scriptAt(id tree.ID) (script, bool) {
	known, found := r.scripts[r.tree.Path(id)]
	return known, found && known.layer == int(r.tree.Get(id).Layer)
}

// defaultPath is what runtimes search where the image sets no PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// which finds a program: by its path, from the working directory, or in PATH.
func (r *reading) which(word string) (string, tree.ID) {
	if strings.Contains(word, "/") {
		if !strings.HasPrefix(word, "/") {
			word = "/" + r.config.Config.WorkingDir + "/" + word
		}
		return r.file(path.Clean(word), false)
	}
	search := defaultPath
	for _, entry := range r.config.Config.Env {
		if value, found := strings.CutPrefix(entry, "PATH="); found {
			search = value
		}
	}
	for _, folder := range strings.Split(search, ":")[:min(100, strings.Count(search, ":")+1)] {
		if name, id := r.file(path.Join("/", folder, word), true); id != tree.Missing {
			return name, id
		}
	}
	return "", tree.Missing
}

func (r *reading) file(name string, runs bool) (string, tree.ID) {
	id, err := r.tree.Resolve(name)
	if err != nil || id == tree.Missing || r.tree.Get(id).Kind != tree.File || runs && r.tree.Get(id).Mode()&0o111 == 0 {
		return "", tree.Missing
	}
	return name, id
}

// drops gives the programs by which what starts gives root up, from its scripts and command lines.
func (r *reading) drops() []string {
	found := []string{}
	for _, s := range r.starts() {
		if _, id := r.which(s.word); id != tree.Missing {
			if known, isScript := r.scriptAt(id); isScript {
				found = append(found, known.drops...)
			}
		}
	}
	raw := r.config.Config
	for _, command := range [][]string{raw.Entrypoint, raw.Cmd} {
		found = append(found, dropsIn(strings.Join(command, " "))...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
