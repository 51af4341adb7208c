package cli

// mostNotes is how many notes a table shows; JSON has all.
const mostNotes = 10

// headings introduce the subjects of an answer by who they are, in this order.
var headings = []struct{ who, text string }{
	{whoEveryone, "Whole groups that the API server makes"},
	{whoPerson, "People"},
	{whoMachine, "Machines"},
	{whoCluster, "Kubernetes and the platform"},
}

// write shows the answer to people.
func (a *whoCanAnswer) write(out *lines) error {
	switch {
	case len(a.Answers) == 0 && len(a.Gaps) > 0:
		out.print("No binding that was seen lets anybody %s.", a.Question.text)
	case len(a.Answers) == 0:
		out.print("No binding lets anybody %s.", a.Question.text)
	default:
		out.print("Who can %s:", a.Question.text)
	}
	for _, heading := range headings {
		shown := false
		for _, answer := range a.Answers {
			if answer.Subject.Who != heading.who {
				continue
			}
			if !shown {
				out.print("")
				out.print("%s", heading.text)
				shown = true
			}
			name := answer.Subject.Name
			if answer.Subject.Namespace != "" {
				name = answer.Subject.Namespace + "/" + name
			}
			out.add("  "+answer.Subject.Kind+" "+name, scope(answer.Namespace), answer.Role.String(), answer.Binding.String(), answer.Binding.place())
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
