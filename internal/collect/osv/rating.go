package osv

import (
	"encoding/json"
	"strconv"
	"strings"
)

// rating is how severe a vulnerability is, by a score of CVSS or else by a word.
type rating struct {
	score    float64
	scored   bool
	severity string // "" if nothing is said
}

var ranks = map[string]int{Critical: 4, High: 3, Medium: 2, Low: 1, Unknown: 0, "": 0}

// or takes another rating where this one says less: a word for nothing, a score for a word.
func (r rating) or(other rating) rating {
	if r.scored || r.severity != "" && !other.scored {
		return r
	}
	if other.severity == "" {
		return r
	}
	return other
}

// max is the more severe of two; scores stand above words.
func (r rating) max(other rating) rating {
	switch {
	case r.scored != other.scored:
		if other.scored {
			return other
		}
	case other.score > r.score, ranks[other.severity] > ranks[r.severity]:
		return other
	}
	return r
}

// words are the severities of databases: GitHub, Red Hat and its rebuilds, SUSE, Ubuntu, Debian.
var words = map[string]string{
	"critical": Critical, "high": High, "important": High, "medium": Medium, "moderate": Medium,
	"low": Low, "minor": Low, "negligible": Low, "unimportant": Low,
}

func rateWord(word string) rating {
	word = strings.ToLower(strings.TrimRight(strings.TrimSpace(word), "*"))
	return rating{severity: words[word]}
}

// rate reads a list severity of the schema, and the severity in what a database adds to it:
// database_specific.severity of GitHub and others, ecosystem_specific.urgency of Debian and
// ecosystem_specific.ubuntu_priority. A vector of CVSS 3 stands above one of 2; one of CVSS 4 is scored
// by a table that is not here, so the word beside it counts, which every advisory of GitHub has.
func rate(list, specific json.RawMessage) rating {
	var result rating
	var all []struct{ Type, Score string }
	_ = json.Unmarshal(list, &all) // what cannot be read rates nothing
	for _, kind := range []string{"CVSS_V3", "CVSS_V2", "Ubuntu", ""} {
		for _, one := range all {
			if one.Type == kind || kind == "" && !strings.HasPrefix(one.Type, "CVSS_") {
				result = result.or(rateOne(one.Type, one.Score))
			}
		}
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(specific, &fields)
	for _, key := range []string{"severity", "urgency", "ubuntu_priority", "priority"} {
		var word string
		if json.Unmarshal(fields[key], &word) == nil {
			result = result.or(rateWord(word))
		}
	}
	return result
}

func rateOne(kind, score string) rating {
	switch kind {
	case "CVSS_V3", "CVSS_V2":
	default:
		return rateWord(score)
	}
	points, ok := cvss3(score)
	if kind == "CVSS_V2" {
		points, ok = cvss2(score)
	}
	if !ok { // some write the number itself
		var err error
		if points, err = strconv.ParseFloat(score, 64); err != nil || !(points >= 0 && points <= 10) {
			return rating{}
		}
	}
	return rating{points, true, severityOf(kind, points)}
}

// severityOf is the qualitative scale of CVSS 3, section 5, and for CVSS 2 that of the NVD, which has
// no critical.
func severityOf(kind string, score float64) string {
	switch {
	case score >= 9 && kind != "CVSS_V2":
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Medium
	}
	return Low
}

// rateTitle reads the word before the colon of a notice's title: "Important: kernel security update".
func rateTitle(title string) rating {
	word, _, found := strings.Cut(title, ":")
	if !found {
		return rating{}
	}
	return rateWord(word)
}
