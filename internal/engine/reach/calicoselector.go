package reach

import (
	"fmt"
	"slices"
	"strings"
)

// expression is a compiled selector of Calico: what it says of labels.
type expression func(labelReader) tri

// maxSelector bounds the length of a selector, as Calico's own schema does (1024), with room for
// older ones; nesting is bounded by it too.
const maxSelector = 4096

// parseCalico reads a selector of Calico; the empty one selects everything. The keys that it names
// are given too.
// (https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors)
func parseCalico(text string) (expression, []string, error) {
	if len(text) > maxSelector {
		return nil, nil, fmt.Errorf("the selector is longer than %d bytes", maxSelector)
	}
	p := &calicoParser{rest: text}
	if p.skip(); p.rest == "" {
		return func(labelReader) tri { return yes }, nil, nil
	}
	found, err := p.or()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is too much", p.rest)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("selector %q: %w", text, err)
	}
	return found, p.keys, nil
}

type calicoParser struct {
	rest string
	keys []string
}

func (p *calicoParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t") }

// take moves past a token if it comes next.
func (p *calicoParser) take(token string) bool {
	rest, found := strings.CutPrefix(p.rest, token)
	if found {
		p.rest = rest
		p.skip()
	}
	return found
}

// takeWords moves past an operator of one or more words, which a letter of a label must not follow.
func (p *calicoParser) takeWords(words ...string) bool {
	rest := p.rest
	for _, word := range words {
		after, found := strings.CutPrefix(rest, word)
		if !found {
			return false
		}
		rest = strings.TrimLeft(after, " \t")
		if word == words[len(words)-1] && after != "" && isCalicoKey(after[0]) {
			return false
		}
	}
	p.rest = rest
	return true
}

func (p *calicoParser) or() (expression, error) {
	return p.chain("||", p.and, either)
}

func (p *calicoParser) and() (expression, error) {
	return p.chain("&&", p.operation, both)
}

func (p *calicoParser) chain(operator string, next func() (expression, error), join func(a, b tri) tri) (expression, error) {
	result, err := next()
	for err == nil && p.take(operator) {
		left := result
		var right expression
		if right, err = next(); err == nil {
			result = func(read labelReader) tri { return join(left(read), right(read)) }
		}
	}
	return result, err
}

func (p *calicoParser) operation() (expression, error) {
	negated := false
	for !strings.HasPrefix(p.rest, "!=") && p.take("!") {
		negated = !negated
	}
	found, err := p.term()
	if err != nil || !negated {
		return found, err
	}
	return func(read labelReader) tri { return not(found(read)) }, nil
}

func (p *calicoParser) term() (expression, error) {
	switch {
	case p.take("("):
		found, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return found, err
	case p.take("has("):
		key, err := p.key()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("has( is not closed")
		}
		return requirement{key: key, op: exists}.read, err
	case p.take("all("):
		if !p.take(")") {
			return nil, fmt.Errorf("all( is not closed")
		}
		return func(labelReader) tri { return yes }, nil
	case p.take("global("):
		if !p.take(")") {
			return nil, fmt.Errorf("global( is not closed")
		}
		return requirement{key: calicoSpace, op: isAbsent}.read, nil
	}
	return p.comparison()
}

func (r requirement) read(labels labelReader) tri {
	value, has := labels(r.key)
	return r.holds(value, has)
}

func (p *calicoParser) comparison() (expression, error) {
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	switch {
	case p.take("=="):
		return p.literal(func(text string) expression { return requirement{key, isIn, []string{text}}.read })
	case p.take("!="):
		return p.literal(func(text string) expression { return requirement{key, isNotIn, []string{text}}.read })
	case p.takeWords("contains"):
		return p.literal(partly(key, strings.Contains))
	case p.takeWords("starts", "with"):
		return p.literal(partly(key, strings.HasPrefix))
	case p.takeWords("ends", "with"):
		return p.literal(partly(key, strings.HasSuffix))
	case p.takeWords("not", "in"):
		values, err := p.set()
		return func(read labelReader) tri { return not(inSet(key, values)(read)) }, err
	case p.takeWords("in"):
		values, err := p.set()
		return inSet(key, values), err
	}
	return nil, fmt.Errorf("label %q stands without operator", key)
}

func inSet(key string, values []string) expression { return requirement{key, isIn, values}.read }

func partly(key string, holds func(value, part string) bool) func(string) expression {
	return func(part string) expression {
		return func(read labelReader) tri {
			value, has := read(key)
			if has != yes {
				return has
			}
			return sure(holds(value, part))
		}
	}
}

func (p *calicoParser) literal(make func(string) expression) (expression, error) {
	text, err := p.text()
	if err != nil {
		return nil, err
	}
	return make(text), nil
}

func (p *calicoParser) text() (string, error) {
	if p.rest == "" || p.rest[0] != '"' && p.rest[0] != '\'' {
		return "", fmt.Errorf("a text in quotes is expected")
	}
	end := strings.IndexByte(p.rest[1:], p.rest[0])
	if end < 0 {
		return "", fmt.Errorf("a quote is not closed")
	}
	text := p.rest[1 : end+1]
	p.rest = p.rest[end+2:]
	p.skip()
	return text, nil
}

func (p *calicoParser) set() ([]string, error) {
	if !p.take("{") {
		return nil, fmt.Errorf("a set in braces is expected")
	}
	var values []string
	for !p.take("}") {
		text, err := p.text()
		if err != nil {
			return nil, err
		}
		values = append(values, text)
		if !p.take(",") && !strings.HasPrefix(p.rest, "}") {
			return nil, fmt.Errorf("a brace is not closed")
		}
	}
	return values, nil
}

func (p *calicoParser) key() (string, error) {
	end := 0
	for end < len(p.rest) && isCalicoKey(p.rest[end]) {
		end++
	}
	key := p.rest[:end]
	if key == "" {
		return "", fmt.Errorf("a label is expected at %q", p.rest)
	}
	p.rest = p.rest[end:]
	p.skip()
	if !slices.Contains(p.keys, key) {
		p.keys = append(p.keys, key)
	}
	return key, nil
}

func isCalicoKey(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_./-", c) >= 0
}
