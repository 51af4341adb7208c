package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var digest = "sha256:" + strings.Repeat("0a", 32)

func sampleEntry() Entry {
	return Entry{
		Seq: 12, Time: time.Date(2026, 11, 30, 9, 15, 0, 123456789, time.FixedZone("CET", 3600)), Actor: "p-7f3a", Action: "answer.set",
		Body: json.RawMessage("{ \"question\": \"backups\",\n \"of\": [1, 2.5e3, {\"a\": null}] }"), Content: digest,
	}
}

func TestEntryGoesRound(t *testing.T) {
	for name, e := range map[string]Entry{
		"all":         sampleEntry(),
		"bare":        {Time: time.Unix(0, 0), Actor: "system", Action: "ledger.init"},
		"no body":     {Seq: 1, Time: time.Unix(1, 0), Actor: "a", Action: "b", Content: digest},
		"no content":  {Seq: 1 << 60, Time: time.Unix(1, 500e6), Actor: "a", Action: "b", Body: json.RawMessage(`{}`)},
		"empty names": {Seq: 1, Time: time.Unix(1, 0), Actor: "a", Action: "b", Body: json.RawMessage(`{"":{"":""}}`)},
		"text": {Seq: 1, Time: time.Unix(1, 0), Actor: "oidc:7/8@x", Action: "b",
			Body: json.RawMessage(`{"a":"\"},\"content\":\"x","é":"\ud83d\ude00\\"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			line := must(e.Encode())(t)
			got := must(ParseEntry(line))(t)
			var standard Entry
			if err := json.Unmarshal(line, &standard); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(standard, got); diff != "" {
				t.Errorf("encoding/json reads another entry: %s", diff)
			}
			if again := must(got.Encode())(t); !bytes.Equal(again, line) || bytes.Contains(line, []byte("\n")) {
				t.Errorf("written again: %s\nwas: %s", again, line)
			}
		})
	}
	want := `{"seq":12,"time":"2026-11-30T08:15:00.123456Z","actor":"p-7f3a","action":"answer.set","body":{"question":"backups","of":[1,2.5e3,{"a":null}]},"content":"` + digest + `"}`
	if got := must(sampleEntry().Encode())(t); string(got) != want {
		t.Errorf("line %s\nwant %s", got, want)
	}
}

func TestParseEntryKeepsNothingOfTheLine(t *testing.T) {
	line := must(sampleEntry().Encode())(t)
	e := must(ParseEntry(line))(t)
	clear(line)
	if !bytes.Contains(e.Body, []byte("backups")) {
		t.Errorf("body %q", e.Body)
	}
}

func TestEncodeRefuses(t *testing.T) {
	manyKeys := func(twice bool) string {
		var b strings.Builder
		for i := range 200 {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		if twice {
			return "{" + b.String() + `"k199":1}`
		}
		return "{" + b.String() + `"k200":1}`
	}
	for want, change := range map[string]func(*Entry){
		"":                                    func(e *Entry) { e.Body = json.RawMessage(manyKeys(false)) },
		"negative":                            func(e *Entry) { e.Seq = -1 },
		"time is not set":                     func(e *Entry) { e.Time = time.Time{} },
		"four digits":                         func(e *Entry) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"actor is not":                        func(e *Entry) { e.Actor = "" },
		"without quote and backslash":         func(e *Entry) { e.Actor = `a"b` },
		"visible ASCII":                       func(e *Entry) { e.Actor = "Åsa Öberg" },
		"action is not":                       func(e *Entry) { e.Action = strings.Repeat("a", 129) },
		"content is not of the form":          func(e *Entry) { e.Content = strings.ToUpper(digest) },
		"not a JSON object":                   func(e *Entry) { e.Body = json.RawMessage(`[]`) },
		"body: unexpected end":                func(e *Entry) { e.Body = json.RawMessage(`{"a":`) },
		`key "a" is there twice`:              func(e *Entry) { e.Body = json.RawMessage(`{"b":{"a":1,"\u0061":2}}`) },
		`key "k199" is there twice`:           func(e *Entry) { e.Body = json.RawMessage(manyKeys(true)) },
		"not UTF-8":                           func(e *Entry) { e.Body = json.RawMessage("{\"a\":\"\xff\"}") },
		"half of a surrogate pair":            func(e *Entry) { e.Body = json.RawMessage(`{"a":"\ud83d!"}`) },
		"body: half of a surrogate pair":      func(e *Entry) { e.Body = json.RawMessage(`{"a":"\udc00"}`) },
		"entry 12: body: half of a surrogate": func(e *Entry) { e.Body = json.RawMessage(`{"\ud83d\u0020":""}`) },
		"nested deeper than 64 levels": func(e *Entry) {
			e.Body = json.RawMessage(`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`)
		},
		"longer than 1048576: put the text bes": func(e *Entry) { e.Body = json.RawMessage(`{"a":"` + strings.Repeat("a", MaxLine) + `"}`) },
	} {
		t.Run(want, func(t *testing.T) {
			e := sampleEntry()
			change(&e)
			_, err := e.Encode()
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

func TestParseEntryRefuses(t *testing.T) {
	good := string(must(sampleEntry().Encode())(t))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, line := range map[string]string{
		"empty":               "",
		"null":                "null",
		"only seq":            `{"seq":12}`,
		"space before":        " " + good,
		"space behind":        good + " ",
		"newline behind":      good + "\n",
		"second value":        good + "{}",
		"space between":       replace(`,"actor"`, `, "actor"`),
		"space in the body":   replace(`"body":{`, `"body":{ `),
		"plus":                replace(`"seq":12`, `"seq":+12`),
		"zeros":               replace(`"seq":12`, `"seq":012`),
		"fraction":            replace(`"seq":12`, `"seq":12.0`),
		"negative":            replace(`"seq":12`, `"seq":-12`),
		"huge":                replace(`"seq":12`, `"seq":99999999999999999999`),
		"offset":              replace("Z", "+01:00"),
		"zero offset":         replace("Z", "+00:00"),
		"small z":             replace("Z", "z"),
		"nanoseconds":         replace("123456Z", "123456789Z"),
		"trailing zeros":      replace("123456Z", "123000Z"),
		"comma":               replace(".123456Z", ",123456Z"),
		"31 November":         replace("11-30", "11-31"),
		"leap second":         replace(":00.123456", ":60.123456"),
		"control character":   replace("p-7f3a", "p-\x007f3a"),
		"delete character":    replace("p-7f3a", "p-\x7f7f3a"),
		"escape in a name":    replace("p-7f3a", `p-\u0037f3a`),
		"invalid UTF-8":       replace("backups", "back\xffups"),
		"order":               replace(`"actor":"p-7f3a","action":"answer.set"`, `"action":"answer.set","actor":"p-7f3a"`),
		"actor twice":         replace(`,"action"`, `,"actor":"x","action"`),
		"unknown field":       replace(`,"body"`, `,"more":1,"body"`),
		"unknown last field":  replace(`"}`, `","more":1}`),
		"key twice":           replace(`"question"`, `"of":1,"question"`),
		"content before body": replace(`"body":{`, `"content":"`+digest+`","body":{`),
		"digest in capitals":  replace("0a0a", "0A0a"),
		"digest too short":    replace("0a0a", "0a"),
		"other digest":        replace("sha256:", "sha512:"),
		"not closed":          strings.TrimSuffix(good, "}"),
		"body is a list":      replace(`"body":{"question":"backups","of":[1,2.5e3,{"a":null}]}`, `"body":[]`),
		"body is null":        replace(`"body":{"question":"backups","of":[1,2.5e3,{"a":null}]}`, `"body":null`),
		"body of bad JSON":    replace("2.5e3", "02.5e3"),
		"brackets":            replace("[1", "{1"),
		"too long":            replace("backups", strings.Repeat("b", MaxLine)),
	} {
		if e, err := ParseEntry([]byte(line)); err == nil {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
}
