package document

// Cut says what of a value is left out. A nil Cut leaves out nothing. The elements of a list are
// cut as the list is.
type Cut struct {
	// Out leaves out the value itself.
	Out bool
	// Only leaves out all keys of a map but Keys.
	Only bool
	// Scalars keeps, beside Only, what is neither map nor list.
	Scalars bool
	// Keys cut what stands below a key.
	Keys map[string]*Cut
}

// of gives the cut for what stands below a key; text begins with it.
func (c *Cut) of(key string, text []byte) (below *Cut, kept bool) {
	return c.Below(key, len(text) > 0 && text[0] != '{' && text[0] != '[')
}

// Below gives the cut for what stands below a key, and whether that is kept. scalar says that it
// is neither map nor list.
func (c *Cut) Below(key string, scalar bool) (below *Cut, kept bool) {
	if c == nil {
		return nil, true
	}
	below, named := c.Keys[key]
	if !named && c.Only {
		return nil, c.Scalars && scalar
	}
	return below, below == nil || !below.Out
}
