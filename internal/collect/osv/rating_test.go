package osv

import (
	"encoding/json"
	"testing"
)

// The vectors and scores are those of FIRST's documents with examples
// (https://www.first.org/cvss/v3.1/examples, https://www.first.org/cvss/v2/guide section 3.3).
func TestScores(t *testing.T) {
	for _, test := range []struct {
		vector string
		score  float64
	}{
		{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N", 5.4},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
		{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},
		{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
		{"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8},
		{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9},
		{"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10},
		{"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0},
		{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8},
		{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10},
		{"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2},
		{"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0},
	} {
		score, ok := cvss3(test.vector)
		if test.vector[0] == 'A' {
			score, ok = cvss2(test.vector)
		}
		if !ok || score != test.score {
			t.Errorf("%s is %v, %v, want %v", test.vector, score, ok, test.score)
		}
	}
	for _, vector := range []string{"", "CVSS:3.1/", "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"} {
		if score, ok := cvss3(vector); ok {
			t.Errorf("%q has the score %v", vector, score)
		}
	}
}

func TestRate(t *testing.T) {
	for _, test := range []struct {
		list, specific string
		severity       string
		score          float64
	}{
		{`[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"},{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N"}]`, `{"severity":"HIGH"}`, Medium, 5.4},
		{`[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"}]`, ``, High, 10},
		{`[{"type":"CVSS_V3","score":"9.1"}]`, ``, Critical, 9.1},
		{`[{"type":"CVSS_V3","score":"NaN"}]`, `{"severity":"Moderate"}`, Medium, 0},
		{`[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}]`, `{"severity":"CRITICAL"}`, Critical, 0},
		{`[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}]`, ``, "", 0},
		{`{"type":7}`, `{"urgency":"not yet assigned"}`, "", 0},
		{``, `{"ubuntu_priority":"negligible","severity":7}`, Low, 0},
	} {
		r := rate(json.RawMessage(test.list), json.RawMessage(test.specific))
		if r.severity != test.severity || r.score != test.score {
			t.Errorf("%s %s: %+v, want %s %v", test.list, test.specific, r, test.severity, test.score)
		}
	}
}
