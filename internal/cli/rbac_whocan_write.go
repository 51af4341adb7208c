package cli

import "github.com/kubeproof/kubeproof/internal/ask"

// mostNotes is how many notes a table shows; JSON has all.
const mostNotes = 10

// whoCanAnswer is the answer of rbac who-can.
type whoCanAnswer struct{ *ask.WhoCan }

// write shows the answer to people.
func (a whoCanAnswer) write(out *lines) error {
	switch {
	case len(a.Answers) == 0 && len(a.Gaps) > 0:
		out.print("No binding that was seen lets anybody %s.", a.Question)
	case len(a.Answers) == 0:
		out.print("No binding lets anybody %s.", a.Question)
	default:
		out.print("Who can %s:", a.Question)
	}
	for _, heading := range ask.Headings {
		shown := false
		for _, answer := range a.Answers {
			if answer.Subject.Who != heading.Who {
				continue
			}
			if !shown {
				out.print("")
				out.print("%s", heading.Text)
				shown = true
			}
			out.add("  "+answer.Subject.Kind+" "+answer.Subject.FullName(), ask.Scope(answer.Namespace), answer.Role.String(), answer.Binding.String(), answer.Binding.Place())
		}
		out.flush()
	}
	out.print("")
	for i, note := range a.Notes {
		if i == mostNotes && len(a.Notes) > mostNotes+1 {
			out.print("Note: and %s: see -o json", counted(len(a.Notes)-i, "more note"))
			break
		}
		out.print("Note: %s", note)
	}
	return out.err
}
