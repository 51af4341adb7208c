package osv

import "bytes"

// cursor goes over JSON text, member by member. It needs no stack, so nothing is too deep for it.
type cursor struct {
	text []byte
	at   int
}

// peek gives the next byte that is no space; 0 at the end.
func (c *cursor) peek() byte {
	for ; c.at < len(c.text); c.at++ {
		if b := c.text[c.at]; b != ' ' && b != '\n' && b != '\t' && b != '\r' {
			return max(b, 1) // a NUL byte is not the end
		}
	}
	return 0
}

func (c *cursor) expect(b byte) error {
	if got := c.peek(); got != b {
		if got == 0 {
			return errEnds
		}
		return errShape
	}
	c.at++
	return nil
}

// members calls visit with the key, in its quotation marks, of every member of an object; visit goes
// over the value.
func (c *cursor) members(visit func(key []byte) error) error {
	if err := c.expect('{'); err != nil {
		return err
	}
	if c.peek() == '}' {
		c.at++
		return nil
	}
	for {
		var key span
		if c.peek() != '"' {
			return c.expect('"')
		}
		if err := c.take(&key); err != nil {
			return err
		}
		if err := c.expect(':'); err != nil {
			return err
		}
		if err := visit(key.of(c.text)); err != nil {
			return err
		}
		if more, err := c.more('}'); !more {
			return err
		}
	}
}

// items calls visit before every item of a list; visit goes over it. What is no list is passed over.
func (c *cursor) items(visit func() error) error {
	if c.peek() != '[' {
		return c.skip()
	}
	c.at++
	if c.peek() == ']' {
		c.at++
		return nil
	}
	for {
		if err := visit(); err != nil {
			return err
		}
		if more, err := c.more(']'); !more {
			return err
		}
	}
}

// more goes over a comma, or over the end of an object or list.
func (c *cursor) more(end byte) (bool, error) {
	switch c.peek() {
	case ',':
		c.at++
		return true, nil
	case end:
		c.at++
		return false, nil
	case 0:
		return false, errEnds
	}
	return false, errShape
}

// take goes over a value and tells where it stands.
func (c *cursor) take(where *span) error {
	c.peek()
	from := c.at
	err := c.skip()
	*where = span{from, c.at}
	return err
}

// skip goes over a value.
func (c *cursor) skip() error {
	switch c.peek() {
	case 0:
		return errEnds
	case '"':
		return c.skipString()
	case '{', '[':
		return c.skipNested()
	}
	from := c.at
	for ; c.at < len(c.text); c.at++ {
		switch c.text[c.at] {
		case ',', '}', ']', ' ', '\n', '\t', '\r', '"', ':', '{', '[':
			if c.at == from {
				return errShape
			}
			return nil
		}
	}
	return nil
}

func (c *cursor) skipNested() error {
	depth := 0
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case '"':
			if err := c.skipString(); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				c.at++
				return nil
			}
		}
		c.at++
	}
	return errEnds
}

// skipString goes from one quotation mark behind the other.
func (c *cursor) skipString() error {
	begin := c.at + 1
	for from := begin; ; {
		i := bytes.IndexByte(c.text[from:], '"')
		if i < 0 {
			c.at = len(c.text)
			return errEnds
		}
		quote := from + i
		escapes := 0
		for quote-escapes > begin && c.text[quote-escapes-1] == '\\' {
			escapes++
		}
		from = quote + 1
		if escapes%2 == 0 {
			c.at = from
			return nil
		}
	}
}
