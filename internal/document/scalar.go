package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// plainFloat is the shape of a decimal number, as go.yaml.in/yaml/v2 has it, which kubectl uses.
var plainFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// setPlain gives n the value that kubectl reads from an unquoted scalar without a tag (YAML 1.1).
func (n *Node) setPlain(text string) {
	if text == "" {
		n.Kind = Null
		return
	}
	switch first := text[0]; {
	case first >= '0' && first <= '9' || first == '+' || first == '-' || first == '.':
		n.setNumber(text)
	case strings.IndexByte("yYnNtTfFoO~", first) >= 0:
		n.setWord(text)
	default:
		n.Kind, n.text = String, text
	}
}

func (n *Node) setWord(text string) {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		n.setBool(true)
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		n.setBool(false)
	case "~", "null", "Null", "NULL":
		n.Kind = Null
	default:
		n.Kind, n.text = String, text
	}
}

// setNumber reads a scalar that begins as a number does. Small integers and what is surely no
// number, as quantities (100m, 64Mi), are told at once: asking the library costs an error each.
func (n *Node) setNumber(text string) {
	digits := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !inNumber[c]:
			if c != 'i' && c != 'I' && c != 'n' && c != 'N' { // .inf and .nan are numbers
				n.Kind, n.text = String, text
				return
			}
		}
	}
	if digits == len(text) && digits < 19 && (text[0] != '0' || digits == 1) {
		value := int64(0)
		for i := range len(text) {
			value = 10*value + int64(text[i]-'0')
		}
		n.setInt(value, text)
		return
	}
	n.setAnyNumber(text)
}

// inNumber has the characters of all numbers but .inf and .nan.
var inNumber = func() (table [256]bool) {
	for _, c := range "0123456789abcdefABCDEFxXoO_+-." {
		table[c] = true
	}
	return table
}()

// setAnyNumber reads integers in every base that Go knows, with underscores, and decimal floats.
// Dates stay strings, as they do on kubectl's way through JSON.
func (n *Node) setAnyNumber(text string) {
	n.Kind, n.text = String, text
	if text[0] == '.' || text[0] == '+' || text[0] == '-' {
		if value, ok := specialFloat(text); ok {
			n.setFloat(value, text)
			return
		}
	}
	if text[0] == '.' {
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			n.setFloat(value, text)
		}
		return
	}
	plain := text
	if strings.IndexByte(text, '_') >= 0 {
		plain = strings.ReplaceAll(text, "_", "")
	}
	if value, err := strconv.ParseInt(plain, 0, 64); err == nil {
		n.setInt(value, text)
		return
	}
	if value, err := strconv.ParseUint(plain, 0, 64); err == nil {
		n.setFloat(float64(value), text)
		return
	}
	if plainFloat.MatchString(plain) {
		if value, err := strconv.ParseFloat(plain, 64); err == nil {
			n.setFloat(value, text)
		}
	}
}

func specialFloat(text string) (float64, bool) {
	switch text {
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), true
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1), true
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1), true
	}
	return 0, false
}
