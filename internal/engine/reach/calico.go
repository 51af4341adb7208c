package reach

var calicoGroups = []string{"projectcalico.org", "crd.projectcalico.org"}

type networkSet struct{}

func (m *Model) readNetworkSets()     {}
func (m *Model) readCalicoPolicies()  {}
func (m *Model) readForeignPolicies() {}
