package inventory

// Controlled reports whether a controller made the object (an owner reference says so), so that
// what is wrong with it is mended at its owner.
func (s *Subject) Controlled() bool {
	for _, owner := range s.Root.Get("metadata", "ownerReferences").Children() {
		if owner.Get("controller").Bool() {
			return true
		}
	}
	return false
}
