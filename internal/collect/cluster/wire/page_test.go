package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubeproof/kubeproof/internal/document"
)

var podShape = document.Shape{APIVersion: "v1", Kind: "Pod", Cut: withoutManaged()}

var podPlan = PlanOf(podShape)

// samplePod is a pod as it stands on the wire.
func samplePod(t testing.TB) []byte {
	t.Helper()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", Labels: map[string]string{"b": "2", "a": "1"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app:1"}}}}
	wire, err := pod.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// inPieces writes a body a few bytes at a time and describes what it gave.
func inPieces(body []byte, size int) (trees []string, resume string, err error) {
	page := NewReader(document.Limits{Depth: 50, Nodes: 5000}).Page(podPlan, func(n *document.Node) {
		trees = append(trees, string(n.AppendJSON(nil, nil)))
	})
	for len(body) > 0 && err == nil {
		piece := body[:min(size, len(body))]
		_, err = page.Write(piece)
		body = body[len(piece):]
	}
	if closing := page.Close(); err == nil {
		err = closing
	}
	return trees, page.Resume(), err
}

func TestPageInPieces(t *testing.T) {
	pod := samplePod(t)
	body := listOf(t, podShape, "go on", pod, pod)
	const want = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop","labels":{"a":"1","b":"2"}},` +
		`"spec":{"containers":[{"name":"app","image":"app:1","resources":{}}]},"status":{}}`
	for _, size := range []int{1, 2, 3, 7, 100, len(body)} {
		trees, resume, err := inPieces(body, size)
		if err != nil || resume != "go on" || len(trees) != 2 || trees[0] != want || trees[1] != want {
			t.Errorf("in pieces of %d: %v, token %q, %v, want twice %s", size, trees, resume, err, want)
		}
	}
	for size := range len(body) - len("\x1a\x00\x22\x00") { // what follows the list is empty
		if _, _, err := inPieces(body[:size], 64); err == nil {
			t.Errorf("the first %d bytes of %d are a page", size, len(body))
		}
	}
}

func TestRefusedPages(t *testing.T) {
	pod := samplePod(t)
	list := func(fields ...[]byte) []byte {
		raw := bytes.Join(fields, nil)
		body, _ := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Raw: raw}).Marshal()
		return append([]byte("k8s\x00"), body...)
	}
	huge := append([]byte{listItems<<3 | bytesForm}, appendVarint(nil, 2<<30)...)
	in := func(fields ...[]byte) []byte { return list(field2(listItems, bytes.Join(fields, nil))) }
	for _, tt := range []struct {
		body []byte
		want string
	}{
		{[]byte(`{"kind":"PodList"}`), "it is not protobuf"},
		{nil, "it ends in the middle"},
		{[]byte("k8s\x00"), "it ends in the middle"},
		{append([]byte("k8s\x00"), bytes.Repeat([]byte{0xff}, 20)...), "a number is too long"},
		{append([]byte("k8s\x00"), field2(unknownRaw, field2(listItems, pod))...), "its kind does not stand before it"},
		{append(list(), field2(unknownEncoding, []byte("gzip"))...), "field 3 of Unknown is not known"},
		{list(huge), "a field has no end"},
		{list(field2(listItems, pod), []byte{listItems<<3 | 5, 0, 0, 0, 0}), "a field has a form that Kubernetes does not use"},
		{list(field2(listMetadata, []byte{0xff})), "its metadata cannot be read: unexpected EOF"},
		{list(field2(7, pod)), "field 7 of PodList is not known"},
		{in(field2(99, nil)), "field 99 of Pod is not known"},
		{in(field2(0, nil)), "field 0 of Pod is not known"},
		{in(field2(2, field2(1, field2(200, nil)))), "spec: volumes: field 200 of Volume is not known"},
		{in(field2(1, nil), field2(1, nil)), "metadata: a single value stands twice"},
		{in(pod[:len(pod)-1]), "a field has no end"},
		{in(field2(1, []byte{1 << 3, 5})), "metadata: name: it is not what it is in the types of this program"},
		{in(field2(1, field2(11, field2(3, nil)))), "metadata: labels: field 3 of map is not known"},
		{in(field2(1, field2(8, []byte{1 << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}))), "metadata: creationTimestamp: a time is none, or beyond what JSON can hold"},
		{in(bytes.Repeat(field2(2, bytes.Repeat(field2(2, nil), 9000)), 1)), "spec: containers: resources: more than 5000 values"},
	} {
		for _, size := range []int{1, 1 << 20} {
			if _, _, err := inPieces(tt.body, size); err == nil || err.Error() != tt.want {
				t.Errorf("%.40q in pieces of %d: %v, want %s", tt.body, size, err, tt.want)
			}
		}
	}
}

