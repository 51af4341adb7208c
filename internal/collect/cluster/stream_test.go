package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TestProtobufGivesTheSame holds what is read of a server that writes protobuf against what is
// read of one that does not.
func TestProtobufGivesTheSame(t *testing.T) {
	build := func(binary bool) *fake {
		return (&fake{binary: binary}).kind("v1 pods Pod", objects("b", 1201)...).kind("v1 secrets Secret", object("b", "s")).
			kind("v1 configmaps ConfigMap", object("b", "c", `"data":{"a":"größe","z":"1"}`))
	}
	var texts [2][]string
	for i, f := range []*fake{build(false), build(true)} {
		result := f.read(t, Options{})
		compare(t, "told", nil, told(result))
		for _, s := range result.Subjects {
			if s.APIVersion != inventory.FactVersion {
				texts[i] = append(texts[i], string(s.Root.AppendJSON(nil, nil)))
			}
		}
		compare(t, "pages", []string{"limit=500", "continue=from-500&limit=500", "continue=from-1000&limit=500"}, f.asked("/api/v1/pods"))
	}
	for i, text := range texts[0] { // fields that are no pointers are written by typed objects only
		texts[0][i] = strings.NewReplacer(`"image":"a:1"}]}`, `"image":"a:1","resources":{}}]},"status":{}`).Replace(text)
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("objects (-JSON +protobuf):\n%s", diff)
	}
}

// bytesField writes a field of a message.
func bytesField(number int, content []byte) []byte {
	b := binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(content)))
	return append(b, content...)
}

// TestHostileProtobuf answers with protobuf that cannot be read: the list goes on as JSON and
// nothing is lost or read twice.
func TestHostileProtobuf(t *testing.T) {
	good := protobuf("Pod", pageOf("Pod", "", objects("a", 3)...))
	pod, _ := (&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "odd", Namespace: "a"}}).Marshal()
	item := bytesField(2, pod)
	claim := append([]byte{2<<3 | 2}, binary.AppendUvarint(nil, 2<<30)...)
	for _, tt := range []struct {
		name string
		body []byte
	}{
		{"nothing but the magic", good[:4]},
		{"garbage after the magic", append([]byte("k8s\x00"), bytes.Repeat([]byte{0xff}, 1000)...)},
		{"the end is missing", good[:len(good)-9]},
		{"more behind the end", append(bytes.Clone(good), "garbage"...)},
		{"an unknown field in a pod", enveloped("PodList", append(item, bytesField(2, append(pod, bytesField(15, nil)...))...))},
		{"an unknown field in the list", enveloped("PodList", append(item, bytesField(9, pod)...))},
		{"another kind", enveloped("SecretList", item)},
		{"no kind", append([]byte("k8s\x00"), bytesField(2, item)...)},
		{"an object of two gigabytes", enveloped("PodList", append(item, claim...))},
		{"a list of two gigabytes", append(enveloped("PodList", nil), append(claim, item...)...)},
		{"a pod that ends in the middle", enveloped("PodList", append(item, bytesField(2, pod[:len(pod)-3])...))},
		{"a pod with two specs", enveloped("PodList", append(item, bytesField(2, append(bytesField(2, nil), bytesField(2, nil)...))...))},
		{"more pods than were asked for", enveloped("PodList", bytes.Repeat(item, 100_000))},
		{"a million pods without names", enveloped("PodList", bytes.Repeat(bytesField(2, nil), 1_000_000))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for page := 1; page <= 2; page++ {
				hostile(t, page, tt.body)
			}
		})
	}
}

// hostile answers the page of pods with a body, where protobuf is accepted.
func hostile(t *testing.T, page int, body []byte) {
	t.Helper()
	f := (&fake{binary: true}).kind("v1 pods Pod", objects("a", 1201)...).kind("v1 configmaps ConfigMap", object("a", "other"))
	try := 0
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/pods") || !strings.Contains(r.Header.Get("Accept"), "protobuf") {
			return false
		}
		if try++; try != page {
			return false
		}
		for len(body) > 0 { // in pieces, which end anywhere
			size := min(len(body), 30_011)
			if _, err := w.Write(body[:size]); err != nil {
				break
			}
			body = body[size:]
		}
		return true
	}
	result := f.read(t, Options{})
	compare(t, "told", nil, told(result))
	var want []string
	for i := range 1201 {
		want = append(want, fmt.Sprintf("Pod a/p%04d", i))
	}
	compare(t, fmt.Sprintf("objects with page %d", page), append([]string{"ConfigMap a/other"}, want...), names(result))
}

// TestProtobufStatus reads what the server tells of an error in that form: an expired token goes on.
func TestProtobufStatus(t *testing.T) {
	f := (&fake{binary: true}).kind("v1 pods Pod", objects("a", 1201)...)
	try := 0
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/pods") {
			return false
		}
		if try++; try != 2 {
			return false
		}
		raw, _ := (&metav1.Status{Status: "Failure", Message: "expired", ListMeta: metav1.ListMeta{Continue: "from-500"}, Code: 410}).Marshal()
		w.WriteHeader(http.StatusGone)
		w.Write(enveloped("Status", raw))
		return true
	}
	result := f.read(t, Options{})
	compare(t, "told", nil, told(result))
	if got := len(names(result)); got != 1201 {
		t.Errorf("read %d pods, want 1201", got)
	}
	compare(t, "pages", []string{"limit=500", "continue=from-500&limit=500", "continue=from-500&limit=500", "continue=from-1000&limit=500"}, f.asked("/api/v1/pods"))
}
