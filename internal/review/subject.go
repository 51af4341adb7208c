package review

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// subject is what a key of an answer stands for in the catalogue: a question, or an item.
type subject struct {
	question *checklist.Question // nil for an item
	digest   string
}

// subjectOf finds a key among what the plan's checklists ask.
func (s *State) subjectOf(c Catalogue, plan, key string) (subject, error) {
	for _, id := range s.Plans[plan].Checklists {
		list, known := c.Checklist(id)
		if !known {
			continue
		}
		for i := range list.Items {
			item := &list.Items[i]
			if item.ID == key {
				return subject{digest: item.Digest()}, nil
			}
			for _, name := range item.Questions {
				if question, known := c.Question(name); known && name == key {
					return subject{question: question, digest: question.Digest()}, nil
				}
			}
		}
	}
	return subject{}, fmt.Errorf("%q is neither an item nor a question of review %s: see `kubeproof review status --review %s --all`", key, plan, plan)
}
