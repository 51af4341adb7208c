package cluster

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// subject makes an object of a resource a subject; nil if it is left out.
func (r *reading) subject(of resource, root *document.Node) (*inventory.Subject, error) {
	if root.Kind != document.Map {
		return nil, fmt.Errorf("it is %s, not a map", root.Kind.Named())
	}
	if name := root.Get("metadata", "name"); name == nil || name.Kind != document.String || name.Text() == "" {
		return nil, errors.New("it has no name")
	}
	if of.String() == "replicasets.apps" && retired(root) {
		return nil, nil
	}
	if of.String() == "secrets" && r.options.ReadSecrets {
		root = conceal(root)
	}
	s := inventory.NewTypedSubject(of.kind, of.apiVersion(), root, r.source, 0, "", r.options.Templates)
	if !of.namespaced {
		s.Namespace = ""
	} else if root.Get("metadata", "namespace").Text() == "" {
		return nil, errors.New("it has no namespace")
	}
	return s, nil
}

// retired reports whether a Deployment keeps the ReplicaSet only to be able to go back to it.
func retired(set *document.Node) bool {
	replicas := set.Get("spec", "replicas")
	if replicas == nil || replicas.Int64() != 0 || set.Get("status", "replicas").Int64() != 0 {
		return false
	}
	for _, owner := range set.Get("metadata", "ownerReferences").Children() {
		if owner.Get("controller").Bool() && owner.Get("kind").Text() == "Deployment" {
			return true
		}
	}
	return false
}

// salt is drawn once for a program, so that equal values are seen to be equal and none can be
// guessed from its hash.
var salt = func() []byte {
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes) // it never fails (crypto/rand)
	return bytes
}()

// conceal replaces the values of a Secret by their hashes.
func conceal(secret *document.Node) *document.Node {
	var kept []*document.Node
	for _, part := range secret.Children() {
		if part.Key() != "data" && part.Key() != "stringData" {
			kept = append(kept, part)
			continue
		}
		hashes := map[string]any{}
		for _, value := range part.Children() {
			hashes[value.Key()] = hashed(value)
		}
		kept = append(kept, document.Make(map[string]any{part.Key(): hashes}).Children()[0])
	}
	return secret.With(kept)
}

// hashed is what stands instead of a value: a salted hash and the length.
func hashed(value *document.Node) string {
	text := []byte(value.Text())
	if value.Kind == document.List || value.Kind == document.Map {
		text = value.AppendJSON(nil, nil)
	}
	if plain, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
		text = plain
	}
	sum := sha256.Sum256(append(append([]byte{}, salt...), text...))
	return fmt.Sprintf("sha256:%s (%d bytes)", hex.EncodeToString(sum[:8]), len(text))
}
