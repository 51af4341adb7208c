package reach

// tri is a truth that may be unknown.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

func sure(b bool) tri {
	if b {
		return yes
	}
	return no
}

func both(a, b tri) tri   { return min(a, b) }
func either(a, b tri) tri { return max(a, b) }
func not(a tri) tri       { return yes - a }
