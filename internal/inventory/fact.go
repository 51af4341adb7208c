package inventory

// FactVersion is the apiVersion of facts: what is known of a cluster that no API object holds.
// Facts are subjects like others, so that one control judges a fact wherever it came from: a live
// cluster, a static pod's manifest, a node, a saved inventory.
const FactVersion = "kubeproof.dev/v1"

// The kinds of facts. All have metadata.name and, but for the cluster, from: where it was read.
const (
	// FactCluster describes the cluster: version {git, major, minor}, platform {name, managed,
	// controlPlane: visible|provider|elsewhere|unknown, confidence, signals[]}, endpoint, groups[],
	// nodes, metrics {encryption, audit, admission, authorizers}, features, probes {anonymous[],
	// tls, certificate, profiling}. What was not looked at is absent.
	FactCluster = "KubernetesCluster"
	// The instances of a component: flags is a map from a flag's name without dashes to its text as
	// given. With complete: true it holds the effective value of every flag; else an absent flag
	// has its default.
	FactAPIServer         = "APIServerInstance"
	FactControllerManager = "ControllerManagerInstance"
	FactScheduler         = "SchedulerInstance"
	FactEtcd              = "EtcdInstance"
	// A node's kubelet and kube-proxy: config is the effective KubeletConfiguration or
	// KubeProxyConfiguration, flags what is set beside it.
	FactKubelet   = "KubeletInstance"
	FactKubeProxy = "KubeProxyInstance"
	// FactAuditUse sums an audit log: window {from, to}, events, uses[] {user, groups[], verb, group,
	// resource, subresource, namespace, name, path, count}.
	FactAuditUse = "AuditLogUse"
	// FactAdmission is what the admission of a namespace, its metadata.name, makes of objects that
	// are sent as dry runs: good {Pod, Deployment, Service, Ingress: {outcome, message}} without
	// fault, trials {FAULT: {about, like: the kind, outcome, message}}. Outcomes are accepted,
	// refused, mended (accepted without the fault) and unknown.
	FactAdmission = "AdmissionProof"
	// FactImage is what a container image, its metadata.name, is and holds: from, reference, digest,
	// platform, created, observed, config, history[], layers[], sizes, os, base, users[], user,
	// packages[], and lists of what checks ask for: tools[], setuid[], writable[], executables[],
	// secrets[] (never with a value), repositories[] (of version control), unsearched, unread[]. Where
	// layers is absent no file was looked at; where a list is absent beside it there is none. What those
	// who verify and match found is there only if they were asked: signed, provenance,
	// vulnerabilities, scan.
	FactImage = "ContainerImage"
	// FactBill is the software of a bill of materials or of a folder, its metadata.name: from (cyclonedx,
	// spdx or folder), observed, packages[], packageCounts; scan and vulnerabilities if advisories
	// were given, as an image has them.
	FactBill = "SoftwareBill"
	// FactDockerfile is a Dockerfile taken apart: stages, instructions, the commands that they run.
	// docs/dockerfiles.md describes it.
	FactDockerfile = "Dockerfile"
)

// FactKinds are all kinds of facts.
var FactKinds = []string{FactCluster, FactAPIServer, FactControllerManager, FactScheduler, FactEtcd, FactKubelet, FactKubeProxy, FactAuditUse, FactAdmission, FactImage, FactBill, FactDockerfile}

// FactFlags are the flags without which a scan of a cluster does not collect a kind of fact.
var FactFlags = map[string]string{FactAdmission: "--prove-admission"}
