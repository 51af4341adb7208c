package escalation

import (
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// level is the Pod Security level that a namespace enforces.
type level uint8

const (
	unseen level = iota // files do not tell
	absent              // there is no such namespace
	privileged
	baseline
	restricted
)

// podSecurity gives the level of a namespace; without a label it is privileged.
func (b *builder) podSecurity(namespace string) level {
	s := b.index.Find("Namespace", "", namespace)
	switch {
	case s != nil:
	case b.live && len(b.index.Kind("Namespace")) > 0:
		return absent
	case namespace == "kube-system":
		return privileged // no distribution labels it otherwise: its own pods need the node
	default:
		return unseen
	}
	label := s.Labels().Get("pod-security.kubernetes.io/enforce")
	switch {
	case label == nil || label.Text() == "privileged":
		return privileged
	case label.Text() == "baseline":
		return baseline
	}
	return restricted // which the API server takes for what it does not know
}

// doubt says which policy engine may refuse a privileged pod; "" if none was seen.
func (b *builder) doubt() string {
	if b.engine == "" {
		return ""
	}
	return b.engine + " does not refuse the pod"
}

// places adds what a new pod, the running pods, the tokens and the Secrets of namespaces lead to.
func (b *builder) places() {
	for _, namespace := range b.namespaces {
		for _, kind := range []VertexKind{NewPod, RunningPods, Tokens, Secrets, Namespace} {
			b.add(Vertex{Kind: kind}, Vertex{Kind: kind, Namespace: namespace}, within, "", "")
		}
		for _, kind := range []VertexKind{NewPod, RunningPods, Tokens, Secrets} {
			b.add(Vertex{Kind: Namespace, Namespace: namespace}, Vertex{Kind: kind, Namespace: namespace}, hasRight, "", "")
		}
		b.newPod(namespace)
		if level := b.podSecurity(namespace); (level == baseline || level == restricted) && !b.platform.openShift {
			b.add(Vertex{Kind: Namespace, Namespace: namespace}, Vertex{Kind: EveryNode}, lowerPodSecurity, "change namespace "+namespace, b.doubt())
		}
		for _, who := range b.accounts[namespace] {
			b.add(Vertex{Kind: Tokens, Namespace: namespace}, Vertex{Kind: Actor, Who: who}, identityOf, "", "")
		}
	}
	b.add(Vertex{Kind: Namespace}, Vertex{Kind: Secrets}, hasRight, "", "")
	b.add(Vertex{Kind: NewPod}, Vertex{Kind: Secrets}, mountsSecret, "", "")
	b.tokenSecrets()
	admin := Vertex{Kind: Admin}
	for _, kind := range []VertexKind{Secrets, EveryNode, Tokens} {
		b.add(admin, Vertex{Kind: kind}, asAdmin, "", "")
	}
}

func (b *builder) newPod(namespace string) {
	pod := Vertex{Kind: NewPod, Namespace: namespace}
	for _, who := range b.accounts[namespace] {
		b.add(pod, Vertex{Kind: Actor, Who: who}, runsAs, "", "")
	}
	b.add(pod, Vertex{Kind: Secrets, Namespace: namespace}, mountsSecret, "", "")
	if b.platform.openShift {
		return // SecurityContextConstraints decide there
	}
	var causes []int32
	if s := b.index.Find("Namespace", "", namespace); s != nil {
		causes = append(causes, b.cause(Cause{Object: s, Node: s.Root.Get("metadata")}))
	}
	switch b.podSecurity(namespace) {
	case privileged:
		b.add(pod, Vertex{Kind: EveryNode}, privilegedPod, namespace, b.doubt(), causes...)
	case unseen:
		b.add(pod, Vertex{Kind: EveryNode}, privilegedPod, namespace, "namespace "+namespace+" enforces no Pod Security level")
	}
}

// tokenSecrets adds the Secrets that keep a token of a service account for ever.
func (b *builder) tokenSecrets() {
	for _, s := range b.index.Kind("Secret") {
		if who := tokenOf(s); who.Name != "" && b.existing[who] {
			b.add(Vertex{Kind: Secrets, Namespace: s.Namespace}, Vertex{Kind: Actor, Who: who}, legacyToken, s.Name, "",
				b.cause(Cause{Object: s, Node: s.Root.Get("metadata")}))
		}
	}
}

// tokenOf gives the account whose token a Secret keeps. Where the type was not read the annotation
// tells, which nothing else carries.
func tokenOf(s *inventory.Subject) rbac.Subject {
	kind := s.Root.Get("type").Text()
	name := s.Annotation("kubernetes.io/service-account.name")
	if name == "" || kind != "" && kind != "kubernetes.io/service-account-token" {
		return rbac.Subject{}
	}
	return rbac.Subject{Kind: rbac.ServiceAccount, Namespace: s.Namespace, Name: name}
}

// readTokenSecret adds the account whose token a Secret keeps that may be read by its name.
func (b *builder) readTokenSecret(from Vertex, n heldName, cause int32) {
	for _, namespace := range b.within(n.namespace) {
		if s := b.index.Find("Secret", namespace, n.name); s != nil {
			if who := tokenOf(s); who.Name != "" && b.existing[who] {
				b.add(from, Vertex{Kind: Actor, Who: who}, readSecrets, where(n.detail, namespace, false), "", cause)
			}
		}
	}
}

// identities adds the users and groups that may be chosen where any may be.
func (b *builder) identities() {
	b.add(Vertex{Kind: AnyIdentity}, Vertex{Kind: AnyUser}, hasRight, "", "")
	for _, who := range b.Access.Subjects() {
		to := Vertex{Kind: Actor, Who: who.Canonical()}
		switch who.Kind {
		case rbac.User:
			b.add(Vertex{Kind: AnyUser}, to, identityOf, "", "")
		case rbac.Group:
			b.add(Vertex{Kind: AnyIdentity}, to, identityOf, "", "")
		}
	}
}
