package collect

import (
	"github.com/kubeproof/kubeproof/internal/collect/compose"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Example reads the text of a control's example as a scan reads a file of its kind.
func Example(text []byte) ([]*inventory.Subject, []inventory.Error) {
	source := &inventory.Source{Target: "example", File: "example.yaml", Text: text}
	documents, problems := document.Read(text, document.DefaultLimits)
	var subjects []*inventory.Subject
	var errs []inventory.Error
	for _, d := range documents {
		if compose.Recognise(source.File, d.Root) {
			found, wrong := compose.Subjects(d, source, nil, source.File)
			subjects, errs = append(subjects, found...), append(errs, wrong...)
			continue
		}
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	for _, problem := range problems {
		if problem.Lost {
			errs = append(errs, inventory.Error{Line: problem.Line, Message: problem.Message, Lost: true})
		}
	}
	return subjects, errs
}
