package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/review"
)

// bar is one part of a chart of states; From and Share are percentages of its whole.
type bar struct {
	State       review.ItemState
	Label       string
	From, Share string
	N           int
}

// bars places the states side by side, in the order of review.ItemStates.
func bars(states map[review.ItemState]int) []bar {
	whole, before := 0, 0
	for _, n := range states {
		whole += n
	}
	var all []bar
	for _, state := range review.ItemStates {
		n := states[state]
		all = append(all, bar{state, strings.ReplaceAll(string(state), "-", " "), share(before, whole), share(n, whole), n})
		before += n
	}
	return all
}

func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 2, 64)
}

// level is how dark a field of a heat map is: 0 for none, to 4 for most of the whole.
func level(n, of int) int {
	if n == 0 || of == 0 {
		return 0
	}
	return min(4, 1+4*n/of)
}

// count writes a number with its noun: "1 item", "1,200 items", "2 entries", "3 fixes".
func count(n int, noun string) string {
	if n != 1 {
		if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay") {
			noun = strings.TrimSuffix(noun, "y") + "ie"
		}
		if strings.HasSuffix(noun, "x") {
			noun += "e"
		}
		noun += "s"
	}
	return number(n) + " " + noun
}

// number writes an integer with its thousands apart: 12,345.
func number(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// paragraph is a part of a text of the catalogue: words, or code that is indented.
type paragraph struct {
	Code bool
	Text string
}

// span is a part of a paragraph: words, or code between backticks.
type span struct {
	Code bool
	Text string
}

// spans are the parts of a paragraph. With a backtick that nothing closes, all of it is words.
func spans(text string) []span {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return []span{{false, text}}
	}
	var all []span
	for i, one := range parts {
		if one != "" {
			all = append(all, span{i%2 == 1, one})
		}
	}
	return all
}

// paragraphs are the parts of a text between blank lines.
func paragraphs(text string) []paragraph {
	var all []paragraph
	for _, one := range strings.Split(text, "\n\n") {
		one = strings.Trim(one, "\n")
		if strings.TrimSpace(one) != "" {
			all = append(all, paragraph{strings.HasPrefix(one, " "), one})
		}
	}
	return all
}
