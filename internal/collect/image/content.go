package image

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
)

// The bounds of what is read of a file.
const (
	headSize  = 512
	mostSmall = 1 << 20
)

// How many scripts, and texts for the facts, are kept.
const (
	mostScripts = 100_000
	mostTexts   = 50
)

// use says for what the text of a file is needed.
type use uint8

const (
	forFacts use = 1 << iota
	forSecrets
	forOwners
	forScripts
	tooLarge // to be searched for secrets: only its first bytes are read
)

// content reads of a file what is needed: nothing of most, the first bytes of programs, and the
// whole of small files that tell something.
func (r *reading) content(e layer.Entry, id tree.ID) error {
	if e.Size == 0 {
		return nil
	}
	name, attributes := r.tree.Path(id), r.tree.Get(id)
	uses := r.uses(name, e.Size)
	executable := attributes.Mode()&0o111 != 0
	wanted := r.packages != nil && r.packages.Wants(name[1:], attributes.FileMode(), e.Size)
	if uses == 0 && !executable && !wanted || r.options.OnlyPackages && !wanted {
		return nil
	}
	if r.buffer == nil {
		r.buffer = make([]byte, mostSmall)
	}
	read, err := io.ReadFull(e, r.buffer[:min(headSize, e.Size)])
	if err != nil {
		return nil // the layer is cut short, which the next header tells
	}
	head := r.buffer[:read]
	format := formatOf(head)
	r.tree.SetFormat(id, format)
	whole := int64(read) == e.Size
	if (uses&^tooLarge != 0 || executable && format == tree.Script) && !whole && e.Size <= mostSmall && isText(head) {
		if _, err := io.ReadFull(e, r.buffer[read:e.Size]); err != nil {
			return nil
		}
		head, whole = r.buffer[:e.Size], true
	}
	r.learn(name, head, e.Size, whole, format, executable, uses)
	if wanted && executable && format != tree.ELF {
		wanted = r.packages.Wants(name[1:], attributes.FileMode()&^0o111, e.Size) // not as a program
	}
	if wanted {
		r.read(name, e, head, whole)
	}
	return nil
}

// read gives a file to the reader of packages.
func (r *reading) read(name string, e layer.Entry, head []byte, whole bool) {
	var content io.Reader = bytes.NewReader(head)
	if !whole {
		// A copy, since the buffer is used again while the reader may keep what it was given.
		content = io.MultiReader(bytes.NewReader(bytes.Clone(head)), e.Reader)
	}
	r.given[name] = r.number
	if err := r.packages.File(name[1:], r.number, content, e.Size); err != nil {
		r.unread(name, "packages: "+err.Error())
	}
}

// learn takes what a file of a size tells. text is all of it if whole, else its beginning.
func (r *reading) learn(name string, text []byte, size int64, whole bool, format tree.Format, executable bool, uses use) {
	if format == tree.Script && (executable || uses&forScripts != 0) {
		found := script{layer: r.number, interpreter: interpreterOf(text)}
		if whole {
			found.drops = dropsIn(string(text))
		}
		if len(r.scripts) < mostScripts {
			r.scripts[name] = found
		} else {
			r.unread(name, "there are more scripts than are looked at")
		}
	}
	if uses&forFacts != 0 && len(r.texts) < mostTexts {
		if whole {
			r.texts[name] = kept{r.number, string(text)}
		} else {
			r.unread(name, fmt.Sprintf("it is larger than %d MiB or no text", mostSmall>>20))
		}
	}
	if uses&forOwners != 0 && whole {
		r.owners.read(name, r.number, text)
	}
	if uses&forSecrets != 0 {
		r.search(name, text, whole)
	}
	if uses&tooLarge != 0 && isText(text[:min(len(text), headSize)]) {
		r.leave(name, path.Base(name), size)
	}
}

// uses tells by its path what the text of a file is good for.
func (r *reading) uses(name string, size int64) (uses use) {
	if r.options.OnlyPackages {
		return 0
	}
	switch name {
	case "/etc/passwd", "/etc/group", "/etc/shadow":
		uses |= forFacts
	}
	base := path.Base(name)
	if name == "/etc/os-release" || name == "/usr/lib/os-release" || strings.HasPrefix(name, "/usr/lib/os.release.d/os-release") {
		uses |= forFacts
	}
	if r.started[base] {
		uses |= forScripts
	}
	if isOwnerList(name) {
		uses |= forOwners
	}
	if most := searchedUpTo(name, base); size <= most {
		uses |= forSecrets
	} else if most > 0 {
		uses |= tooLarge
	}
	return uses
}

func formatOf(head []byte) tree.Format {
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return tree.ELF
	case bytes.HasPrefix(head, []byte("#!")):
		return tree.Script
	}
	return tree.Unknown
}

func isText(head []byte) bool { return bytes.IndexByte(head, 0) < 0 }
