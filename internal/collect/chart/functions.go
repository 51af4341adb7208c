package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"

	"sigs.k8s.io/yaml"
)

// functions are those of Helm's templates, which do not depend on the template they run in:
// sprig's without the environment, and Helm's own. Helm keeps its list to itself; a test holds
// this one against it. What would differ from run to run is replaced: see fixed.
func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	maps.Copy(all, template.FuncMap{
		"toYaml": toYAML, "mustToYaml": must(yaml.Marshal), "toYamlPretty": toYAMLPretty,
		"fromYaml": fromMap(func(text string, into any) error { return yaml.Unmarshal([]byte(text), into) }),
		"fromYamlArray": func(text string) []any {
			return fromList(text, func(text string, into any) error { return yaml.Unmarshal([]byte(text), into) })
		},
		"toJson": toJSON, "mustToJson": must(json.Marshal),
		"fromJson": fromMap(func(text string, into any) error { return json.Unmarshal([]byte(text), into) }),
		"fromJsonArray": func(text string) []any {
			return fromList(text, func(text string, into any) error { return json.Unmarshal([]byte(text), into) })
		},
		"toToml": toTOML, "mustToToml": mustToTOML,
		"fromToml": fromMap(func(text string, into any) error { return toml.Unmarshal([]byte(text), into) }),
		"required": required,
		"fail":     func(message string) (string, error) { return "", &refusal{message: message} },
		// no cluster is asked: what is looked up is not there, as for `helm template`
		"lookup":        func(_, _, _, _ string) map[string]any { return map[string]any{} },
		"getHostByName": func(string) string { return "" },
	})
	maps.Copy(all, durations())
	maps.Copy(all, fixed())
	maps.Copy(all, bounded())
	return all
}

// refusal is what a chart's author says with required or fail.
type refusal struct {
	message  string
	required bool
}

func (r *refusal) Error() string { return r.message }

func required(message string, value any) (any, error) {
	if text, isText := value.(string); value == nil || isText && text == "" {
		return value, &refusal{message, true}
	}
	return value, nil
}

func toYAML(value any) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return "" // as Helm has it
	}
	return strings.TrimSuffix(string(text), "\n")
}

func toYAMLPretty(value any) string {
	var text bytes.Buffer
	encoder := goyaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func toJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func toTOML(value any) string {
	text, err := mustToTOML(value)
	if err != nil {
		return err.Error()
	}
	return text
}

func mustToTOML(value any) (string, error) {
	var text bytes.Buffer
	err := toml.NewEncoder(&text).Encode(value)
	return text.String(), err
}

func must(marshal func(any) ([]byte, error)) func(any) (string, error) {
	return func(value any) (string, error) {
		text, err := marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
}

// fromMap gives what Helm gives for a text that cannot be read: its error under "Error".
func fromMap(unmarshal func(string, any) error) func(string) map[string]any {
	return func(text string) map[string]any {
		into := map[string]any{}
		if err := unmarshal(text, &into); err != nil {
			if into == nil {
				into = map[string]any{}
			}
			into["Error"] = err.Error()
		}
		return into
	}
}

func fromList(text string, unmarshal func(string, any) error) []any {
	into := []any{}
	if err := unmarshal(text, &into); err != nil {
		return []any{err.Error()}
	}
	return into
}

// bounded are the functions with which a short template asks for endless memory.
func bounded() template.FuncMap {
	original := sprig.TxtFuncMap()
	return template.FuncMap{
		"until": func(count int) ([]int, error) { return untilStep(0, count, sign(count)) }, "untilStep": untilStep,
		"seq": func(bounds ...int) (string, error) {
			if len(bounds) > 0 && tooMany(bounds[0], bounds[len(bounds)-1]) {
				return "", tooLarge("seq")
			}
			return original["seq"].(func(...int) string)(bounds...), nil
		},
		"repeat": func(count int, text string) (string, error) {
			if count < 0 || count > 0 && len(text) > mostText/count {
				return "", tooLarge("repeat")
			}
			return strings.Repeat(text, count), nil
		},
		"indent": func(spaces int, text string) (string, error) { return indent("indent", spaces, text) },
		"nindent": func(spaces int, text string) (string, error) {
			t, err := indent("nindent", spaces, text)
			return "\n" + t, err
		},
		"replace": func(old, replacement, text string) (string, error) {
			if grown := strings.Count(text, old); grown > 0 && len(replacement) > mostText/grown {
				return "", tooLarge("replace")
			}
			return strings.ReplaceAll(text, old, replacement), nil
		},
		// in Helm the order of these two is that of Go's maps, so no order at all
		"keys": func(from ...map[string]any) []string {
			all := []string{}
			for _, m := range from {
				all = append(all, slices.Sorted(maps.Keys(m))...)
			}
			return all
		},
		"values": func(from map[string]any) []any {
			all := []any{}
			for _, key := range slices.Sorted(maps.Keys(from)) {
				all = append(all, from[key])
			}
			return all
		},
	}
}

// Bounds of what one call of a function may make.
const (
	mostNumbers = 1_000_000
	mostText    = 16 << 20
)

func tooLarge(function string) error {
	return &stopped{fmt.Sprintf("%s asks for more than a template may make: lower the number", function)}
}

func sign(count int) int {
	if count < 0 {
		return -1
	}
	return 1
}

func tooMany(start, stop int) bool {
	return start < -mostNumbers || start > mostNumbers || stop < -mostNumbers || stop > mostNumbers
}

func untilStep(start, stop, step int) ([]int, error) {
	numbers := []int{}
	if step == 0 || stop > start != (step > 0) {
		return numbers, nil
	}
	for at := start; step > 0 && at < stop || step < 0 && at > stop; at += step {
		if numbers = append(numbers, at); len(numbers) > mostNumbers {
			return nil, tooLarge("until")
		}
	}
	return numbers, nil
}

func indent(function string, spaces int, text string) (string, error) {
	if spaces < 0 || spaces > mostText/(1+strings.Count(text, "\n")) {
		return "", tooLarge(function)
	}
	pad := strings.Repeat(" ", spaces)
	return pad + strings.ReplaceAll(text, "\n", "\n"+pad), nil
}
