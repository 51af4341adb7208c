package dockerfile

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/kubeproof/kubeproof/internal/document"
)

// taking are the flags of COPY and ADD.
type taking struct {
	chown, chmod, from string
	exclude            []string
	parents, link      bool
	checksum           string
}

// copies is the node of COPY and ADD: what is taken, from where, and to where.
func (s *step) copies(c instructions.SourcesAndDest, t taking) {
	s.fields.text("chown", s.filled(t.chown))
	s.fields.text("chmod", s.filled(t.chmod))
	s.fields.text("checksum", s.filled(t.checksum))
	s.fields.texts("exclude", t.exclude)
	s.flag("parents", t.parents)
	s.flag("link", t.link)
	s.from(t.from)
	sources := s.each(c.SourcePaths)
	for _, heredoc := range c.SourceContents {
		node := s.heredoc(heredoc.Path, heredoc.Data)
		s.list("heredocs", []*document.Node{node})
	}
	s.list("sources", sources)
	s.add("destination", s.each([]string{c.DestPath})[0])
	if t.from == "" {
		s.takes(sources, t)
	}
}

func (s *step) filled(word string) string {
	value, _ := s.expand.word(word, s.in.known)
	return value
}

// from tells what is copied from: another stage, an image, or a named context.
func (s *step) from(name string) {
	if name == "" {
		return
	}
	name = s.filled(name)
	from := fields{at: s.words.find(name)}
	if i := s.stage(name, len(s.stages)-1); i >= 0 {
		from.number("stage", i)
		s.in.takesFrom = append(s.in.takesFrom, i)
	} else {
		from.text("image", name)
	}
	s.add("from", from.tree())
}

// takes keeps what is asked of the build context, until all of that is known.
func (s *step) takes(sources []*document.Node, t taking) {
	var local []string
	for _, source := range sources {
		if text := source.Text(); !IsRemote(text) && !strings.Contains(text, "$") {
			local = append(local, text)
		}
	}
	if len(local) > 0 && s.options.Context != nil {
		s.copied = append(s.copied, copied{&s.fields, Take{local, t.exclude, t.parents}})
	}
}

// copied is an instruction that takes from the build context.
type copied struct {
	fields *fields
	take   Take
}

// lookIntoContext adds what the build context shows.
func (r *reading) lookIntoContext() {
	if r.options.Context == nil || len(r.stages) == 0 {
		return
	}
	var sources []string
	for _, c := range r.copied {
		sources = append(sources, c.take.Sources...)
	}
	about, takes := r.options.Context(sources)
	r.context = about
	for _, c := range r.copied {
		if takes != nil {
			c.fields.add("takes", takes(c.fields.at, c.take))
		}
	}
}

// IsRemote reports whether a source of ADD is fetched: an address or a Git repository.
func IsRemote(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") || IsGit(source)
}

// IsGit reports whether a source of ADD is a Git repository.
func IsGit(source string) bool {
	return strings.HasPrefix(source, "git@") || strings.HasPrefix(source, "git://") || strings.HasPrefix(source, "ssh://") ||
		strings.HasPrefix(source, "http") && (strings.HasSuffix(source, ".git") || strings.Contains(source, ".git#"))
}

// heredoc is a text that stands in the Dockerfile.
func (s *step) heredoc(name, content string) *document.Node {
	at := s.fields.at
	if len(s.st.heredocs) > 0 {
		at = document.At{Line: s.st.heredocs[0], Column: 1}
		s.st.heredocs = s.st.heredocs[1:]
	}
	node := fields{at: at}
	node.text("name", name)
	node.textAt("text", content, at)
	return node.tree()
}
