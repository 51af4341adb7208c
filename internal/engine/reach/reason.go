package reach

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Answer is what the policies say of a connection.
type Answer string

// The answers. Unknown is given where the decision depends on what the model does not cover.
const (
	Allowed Answer = "allowed"
	Denied  Answer = "denied"
	Unknown Answer = "unknown"
)

// Effect is what a policy does in a decision.
type Effect string

// The effects of policies.
const (
	Allows   Effect = "allows"   // a rule that allows
	Denies   Effect = "denies"   // a rule that denies
	Isolates Effect = "isolates" // a policy that selects the end, of which no rule allows
	Defaults Effect = "default"  // no policy decides: allowed
	Unclear  Effect = "unclear"  // what makes the answer unknown
)

// Reason is one ground of a decision.
type Reason struct {
	Effect Effect
	// Policy is nil where none decides.
	Policy *inventory.Subject
	// Rule is the rule or peer in the policy, with its line; nil for the policy as a whole.
	Rule *document.Node
	Text string
}

// String writes a reason as people read it.
func (r Reason) String() string {
	if r.Policy == nil {
		return r.Text
	}
	text := fmt.Sprintf("%s %s", PolicyName(r.Policy), r.Text)
	if r.Rule != nil && r.Rule.Path() != "" {
		text += " (" + r.Rule.Path()
		if r.Rule.Line > 0 {
			text += fmt.Sprintf(", %s:%d", r.Policy.Source.File, max(r.Rule.KeyLine, r.Rule.Line))
		}
		text += ")"
	}
	return text
}

// PolicyName names a policy by kind, namespace and name.
func PolicyName(s *inventory.Subject) string {
	if s.Namespace == "" {
		return s.Kind + " " + s.Name
	}
	return s.Kind + " " + s.Namespace + "/" + s.Name
}

// Decision is whether one place may open a connection to another.
type Decision struct {
	Answer Answer
	// Egress and Ingress are the grounds of the two halves, the decisive one first.
	Egress, Ingress []Reason
	// EgressAnswer and IngressAnswer are the halves.
	EgressAnswer, IngressAnswer Answer
}
