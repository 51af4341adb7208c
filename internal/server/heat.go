package server

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/posture"
)

// heatMap shows topics by clusters.
type heatMap struct {
	Columns []sight
	Rows    []heatRow // those with the most that fails or is unknown
	Rest    []heatRow // the others of which something does
	Well    []string  // topics of which no cluster has anything that fails or is unknown
	More    int       // clusters that are not in it
}

type heatRow struct {
	Topic string
	Cells []heatCell
	bad   int
}

// heatCell is a topic in a cluster.
type heatCell struct {
	Text, Word, To string
	Level          int
	Unknown        bool // nothing fails, but something is unknown
}

// How many clusters a heat map shows, and how many topics at once.
const (
	mostColumns = 8
	mostRows    = 12
)

// heatOf makes the map of clusters.
func heatOf(all []sight) heatMap {
	m := heatMap{Columns: all[:min(len(all), mostColumns)]}
	m.More = len(all) - len(m.Columns)
	rows := map[string]*heatRow{}
	for place, one := range m.Columns {
		for i := range one.Topics {
			topic := &one.Topics[i]
			row := rows[topic.Name]
			if row == nil {
				row = &heatRow{Topic: topic.Name, Cells: make([]heatCell, len(m.Columns)), bad: -1}
				rows[topic.Name] = row
			}
			row.Cells[place] = cellOf(one, topic)
			if topic.Judged() > 0 {
				row.bad = max(row.bad, 0) + topic.Failing + topic.Unknown
			}
		}
	}
	for _, row := range rows {
		switch {
		case row.bad > 0:
			m.Rows = append(m.Rows, *row)
		case row.bad == 0:
			m.Well = append(m.Well, row.Topic)
		}
	}
	slices.Sort(m.Well)
	slices.SortFunc(m.Rows, func(a, b heatRow) int { return cmp.Or(b.bad-a.bad, strings.Compare(a.Topic, b.Topic)) })
	m.Rows, m.Rest = m.Rows[:min(len(m.Rows), mostRows)], m.Rows[min(len(m.Rows), mostRows):]
	return m
}

func cellOf(of sight, t *posture.Topic) heatCell {
	judged := t.Judged()
	cell := heatCell{Level: t.Level(), To: findingsOf(of, t)}
	switch {
	case judged == 0:
		return heatCell{Text: "–", Word: "not seen"}
	case t.Failing > 0:
		cell.Text, cell.Word = fraction(t.Failing, judged), "fail"
		if t.Unknown > 0 {
			cell.Word = "fail, " + strconv.Itoa(t.Unknown) + " unknown"
		}
	case t.Unknown > 0:
		cell.Text, cell.Word, cell.Unknown = fraction(t.Unknown, judged), "unknown", true
	default:
		cell.Text, cell.Word, cell.To = fraction(0, judged), "fail", ""
	}
	return cell
}

func fraction(n, of int) string { return strconv.Itoa(n) + "/" + strconv.Itoa(of) }

// mostControls is how many controls an address of findings names.
const mostControls = 40

// findingsOf is the address of the open findings of a topic in a cluster.
func findingsOf(of sight, t *posture.Topic) string {
	query := url.Values{"source": {of.Name}}
	if of.Plan != "" {
		query.Set("plan", of.Plan)
	}
	for _, one := range t.Controls {
		if (one.Standing == posture.Failing || one.Standing == posture.Unknown) && len(query["control"]) < mostControls {
			query.Add("control", one.ID)
		}
	}
	return here("/findings", query)
}
