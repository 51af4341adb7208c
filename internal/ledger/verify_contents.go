package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
)

// readContents compares each content with the digest in its entry, and looks which are not there.
func (c *checker) readContents() error {
	if err := c.take(c.in.Contents(c.compare)); err != nil {
		return err
	}
	for i, b := range c.beside {
		seq := int64(i)
		if !b.named || b.found {
			if b.found && b.erased {
				c.warn("the content of entry %d is there, although a later entry erased it", seq)
			}
			continue
		}
		c.result.Erased++
		if !b.erased {
			c.problem(seq, "its content is not there, and no later entry has erased it")
		}
		c.allow(seq, nil)
	}
	return nil
}

func (c *checker) compare(content Content) error {
	seq := content.Seq
	if seq < 0 || seq >= int64(len(c.beside)) || !c.beside[seq].named {
		c.problem(seq, "there is a content for it that no entry names")
		return nil
	}
	b := &c.beside[seq]
	if b.found {
		c.problem(seq, "its content is there twice")
		return nil
	}
	b.found = true
	c.result.Contents++
	if len(content.Salt) != saltSize || content.sum() != b.sum {
		c.problem(seq, "its content is not the one that was signed")
		c.allow(seq, content.Data)
		return nil
	}
	if e, ok := c.kept[seq]; ok {
		c.require(e, content.Data)
		delete(c.kept, seq)
	}
	return nil
}

// require notes the files that an entry names.
func (c *checker) require(e Entry, content []byte) {
	for _, sum := range c.hooks.Files(e, content) {
		if first, ok := c.named[sum]; !ok || e.Seq < first {
			c.named[sum] = e.Seq
		}
	}
}

// allow notes files that an entry may have named: its content is erased or changed, so nobody can say that it must.
func (c *checker) allow(seq int64, content []byte) {
	e, ok := c.kept[seq]
	if !ok {
		return
	}
	for _, sum := range c.hooks.Files(e, content) {
		c.allowed[sum] = true
	}
}

// readFiles hashes the files and compares which are there with which are named.
func (c *checker) readFiles() error {
	files, err := c.in.Files()
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, file := range files {
		if there[file.SHA256] {
			c.problem(-1, "file %s is listed twice", file.SHA256)
			continue
		}
		if err := c.hash(file); errors.Is(err, fs.ErrNotExist) {
			continue // is reported below, if it is named
		} else if err != nil {
			return err
		}
		there[file.SHA256] = true
		c.result.Files++
		if _, named := c.named[file.SHA256]; c.hooks.Files != nil && !named && !c.allowed[file.SHA256] {
			c.problem(-1, "file %s is named by no entry", file.SHA256)
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(c.named)) {
		if !there[sum] {
			c.problem(c.named[sum], "the file %s that it names is not there", sum)
		}
	}
	return nil
}

func (c *checker) hash(file File) error {
	r, err := c.in.OpenFile(file.SHA256)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	digest := sha256.New()
	n, err := io.Copy(digest, r)
	if err != nil {
		return err
	}
	if hex.EncodeToString(digest.Sum(nil)) != file.SHA256 || n != file.Size {
		c.problem(-1, "file %s has not the bytes of its name", file.SHA256)
	}
	return nil
}