func TestUnknownFieldIsTold(t *testing.T) {
	_, _, err := inPieces(listOf(t, podShape, "", field2(40, nil)), 100)
	var unknown *UnknownField
	if !errors.As(err, &unknown) || unknown.Number != 40 || unknown.Message != "Pod" {
		t.Errorf("read with %v, want an unknown field 40 of Pod", err)
	}
}

// TestWhatIsCutIsNotRead: parts that are left out may hold fields that nobody knows.
func TestWhatIsCutIsNotRead(t *testing.T) {
	object := field2(1, append(field2(1, []byte("web")), field2(17, bytes.Repeat([]byte{0xff}, 50))...))
	if trees, _, err := inPieces(listOf(t, podShape, "", object), 100); err != nil || len(trees) != 1 {
		t.Errorf("%v, %v, want one pod", trees, err)
	}
}

func TestRefusedTypes(t *testing.T) {
	for want, value := range map[string]any{
		"wire.float.A: values of float64":                    float{},
		"wire.twice.B: field number 1 stands twice":          twice{},
		"two fields are called a":                            named{},
		"wire.bare.A: no protobuf tag":                       bare{},
		"wire.pointers.A: values of *string":                 pointers{},
		"wire.odd.A: JSON option \"string\"":                 odd{},
		"wire.itself.A: v1.MicroTime writes its JSON itself": itself{},
	} {
		c := &compiler{done: map[part]*message{}}
		if _, err := c.message(reflect.TypeOf(value), nil, true); err == nil || err.Error() != want {
			t.Errorf("%T: %v, want %s", value, err, want)
		}
	}
}

type (
	float struct {
		A float64 `json:"a" protobuf:"fixed64,1,opt,name=a"`
	}
	twice struct {
		A string `json:"a" protobuf:"bytes,1,opt,name=a"`
		B string `json:"b" protobuf:"bytes,1,opt,name=b"`
	}
	named struct {
		twins `json:",inline" protobuf:"bytes,1,opt,name=twins"`
		B     string `json:"a" protobuf:"bytes,2,opt,name=b"`
	}
	twins struct {
		A string `json:"a" protobuf:"bytes,1,opt,name=a"`
	}
	bare struct {
		A string `json:"a"`
	}
	pointers struct {
		A []*string `json:"a" protobuf:"bytes,1,rep,name=a"`
	}
	odd struct {
		A string `json:"a,string" protobuf:"bytes,1,opt,name=a"`
	}
	itself struct {
		A metav1.MicroTime `json:"a" protobuf:"bytes,1,opt,name=a"`
	}
)

func TestStatus(t *testing.T) {
	raw, err := (&metav1.Status{Message: "gone", ListMeta: metav1.ListMeta{Continue: "next"}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind string, raw []byte) []byte {
		body, _ := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: kind}, Raw: raw}).Marshal()
		return append([]byte("k8s\x00"), body...)
	}
	if got := Status(write("Status", raw)); got == nil || got.Message != "gone" || got.Continue != "next" {
		t.Errorf("Status = %+v", got)
	}
	for _, body := range [][]byte{nil, []byte("{}"), []byte("k8s\x00"), write("PodList", raw), write("Status", []byte{0xff}), write("Status", raw)[:20]} {
		if got := Status(body); got != nil {
			t.Errorf("Status(%q) = %+v, want none", body, got)
		}
	}
}

// FuzzPage reads anything whole and in pieces: nothing may break, and both must give the same.
func FuzzPage(f *testing.F) {
	pod := samplePod(f)
	f.Add(listOf(f, podShape, "go on", pod, pod), 7)
	for _, seed := range []uint64{0, 1, 3} { // sparsely filled: large seeds are slow
		value := reflect.New(reflect.TypeFor[corev1.Pod]())
		newRandom(seed).fill(value.Elem(), 0)
		wire, err := value.Interface().(marshaler).Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(listOf(f, podShape, "", wire), 100)
	}
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		whole, resume, err := inPieces(body, len(body)+1)
		parts, again, wrong := inPieces(body, max(1, size))
		if (err == nil) != (wrong == nil) || err == nil && (resume != again || strings.Join(whole, "") != strings.Join(parts, "")) {
			t.Errorf("whole: %v, %q; in pieces of %d: %v, %q", err, resume, size, wrong, again)
		}
		for _, tree := range parts {
			if !strings.HasPrefix(tree, `{"apiVersion":"v1","kind":"Pod"`) {
				t.Errorf("a tree is %.60s", fmt.Sprint(tree))
			}
		}
	})
}
