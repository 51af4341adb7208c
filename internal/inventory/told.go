package inventory

// Told is what a check said of a value that a saved inventory does not hold, because it is a
// secret. Controls that look for secrets say it again instead of judging what is left.
type Told struct {
	Control string `json:"control"`
	Outcome string `json:"outcome"`
	Message string `json:"message"`
	// Path is where the value stood; Missing is a path below it that was absent.
	Path    string `json:"path"`
	Missing string `json:"missing,omitempty"`
	// Line and Column, from 1, are where a part of a value stood that has no path, as a line of a heredoc.
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	Container string `json:"container,omitempty"`
}
