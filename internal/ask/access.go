package ask

import "github.com/kubeproof/kubeproof/internal/review"

// Access begins an access review with the subjects of the list: each is to be confirmed. Which review,
// which environment, and from where the list comes is the caller's to say.
func (l SubjectList) Access() *review.BeginAccess {
	action := &review.BeginAccess{Count: len(l.Subjects)}
	for _, one := range l.Subjects {
		machine := one.Who != Person
		if machine {
			action.Machines++
		}
		action.Subjects = append(action.Subjects, review.AccessSubject{Kind: one.Kind, Namespace: one.Namespace, Name: one.Name, Rights: one.May(), Machine: machine})
	}
	return action
}
