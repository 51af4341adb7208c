package review

import (
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// Score is how many items are in which state. Only satisfied ones count, of those that apply; the
// other counts stand beside it.
type Score struct {
	Items  int               `json:"items"`
	States map[ItemState]int `json:"states"`
	// Applicable are the items but those that do not apply; Satisfied are those that are.
	Applicable int `json:"applicable"`
	Satisfied  int `json:"satisfied"`
	// Weight and WeightSatisfied add the weights of these up: see View.Items for each.
	Weight          int `json:"weight"`
	WeightSatisfied int `json:"weightSatisfied"`
}

// Percent is satisfied ÷ applicable in whole percent, rounded down: 100 means all; 0 where nothing applies.
func (s Score) Percent() int { return percent(s.Satisfied, s.Applicable) }

// WeightedPercent is the same by risk.
func (s Score) WeightedPercent() int { return percent(s.WeightSatisfied, s.Weight) }

func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

func scoreOf(items []*ItemView) Score {
	score := Score{Items: len(items), States: map[ItemState]int{}}
	for _, item := range items {
		score.States[item.State]++
		if item.State == ItemNotApplicable {
			continue
		}
		score.Applicable++
		score.Weight += item.Weight
		if item.State == ItemSatisfied {
			score.Satisfied++
			score.WeightSatisfied += item.Weight
		}
	}
	return score
}

// askedWeight is the weight of an item that only people answer and whose checklist gives no risk.
const askedWeight = 5

// weight is the risk that the checklist itself gives to the item, else the highest of its controls,
// else askedWeight.
func (c Controls) weight(item *checklist.Item) int {
	if item.Risk > 0 {
		return item.Risk
	}
	highest := 0
	for _, id := range item.Controls {
		if one := c[id]; one != nil {
			highest = max(highest, one.Risk)
		}
	}
	if highest == 0 {
		return askedWeight
	}
	return highest
}
