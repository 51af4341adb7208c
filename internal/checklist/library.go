package checklist

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
)

// Library is the checklists, questions and frameworks of a catalogue, checked against each other.
type Library struct {
	// Checklists stand in the order of their first items' ids.
	Checklists []*Checklist
	// Questions stand in the order of their files.
	Questions []*Question
	*Frameworks

	checklists map[string]*Checklist
	questions  map[string]*Question
	// doubtful is true if questions are missing because their file cannot be read.
	doubtful bool
}

// Load reads the folders checklists, questions and frameworks. It is strict: every mistake in
// every file is in the error, with file and line. Scans that need no checklist use LoadFrameworks.
func Load(files fs.FS) (*Library, error) {
	l := &Library{checklists: map[string]*Checklist{}, questions: map[string]*Question{}}
	frameworks, frameworksErr := LoadFrameworks(files)
	l.Frameworks = frameworks
	questionsErr := l.loadQuestions(files)
	l.doubtful = questionsErr != nil
	checklistsErr := l.loadChecklists(files)
	if err := errors.Join(checklistsErr, frameworksErr, questionsErr); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Library) loadChecklists(files fs.FS) error {
	lists, sources, err := readFolder[Checklist](files, "checklists")
	if err != nil {
		return err
	}
	seen := map[string]string{}
	for i, list := range lists {
		if len(sources[i].problems) > 0 {
			continue
		}
		list.validate(sources[i])
		for n := range list.Items {
			l.validateItem(sources[i], list, n, seen)
		}
		l.checklists[list.ID] = list
		l.Checklists = append(l.Checklists, list)
	}
	if err := join(sources); err != nil {
		return err
	}
	slices.SortFunc(l.Checklists, func(a, b *Checklist) int { return cmp.Compare(a.Items[0].ID, b.Items[0].ID) })
	return nil
}

// Checklist gives a checklist by id; false if there is none.
func (l *Library) Checklist(id string) (*Checklist, bool) {
	list, known := l.checklists[id]
	return list, known
}

// Question gives a question by id; false if there is none.
func (l *Library) Question(id string) (*Question, bool) {
	question, known := l.questions[id]
	return question, known
}

// QuestionsOf gives the questions of a checklist in the order of its items, each once.
func (l *Library) QuestionsOf(list *Checklist) []*Question {
	var all []*Question
	seen := map[string]bool{}
	for _, item := range list.Items {
		for _, id := range item.Questions {
			if question := l.questions[id]; question != nil && !seen[id] {
				all = append(all, question)
				seen[id] = true
			}
		}
	}
	return all
}

// ItemsOf gives the items of all checklists that a question serves, in their order.
func (l *Library) ItemsOf(question string) []*Item {
	var all []*Item
	for _, list := range l.Checklists {
		for i := range list.Items {
			if slices.Contains(list.Items[i].Questions, question) {
				all = append(all, &list.Items[i])
			}
		}
	}
	return all
}
