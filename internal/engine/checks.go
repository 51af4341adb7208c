package engine

import "github.com/kubeproof/kubeproof/internal/assessment"

// checks are the Go checks by the name that controls use, in order of name.
var checks = map[string]assessment.Check{}
