package cli

import (
	"os"
	"strconv"

	"golang.org/x/term"
)

func isTerminal(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }

// columns is the width of the terminal; 0 if standard output is none and COLUMNS is not set.
func columns() int {
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		return width
	}
	width, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return width
}

// colour decides by the flag, by NO_COLOR (https://no-color.org) and by where the output goes.
func (s *Streams) colour(off bool) bool {
	return s.OutTerminal && !off && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}
