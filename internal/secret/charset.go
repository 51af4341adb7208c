package secret

// charset is a set of ASCII characters, as bits of the classes below.
type charset uint16

const (
	digits charset = 1 << iota
	upper
	lower
	hexLower // a-f
	hexUpper // A-F
	under
	dash
	dot
	plus // + and /
	equals
	tilde
)

const (
	alnum     = digits | upper | lower
	hexDigits = digits | hexLower
	anyHex    = digits | hexLower | hexUpper
	upperNum  = digits | upper
	lowerNum  = digits | lower
	word      = alnum | under | dash
	base64Std = alnum | plus | equals
)

var classes = buildClasses()

func buildClasses() (table [256]charset) {
	for c := '0'; c <= '9'; c++ {
		table[c] = digits
	}
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = lower, upper
	}
	for c := 'a'; c <= 'f'; c++ {
		table[c], table[c-'a'+'A'] = lower|hexLower, upper|hexUpper
	}
	table['_'], table['-'], table['.'], table['~'] = under, dash, dot, tilde
	table['+'], table['/'], table['='] = plus, plus, equals
	return table
}

// run is how many bytes of text from at on are in the set.
func (s charset) run(text string, at int) int {
	end := at
	for end < len(text) && classes[text[end]]&s != 0 {
		end++
	}
	return end - at
}

// mostJudged is by how much of its tail a token is judged, in bytes: more than any that has a longest
// length. Were it the whole, a text of nothing but beginnings of tokens would be read once for each.
const mostJudged = 400

// runToJudge is run, but at most mostJudged bytes.
func (s charset) runToJudge(text string, at int) int {
	return s.run(text[:min(len(text), at+mostJudged)], at)
}

func (s charset) has(c byte) bool { return classes[c]&s != 0 }
