package osv

import (
	"math"
	"strings"
)

// metrics reads the metrics of a vector as AV:N/AC:L.
func metrics(vector string) map[string]string {
	all := map[string]string{}
	if len(vector) > 512 {
		return all
	}
	for _, part := range strings.Split(vector, "/") {
		if name, value, found := strings.Cut(part, ":"); found {
			all[name] = value
		}
	}
	return all
}

// weights gives the numbers of metrics, in order; false if one is missing or unknown.
func weights(all map[string]string, tables []table) ([]float64, bool) {
	numbers := make([]float64, len(tables))
	for i, t := range tables {
		number, known := t.values[all[t.metric]]
		if !known {
			return nil, false
		}
		numbers[i] = number
	}
	return numbers, true
}

type table struct {
	metric string
	values map[string]float64
}

var (
	impact3 = map[string]float64{"H": .56, "L": .22, "N": 0}
	tables3 = []table{
		{"AV", map[string]float64{"N": .85, "A": .62, "L": .55, "P": .2}}, {"AC", map[string]float64{"L": .77, "H": .44}},
		{"PR", map[string]float64{"N": .85, "L": .62, "H": .27}}, {"UI", map[string]float64{"N": .85, "R": .62}},
		{"S", map[string]float64{"U": 0, "C": 1}}, {"C", impact3}, {"I", impact3}, {"A", impact3},
	}
	impact2 = map[string]float64{"N": 0, "P": .275, "C": .66}
	tables2 = []table{
		{"AV", map[string]float64{"L": .395, "A": .646, "N": 1}}, {"AC", map[string]float64{"H": .35, "M": .61, "L": .71}},
		{"Au", map[string]float64{"M": .45, "S": .56, "N": .704}}, {"C", impact2}, {"I", impact2}, {"A", impact2},
	}
)

// cvss3 is the base score of a vector of CVSS 3.0 or 3.1, by section 7.1 of
// https://www.first.org/cvss/v3.1/specification-document; false if it is no such vector. Temporal and
// environmental metrics are left aside.
func cvss3(vector string) (float64, bool) {
	all := metrics(vector)
	minor := all["CVSS"]
	w, ok := weights(all, tables3)
	if !ok || minor != "3.0" && minor != "3.1" {
		return 0, false
	}
	changed := w[4] == 1
	if changed { // fewer privileges are worth less where the scope changes
		w[2] = map[string]float64{"N": .85, "L": .68, "H": .5}[all["PR"]]
	}
	base := 1 - (1-w[5])*(1-w[6])*(1-w[7])
	impact := 6.42 * base
	if changed {
		impact = 7.52*(base-.029) - 3.25*math.Pow(base-.02, 15)
	}
	if impact <= 0 {
		return 0, true
	}
	score := impact + 8.22*w[0]*w[1]*w[2]*w[3]
	if changed {
		score *= 1.08
	}
	return roundUp(math.Min(score, 10), minor), true
}

// roundUp rounds to one decimal as appendix A has it; 3.0 had no such care for floating point.
func roundUp(score float64, minor string) float64 {
	if minor == "3.0" {
		return math.Ceil(score*10) / 10
	}
	whole := int(math.Round(score * 100_000))
	if whole%10_000 == 0 {
		return float64(whole) / 100_000
	}
	return float64(whole/10_000+1) / 10
}

// cvss2 is the base score of a vector of CVSS 2, by section 3.2.1 of https://www.first.org/cvss/v2/guide.
func cvss2(vector string) (float64, bool) {
	w, ok := weights(metrics(strings.Trim(vector, "()")), tables2)
	if !ok {
		return 0, false
	}
	impact := 10.41 * (1 - (1-w[3])*(1-w[4])*(1-w[5]))
	if impact == 0 {
		return 0, true
	}
	score := (.6*impact + .4*20*w[0]*w[1]*w[2] - 1.5) * 1.176
	return math.Round(score*10) / 10, true
}
