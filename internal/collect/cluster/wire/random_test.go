package wire

import (
	"math/rand/v2"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubeproof/kubeproof/internal/document"
)

// random fills Go values by lot, as much of them as density says.
type random struct {
	*rand.Rand
	density float64
}

func newRandom(seed uint64) *random {
	r := rand.New(rand.NewPCG(seed, 1))
	return &random{r, []float64{0.05, 0.2, 0.4}[seed%3]}
}

func (r *random) hit() bool { return r.Float64() < r.density }

var (
	texts = []string{"", "a", "nginx:1.27", "größe-日本", "<&>\u2028\"\\\n", "\x80b\xff\xfe", "true", "1", "kubernetes.io/x", "\x00\x1f"}
	sizes = []string{"0", "1", "100m", "1.5", "64Mi", "1024Ki", "3e9", "-5", "0.5", "1e-3", "12345678901234567890", "2500Mi"}
)

func (r *random) text() string { return texts[r.IntN(len(texts))] }

// fill sets v to something by lot. Lists and maps that are there hold something: on the wire they
// cannot be told from those that are not.
func (r *random) fill(v reflect.Value, depth int) {
	switch at := v.Addr().Interface().(type) {
	case *metav1.Time:
		if r.hit() {
			*at = metav1.Unix(r.Int64N(4e9)-1e9, r.Int64N(1e9))
		}
		return
	case *resource.Quantity:
		*at = resource.MustParse(sizes[r.IntN(len(sizes))])
		return
	case *intstr.IntOrString:
		if *at = intstr.FromInt32(int32(r.Uint32())); r.hit() {
			*at = intstr.FromString(r.text())
		}
		return
	case *metav1.TypeMeta, **metav1.FieldsV1:
		return
	}
	r.fillKind(v, depth)
	if claim, ok := v.Addr().Interface().(*corev1.PersistentVolumeClaim); ok && depth > 0 {
		claim.TypeMeta = metav1.TypeMeta{Kind: "PersistentVolumeClaim", APIVersion: "v1"}
	}
}

func (r *random) fillKind(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			r.fill(v.Field(i), depth+1)
		}
	case reflect.Pointer:
		if r.hit() {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		for r.hit() {
			element := reflect.New(v.Type().Elem()).Elem()
			r.fill(element, depth+1)
			v.Set(reflect.Append(v, element))
		}
	case reflect.Map:
		for r.hit() {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			key.SetString([]string{"b", "a", "z", "ö", "", "cpu"}[r.IntN(6)])
			if r.fill(value, depth+1); v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			if value.Kind() == reflect.Slice && value.IsNil() { // a decoder never gives nil here
				value.Set(reflect.MakeSlice(value.Type(), 0, 0))
			}
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(r.text())
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(int64(int32(r.Uint32()) >> r.IntN(32)))
	case reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(256)))
	default:
		panic("no value for " + v.Type().String())
	}
}

// cut leaves out parts of a tree by lot.
func (r *random) cut(n *document.Node) *document.Cut {
	if n.Kind == document.List && n.Len() > 0 {
		return r.cut(n.Children()[0])
	}
	if n.Kind != document.Map || r.IntN(4) == 0 {
		return nil
	}
	cut := &document.Cut{Only: r.IntN(4) == 0, Scalars: r.IntN(2) == 0, Keys: map[string]*document.Cut{}}
	for _, child := range n.Children() {
		switch r.IntN(6) {
		case 0:
			cut.Keys[child.Key()] = &document.Cut{Out: true}
		case 1, 2, 3:
			cut.Keys[child.Key()] = r.cut(child)
		}
	}
	return cut
}
