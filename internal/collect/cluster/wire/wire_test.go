package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
)

// withoutManaged is what every list leaves out.
func withoutManaged() *document.Cut {
	return &document.Cut{Keys: map[string]*document.Cut{"metadata": {Keys: map[string]*document.Cut{"managedFields": {Out: true}}}}}
}

// marshaler is what the Go types of objects have.
type marshaler interface{ Marshal() ([]byte, error) }

// shapes gives a shape of every known kind.
func shapes() []document.Shape {
	var all []document.Shape
	for apiVersion, values := range known {
		for _, value := range values {
			all = append(all, document.Shape{APIVersion: apiVersion, Kind: reflect.TypeOf(value).Name(), Cut: withoutManaged()})
		}
	}
	return all
}

// listOf writes a list as the API server does.
func listOf(t testing.TB, shape document.Shape, resume string, objects ...[]byte) []byte {
	t.Helper()
	metadata := field2(3, []byte(resume))
	raw := field2(1, metadata)
	for _, object := range objects {
		raw = append(raw, field2(2, object)...)
	}
	envelope := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: shape.APIVersion, Kind: shape.Kind + "List"}, Raw: raw}
	body, err := envelope.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("k8s\x00"), body...)
}

// field2 writes a field of bytes, the form number 2.
func field2(number int, content []byte) []byte {
	return append(appendVarint(appendVarint(nil, uint64(number)<<3|bytesForm), uint64(len(content))), content...)
}

func appendVarint(b []byte, value uint64) []byte {
	for ; value >= 0x80; value >>= 7 {
		b = append(b, byte(value)|0x80)
	}
	return append(b, byte(value))
}

// read reads the objects of a list, and its token.
func read(body []byte, plan *Plan) ([]*document.Node, string, error) {
	var all []*document.Node
	page := NewReader(document.DefaultLimits).Page(plan, func(n *document.Node) { all = append(all, n) })
	if _, err := page.Write(body); err != nil {
		return all, "", err
	}
	return all, page.Resume(), page.Close()
}

// flat describes every value of a tree, in order.
func flat(n *document.Node) []string {
	var all []string
	n.Walk(func(at *document.Node) {
		all = append(all, fmt.Sprintf("%s %s %q %d %d", at.Path(), at.Kind, at.Text(), at.Index(), at.Int64()))
	})
	return all
}

func TestEveryKindHasAPlan(t *testing.T) {
	for _, shape := range shapes() {
		c := &compiler{done: map[part]*message{}}
		if _, err := c.message(typeOf(shape.APIVersion, shape.Kind), shape.Cut, true); err != nil {
			t.Errorf("%s: %v", shape.Kind, err)
		}
	}
	if PlanOf(document.Shape{APIVersion: "v1", Kind: "Secret"}) != nil {
		t.Error("Secrets have a plan, though only their metadata is to be asked for")
	}
}

// equal reports whether two trees are the same, value for value.
func equal(a, b *document.Node) bool {
	if a.Kind != b.Kind || a.Text() != b.Text() || a.Key() != b.Key() || a.Index() != b.Index() || a.Int64() != b.Int64() || a.Len() != b.Len() {
		return false
	}
	for i, child := range a.Children() {
		if other := b.Children()[i]; !equal(child, other) || other.Parent() != b {
			return false
		}
	}
	return true
}

// TestSameAsJSON holds trees read from protobuf against those of the JSON of the same objects.
func TestSameAsJSON(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 40
	}
	objects, values := 0, 0
	for _, shape := range shapes() {
		plan := PlanOf(shape)
		for seed := range rounds {
			objects++
			values += same(t, shape, plan, uint64(seed))
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d objects with %d values are the same", objects, values)
}

func same(t *testing.T, shape document.Shape, plan *Plan, seed uint64) int {
	t.Helper()
	r := newRandom(seed)
	value := reflect.New(typeOf(shape.APIVersion, shape.Kind))
	r.fill(value.Elem(), 0)
	wire, err := value.Interface().(marshaler).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value.Interface())
	if err != nil {
		t.Fatal(err)
	}
	json := document.NewUnplacedReader(document.DefaultLimits)
	want, _, err := json.Read(text, shape)
	if err != nil {
		t.Fatal(err)
	}
	if seed%4 == 1 {
		if shape.Cut = r.cut(want); shape.Cut == nil {
			shape.Cut = withoutManaged()
		}
		shape.Cut.Keys["metadata"] = withoutManaged().Keys["metadata"]
		if want, _, err = json.Read(text, shape); err != nil {
			t.Fatal(err)
		}
		plan = PlanOf(shape)
	}
	got, _, err := read(listOf(t, shape, "", wire), plan)
	if err != nil || len(got) != 1 {
		t.Fatalf("%s by lot of %d: %d objects, %v\n%s", shape.Kind, seed, len(got), err, text)
	}
	if !equal(want, got[0]) {
		t.Errorf("%s by lot of %d (-JSON +protobuf):\n%s", shape.Kind, seed, cmp.Diff(flat(want), flat(got[0])))
	}
	values := 0
	got[0].Walk(func(*document.Node) { values++ })
	return values
}
