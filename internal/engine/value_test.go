package engine

import (
	"strconv"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/kubeproof/kubeproof/internal/document"
)

func itoa(i int) string { return strconv.Itoa(i) }

// expressions exercise every way in which CEL can look at a value.
var expressions = []string{
	`object == plain`, `plain == object`, `object.?a.orValue(1) == plain.?a.orValue(1)`, `size(object)`,
	`object.a`, `object.?a.?b.hasValue()`, `object[?"a"].hasValue()`, `has(object.a)`, `"a" in object`,
	`object.all(k, k != "")`, `object.exists(k, k == "a")`, `object.map(k, k).size()`, `object.a[0]`, `object.a + object.a`,
	`object.a.exists(x, x == 1)`, `object.a.all(x, x != "b")`, `1 in object.a`, `object.a.map(x, x)`, `object.a.filter(x, x == 1)`,
	`object.all(k, v, v == object[k])`, `string(object.a)`, `type(object)`, `type(object.a)`, `object.a.startsWith("b")`,
	`optional.ofNonZeroValue(object.a).hasValue()`, `sets.contains(object.a, [1])`, `object.a < 2`, `!object.a`, `dyn(object.a) == 1.0`,
}

// withoutNulls drops null fields of maps as the API server does; elements of lists stay.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, element := range v {
			if element != nil {
				kept[key] = withoutNulls(element)
			}
		}
		return kept
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return value
}

// FuzzValues compares every expression over our values with the same over plain Go values.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{
		"a: 1", "a: {b: c}", "a: [1, b, {c: d}]", "a: ~", "a: [~]", "a: yes", "a: 1.5", "{}", "a: b", "a: {b: ~}",
		"a: [1, [2]]\nb: {c: [1]}\nd: text", "a: \"\"", "x: 1\ny: 2", "a: {}", "a: []",
	} {
		f.Add(seed)
	}
	env, err := newEnvironment([]string{"object", "plain"})
	if err != nil {
		f.Fatal(err)
	}
	programs := make([]cel.Program, len(expressions))
	for i, text := range expressions {
		ast, issues := env.Compile(text)
		if issues.Err() != nil {
			f.Fatal(issues.Err())
		}
		if programs[i], err = env.Program(ast, cel.EvalOptions(cel.OptOptimize)); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		documents, _ := document.Read([]byte(text), document.Limits{FileBytes: 4096, DocumentBytes: 4096, Depth: 50, Nodes: 1000})
		if len(documents) != 1 || documents[0].Root.Kind != document.Map {
			return
		}
		plain := types.DefaultTypeAdapter.NativeToValue(withoutNulls(documents[0].Root.Plain()))
		own := toValue(documents[0].Root)
		for i, program := range programs {
			got, _, gotErr := program.Eval(map[string]any{"object": own, "plain": plain})
			want, _, wantErr := program.Eval(map[string]any{"object": plain, "plain": plain})
			if (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%s on %q: error %v, plain values give %v", expressions[i], text, gotErr, wantErr)
			}
			if gotErr == nil && types.Equal(got, want) != types.True && got.Type() != types.DoubleType {
				t.Fatalf("%s on %q: got %v, plain values give %v", expressions[i], text, got, want)
			}
		}
	})
}
