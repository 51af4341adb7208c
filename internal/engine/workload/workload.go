// Package workload judges what needs a workload together with the objects around it: its
// replicas with its autoscaler and disruption budget, and the limits of its containers with
// the LimitRange of its namespace. Begin with Replicas and CPULimit.
package workload

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// replicated are the kinds that run a number of equal pods.
var replicated = map[string]bool{
	"Deployment": true, "StatefulSet": true, "ReplicaSet": true, "ReplicationController": true, "Rollout": true,
}

// scale is how many pods a workload runs at least.
type scale struct {
	count int64
	// by is the autoscaler that decides the count; nil if the workload itself does.
	by *inventory.Subject
}

// scaleOf gives the scale of a workload. An autoscaler's minimum stands before spec.replicas,
// which it overwrites; absent values are 1, as the API server sets them (KEDA: 0).
func scaleOf(s *inventory.Subject, index *inventory.Index) scale {
	for _, autoscaler := range index.In("HorizontalPodAutoscaler", s.Namespace) {
		if targets(autoscaler, s, "") {
			return scale{integer(autoscaler.Root.Get("spec", "minReplicas"), 1), autoscaler}
		}
	}
	for _, scaled := range index.In("ScaledObject", s.Namespace) {
		if targets(scaled, s, "Deployment") {
			return scale{integer(scaled.Root.Get("spec", "minReplicaCount"), 0), scaled}
		}
	}
	return scale{count: integer(s.Root.Get("spec", "replicas"), 1)}
}

// targets reports whether an autoscaler's scaleTargetRef names s; kind stands where it names none.
func targets(autoscaler, s *inventory.Subject, kind string) bool {
	target := autoscaler.Root.Get("spec", "scaleTargetRef")
	if given := target.Get("kind").Text(); given != "" {
		kind = given
	}
	return kind == s.Kind && target.Get("name").Text() == s.Name
}

func integer(n *document.Node, absent int64) int64 {
	if n == nil || n.Kind != document.Int {
		return absent
	}
	return n.Int64()
}

// labelsOf are the labels of the pods that a workload makes.
func labelsOf(s *inventory.Subject) *document.Node {
	return s.Pod.Template.Get("metadata", "labels")
}
