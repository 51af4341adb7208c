package inventory

// ResolveOwners sets Owner of every subject that a workload among the subjects made, through
// owner references that name the controller: Pod to ReplicaSet to Deployment. Owners that are not
// among the subjects, or that carry no pod template, are not followed.
func ResolveOwners(subjects []*Subject) {
	type key struct{ cluster, kind, namespace, name string }
	workloads := map[key]*Subject{}
	for _, s := range subjects {
		if s.Pod != nil {
			workloads[key{s.Source.Cluster, s.Kind, s.Namespace, s.Name}] = s
		}
	}
	parent := func(s *Subject) *Subject {
		for _, owner := range s.Root.Get("metadata", "ownerReferences").Children() {
			if owner.Get("controller").Bool() {
				return workloads[key{s.Source.Cluster, owner.Get("kind").Text(), s.Namespace, owner.Get("name").Text()}]
			}
		}
		return nil
	}
	for _, s := range subjects {
		top := parent(s)
		for steps := 0; top != nil && steps < mostOwners; steps++ {
			next := parent(top)
			if next == nil {
				break
			}
			top = next
		}
		if top != s {
			s.Owner = top
		}
	}
}

// mostOwners bounds the chain of owners: hostile objects may own each other.
const mostOwners = 8
