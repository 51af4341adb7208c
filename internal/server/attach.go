package server

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/evidence"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

const evidenceLimit = evidence.DefaultLimit

// attach hands a file, a link or a note in, and attaches it to the question.
func (v *visit) attach() error {
	item, key, err := v.target() // a large file lies on the disk now: who sends slowly keeps nobody waiting
	if v.MultipartForm != nil {
		defer v.MultipartForm.RemoveAll() //nolint:errcheck // what cannot be removed is the system's to clean
	}
	if err != nil {
		return err
	}
	select {
	case v.s.uploads <- struct{}{}:
		defer func() { <-v.s.uploads }()
	case <-v.Context().Done():
		return v.Context().Err()
	}
	taken, err := v.takeFile()
	if err != nil {
		return v.tell(v.back(item, key), sentence(strings.ReplaceAll(err.Error(), "with --redact", "by the box below the file")), true)
	}
	action, err := v.evidenceOf(taken)
	if err != nil {
		return v.tell(v.back(item, key), sentence(err.Error()), true)
	}
	return v.act(v.back(item, key), "Attached.", func(w *journal.Work) error {
		if taken != nil {
			if err := w.Keep(taken.SHA256, action.Size, bytes.NewReader(taken.Data)); err != nil {
				return err
			}
		}
		if err := w.Do(action); err != nil {
			return err
		}
		return w.Do(&review.Link{Evidence: action.ID, Plan: v.plan, Keys: []string{key}})
	})
}

// takeFile takes the file of the form in; nil if it has none.
func (v *visit) takeFile() (*evidence.Taken, error) {
	if v.MultipartForm == nil || len(v.MultipartForm.File["file"]) == 0 {
		return nil, nil
	}
	header := v.MultipartForm.File["file"][0]
	if header.Filename == "" {
		return nil, nil
	}
	data, err := readPart(header)
	if err != nil {
		return nil, err
	}
	return evidence.TakeBytes(fileName(header.Filename), data, evidence.Options{Redact: v.PostForm.Get("redact") == "yes"})
}

func readPart(header *multipart.FileHeader) ([]byte, error) {
	if header.Size > evidenceLimit {
		return nil, errors.New("attach file: it is larger than 50 MiB: attach a link to where it lies, or the part that shows it")
	}
	part, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer part.Close()
	return io.ReadAll(part)
}

// fileName is the last part of a name, however the other side writes folders.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		return "file"
	}
	return name
}

// evidenceOf makes the action from the form: a file, a link or a note, and just one of them.
func (v *visit) evidenceOf(taken *evidence.Taken) (*review.AddEvidence, error) {
	form := v.PostForm
	action := &review.AddEvidence{ID: journal.NewID("e"),
		Period:       review.Period{Collected: cmp.Or(form.Get("collected"), v.s.Now().UTC().Format(review.Day)), From: form.Get("from"), To: form.Get("to"), Expires: form.Get("expires")},
		EvidenceText: review.EvidenceText{Title: strings.TrimSpace(form.Get("title")), URL: strings.TrimSpace(form.Get("url")), Note: written(form.Get("note"))}}
	switch {
	case (taken != nil) == (action.URL+action.Note != "") || action.URL != "" && action.Note != "":
		return nil, errors.New("attach evidence: give just one thing: a file, an address or a note")
	case action.URL != "":
		action.Kind = review.EvidenceLink
	case action.Note != "":
		action.Kind = review.EvidenceNote
	default:
		action.Kind, action.Media, action.Size = review.EvidenceFile, taken.Media, int64(len(taken.Data))
		action.EvidenceText.Name, action.SHA256, action.Redacted = taken.Name, taken.SHA256, taken.Redacted
	}
	return action, nil
}

// detach takes evidence away from an answer; it stays in the record.
func (v *visit) detach() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Taken away; it stays in the record.", func(w *journal.Work) error {
		if err := v.unchanged(w, key); err != nil {
			return err
		}
		return w.Do(&review.Unlink{Plan: v.plan, Key: key, Evidence: v.PostForm.Get("evidence")})
	})
}

// evidence gives a file that was handed in, to be kept and never to be shown here.
func (v *visit) evidence() error {
	one := v.state.Evidence[v.PathValue("id")]
	if one == nil {
		return errNotFound
	}
	about := v.state.AboutOf(one)
	if about.SHA256 == "" {
		return problem(http.StatusGone, "There is no file", "This piece of evidence is a link or a note, or its file was erased. Its digest in the ledger still proves what it was.")
	}
	return v.download(cmp.Or(about.Name, one.ID), one.Media, func(out io.Writer) error {
		return v.s.Journal.OpenFile(v.Context(), about.SHA256, func(content io.Reader, _ int64) error {
			_, err := io.Copy(out, content)
			return err
		})
	})
}
