package release

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TestSystemsAreFound: every distribution is found by ID and VERSION_ID too, since images without a pretty
// name have those.
func TestSystemsAreFound(t *testing.T) {
	table := Of(inventory.NewIndex(nil))
	if table.DateOf().IsZero() || len(table.Systems) < 12 {
		t.Fatalf("the table has %d systems of %v", len(table.Systems), table.Date)
	}
	tests := []struct{ id, version, name, want string }{
		{"alpine", "3.20.3", "Alpine Linux v3.20", "Alpine Linux 3.20"},
		{"alpine", "3.2.1", "", "Alpine Linux 3.2"},
		{"debian", "12", "Distroless", "Debian 12"},
		{"ubuntu", "24.04", "Ubuntu 24.04.1 LTS", "Ubuntu 24.04"},
		{"rhel", "9.4", "Red Hat Enterprise Linux 9.4 (Plow)", "Red Hat Enterprise Linux 9"},
		{"centos", "8", "CentOS Linux 8", "CentOS Linux 8"},
		{"centos", "8", "CentOS Stream 8", "CentOS Stream 8"},
		{"amzn", "2018.03", "Amazon Linux AMI 2018.03", "Amazon Linux 2018.03"},
		{"amzn", "2023", "Amazon Linux 2023.6.20250107", "Amazon Linux 2023"},
		{"fedora", "42", "Fedora Linux 42 (Container Image)", "Fedora Linux 42"},
		{"opensuse-leap", "15.6", "openSUSE Leap 15.6", "openSUSE Leap 15.6"},
		{"rocky", "9.3", "Rocky Linux 9.3 (Blue Onyx)", "Rocky Linux 9"},
		{"debian", "99", "", ""},
		{"", "", "", ""},
		{"alpine", "", "", ""},
	}
	for _, test := range tests {
		got := ""
		if system, line := table.SystemOf(test.id, test.version, test.name); line != nil {
			got = system.Name + " " + line.Line
		}
		if got != test.want {
			t.Errorf("%+v is %q", test, got)
		}
	}
}
