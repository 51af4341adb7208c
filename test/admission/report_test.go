package admission

import (
	"slices"
	"testing"
)

// worded are the controls that say the same of a file and of an object in the cluster, but in
// other words, with the reason.
var worded = map[string]string{
	"image-pull-policy-always": "the server fills in imagePullPolicy, so that nobody can tell a default from what was written",
}

// unproven are the controls of which no example can be sent that a policy refuses, or none that
// it lets pass, with the reason.
var unproven = map[string]string{
	"container-proc-mount": "the server itself refuses procMount Unmasked without a user namespace",
}

// defaulted are the objects of which a cluster says more than their file, by control, with the
// reason. The policies say what a scan of the cluster says.
var defaulted = map[[2]string]string{
	{"traps, Pod host-ports", "container-host-port"}: "the server gives the ports of a bare Pod on the node's network their hostPort; the file has pod-host-network",
}

// report compares the judges.
func report(t *testing.T, trials []*trial, all []*asked) {
	t.Helper()
	sent, judged := 0, 0
	refused, passed := map[string]int{}, map[string]int{}
	for _, tr := range trials {
		switch {
		case tr.err != nil:
			t.Errorf("%s: %v", tr.name, tr.err)
			continue
		case tr.other != "":
			t.Logf("the server would not have %s: %s", tr.name, tr.other)
			continue
		}
		sent++
		for _, a := range all {
			judged++
			if tr.admitted[a.user] != nil {
				refused[a.control.ID]++
			} else {
				passed[a.control.ID]++
			}
			tr.compare(t, a)
		}
	}
	failures := 0
	for id := range refused {
		failures += refused[id]
	}
	for _, a := range all {
		proven := refused[a.control.ID] > 0 && passed[a.control.ID] > 0
		if reason := unproven[a.control.ID]; !proven && reason == "" || proven && reason != "" {
			t.Errorf("policies of %s refuse %d objects and let %d pass: mend its examples, or the table", a.control.ID, refused[a.control.ID], passed[a.control.ID])
		}
	}
	t.Logf("%d policies of %d objects: %d judgements by both, %d of them failures; %d objects that the server would not have",
		len(all), sent, judged, failures, len(trials)-sent)
}

// compare compares what the judges say of an object by one control.
func (tr *trial) compare(t *testing.T, a *asked) {
	t.Helper()
	written, scanned, admitted, live := tr.written[a.user], tr.scanned[a.user], tr.admitted[a.user], tr.live[a.user]
	if a == tr.asked && !slices.Equal(written, scanned) {
		t.Errorf("%s: completing it changes what the scan says: %q, then %q", tr.name, written, scanned)
	}
	if (len(admitted) > 0) != (len(live) > 0) || len(admitted) > 0 && !agrees(admitted[0], live) {
		t.Errorf("%s by %s: the scan says %q of the object in the cluster, the API server %q", tr.name, a.user, live, admitted)
	}
	same, wanted := slices.Equal(scanned, live), defaulted[[2]string{tr.name, a.control.ID}] == ""
	if worded[a.control.ID] != "" {
		same = len(scanned) == len(live)
	}
	if same != wanted {
		t.Errorf("%s by %s: the scan says %q of the file, %q of the object in the cluster", tr.name, a.user, scanned, live)
	}
}
