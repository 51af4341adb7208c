package oscal

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/review"
)

// namespace is where names of properties, parts and facets are ours.
const namespace = "https://kubeproof.dev/ns/oscal"

// root is the UUID under which all others are made: version 5 of the namespace, under RFC 4122's for
// addresses.
var root = named([16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}, namespace)

// named is the UUID of version 5 of a name: OSCAL takes versions 4 and 5 only, and only the second is
// the same in each document.
func named(space [16]byte, name string) (id [16]byte) {
	sum := sha1.Sum(append(space[:], name...))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

func uuidText(id [16]byte) string {
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// token makes an id of ours a token of OSCAL: a letter or underscore, then letters, digits and .-_
func token(id string) string {
	text := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(".-_", r) {
			return r
		}
		return '.'
	}, id), ".")
	if first, _ := utf8.DecodeRuneInString(text); text == "" || !unicode.IsLetter(first) && first != '_' {
		return "_" + text
	}
	return text
}

// objectiveOf is the id of the one objective of an item.
func objectiveOf(item string) string { return token(item) + "_obj" }

// line is text as OSCAL's strings want it: on one line, without space around it, and never empty.
func line(text string) string {
	text = strings.Join(strings.Fields(neutral(text)), " ")
	if text == "" {
		return "none"
	}
	return text
}

// titled is line for fields of markup.
func titled(text string) string { return escape(clip(line(text), 300)) }

// prose is text of several lines for fields of markup, in which it means nothing but itself.
func prose(text string) string {
	text = strings.TrimSpace(escape(neutral(text)))
	if text == "" {
		return "none"
	}
	return text
}

// noted is prose where nothing is written for no text.
func noted(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return prose(text)
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`, "~", `\~`, "^", `\^`, "$", `\$`, "#", `\#`, "|", `\|`)

func escape(text string) string { return markup.Replace(text) }

// neutral shows what a reader cannot see or would be misled by. Line ends and tabs stay.
func neutral(text string) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[at])
		case r == '\r' && strings.HasPrefix(text[at:], "\r\n"):
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r&0xfffe == 0xfffe:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		at += size
	}
	return b.String()
}

func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-3]) + "..."
}

// page is the address of a web page as a reference; "" for everything that is none.
func page(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.User != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	if text = parsed.String(); neutral(text) != text || strings.ContainsAny(text, " <>\"\\^`{|}\n\t") {
		return ""
	}
	return text
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// begin and end are the first and the last second of a day; "" for what is no day.
func begin(day string) string { return dayAt(day, 0) }
func end(day string) string   { return dayAt(day, 24*time.Hour-time.Second) }

func dayAt(day string, after time.Duration) string {
	date, err := time.Parse(review.Day, day)
	if err != nil {
		return ""
	}
	return moment(date.Add(after))
}

// prop is a property of ours; with an empty value it is left out by props.
func prop(name, value string) property { return property{Name: name, NS: namespace, Value: value} }

func props(all ...property) []property {
	var kept []property
	for _, one := range all {
		if one.Value != "" {
			one.Value = line(one.Value)
			kept = append(kept, one)
		}
	}
	return kept
}
