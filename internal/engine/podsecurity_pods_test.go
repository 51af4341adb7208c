package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"sigs.k8s.io/yaml"
)

// fields is a map of an object that is being made.
type fields = map[string]any

// leave is a choice: the field is absent.
var leave = struct{}{}

// podMaker makes pods at random, the same ones for the same seed. Wild pods take every choice at
// random; the others begin fine and go wrong in few places, so that single faults are seen.
type podMaker struct {
	*rand.Rand
	wild float64 // how often a field takes any choice instead of the first, which is fine
}

func newPodMaker(seed uint64) *podMaker { return &podMaker{Rand: rand.New(rand.NewPCG(seed, seed))} }

func (m *podMaker) make(t *testing.T, count int) []*madePod {
	t.Helper()
	pods := make([]*madePod, count)
	for i := range pods {
		m.wild = []float64{0, 0.05, 0.15, 0.3, 0.5, 0.9}[m.IntN(6)]
		if i%2 == 0 {
			m.wild = 0.03
		}
		pods[i] = readPod(t, m.text(t, fmt.Sprintf("pod-%d", i)))
	}
	return pods
}

func (m *podMaker) text(t *testing.T, name string) string {
	object := m.object(name)
	text, err := json.Marshal(object)
	if m.IntN(8) == 0 {
		text, err = yaml.Marshal(object)
	}
	if err != nil {
		t.Fatal(err)
	}
	if m.IntN(4) > 0 {
		return loosely(string(text))
	}
	return string(text)
}

// object wraps a pod as its own object or as the template of a workload.
func (m *podMaker) object(name string) fields {
	metadata, spec := fields{"name": name}, m.spec()
	m.set(metadata, "annotations", leave, nil, fields{}, m.annotations)
	switch m.IntN(4) {
	case 0:
		template := fields{"metadata": metadata, "spec": spec}
		return fields{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": fields{"name": name}, "spec": fields{"template": template}}
	case 1:
		template := fields{"metadata": metadata, "spec": spec}
		job := fields{"spec": fields{"template": template}}
		return fields{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": fields{"name": name}, "spec": fields{"jobTemplate": job}}
	}
	return fields{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
}

// set gives a field one of the choices; the first is fine and the likeliest. Functions make the
// value once it is chosen.
func (m *podMaker) set(in fields, name string, choices ...any) {
	choice := choices[0]
	if m.Float64() < m.wild {
		choice = choices[m.IntN(len(choices))]
	}
	if made, ok := choice.(func() any); ok {
		choice = made()
	}
	if choice != any(leave) {
		in[name] = choice
	}
}

func (m *podMaker) spec() fields {
	spec := fields{}
	for _, name := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		m.set(spec, name, leave, true, false, nil)
	}
	m.set(spec, "HostNetwork", leave, true) // unknown to the API server
	m.set(spec, "hostUsers", leave, true, false, false, nil)
	m.set(spec, "os", leave, nil, fields{}, fields{"name": "linux"}, fields{"name": "windows"}, fields{"name": "Windows"}, fields{"name": nil})
	m.set(spec, "securityContext", m.podSecurity, m.podSecurity, m.podSecurity, leave, nil, fields{})
	m.set(spec, "containers", m.containers("main", 1+m.IntN(2)))
	m.set(spec, "initContainers", leave, nil, []any{}, m.containers("init", 1), m.containers("init", 2))
	m.set(spec, "ephemeralContainers", leave, nil, []any{}, m.containers("debug", 1))
	m.set(spec, "volumes", leave, nil, []any{}, m.volumes, m.volumes, m.volumes)
	return spec
}

// annotations name containers that are there and some that are not.
func (m *podMaker) annotations() any {
	annotations := fields{}
	for _, container := range []string{"main-0", "main-1", "init-0", "debug-0", "gone", ""} {
		m.set(annotations, "container.apparmor.security.beta.kubernetes.io/"+container, leave,
			"unconfined", "runtime/default", "localhost", "localhost/", "localhost/own", "Runtime/Default", "", nil)
		m.set(annotations, "container.seccomp.security.alpha.kubernetes.io/"+container, leave, "unconfined")
	}
	m.set(annotations, "seccomp.security.alpha.kubernetes.io/pod", leave, "unconfined", "runtime/default")
	m.set(annotations, "Container.apparmor.security.beta.kubernetes.io/main-0", leave, "unconfined")
	return annotations
}

func (m *podMaker) podSecurity() any {
	context := fields{}
	m.shared(context, fields{"type": "RuntimeDefault"}, true)
	m.set(context, "sysctls", leave, nil, []any{}, m.sysctls, m.sysctls, m.sysctls)
	m.set(context, "privileged", leave, true) // no field of pods
	return context
}

// shared sets what pods and containers both have; a profile and runAsNonRoot are given, so that a
// fine pod may carry them at the pod and leave them out in containers.
func (m *podMaker) shared(context fields, seccomp, nonRoot any) {
	types := []any{"RuntimeDefault", "Localhost", "Unconfined", "unconfined", "runtimeDefault", "", nil, leave}
	profile, armor, selinux, windows := fields{}, fields{}, fields{}, fields{}
	m.set(profile, "type", types...)
	m.set(armor, "type", types...)
	m.set(selinux, "type", leave, "", nil, "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", "Container_t")
	m.set(selinux, "user", leave, "", nil, "system_u")
	m.set(selinux, "role", leave, "", nil, "system_r")
	m.set(selinux, "level", leave, "s0")
	m.set(windows, "hostProcess", leave, true, true, false, nil)
	m.set(windows, "runAsUserName", leave, "ContainerUser")
	m.set(context, "seccompProfile", seccomp, leave, nil, fields{}, profile, profile)
	m.set(context, "appArmorProfile", leave, nil, fields{}, armor, armor)
	m.set(context, "seLinuxOptions", leave, nil, fields{}, selinux, selinux)
	m.set(context, "windowsOptions", leave, nil, fields{}, windows, windows)
	m.set(context, "runAsNonRoot", nonRoot, leave, true, false, nil)
	m.set(context, "runAsUser", leave, 0, 1, 10001, nil, 0)
	m.set(context, "RunAsUser", leave, 0)
}

func (m *podMaker) sysctls() any {
	names := []any{
		"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
		"net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
		"net.ipv4.tcp_wmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat",
		"kernel.shmmax", "kernel/shmmax", "kernel/shm_rmid_forced", "kernel.msgmax", "kernel.sem", "fs.mqueue.msg_max",
		"net.core.somaxconn", "Kernel.shmmax", "net/ipv4/tcp_syncookies", "", nil, leave,
	}
	list := []any{}
	for range 1 + m.IntN(2) {
		sysctl := fields{"value": "1"}
		if name := names[m.IntN(len(names))]; name != any(leave) {
			sysctl["name"] = name
		}
		list = append(list, sysctl)
	}
	return list
}

func (m *podMaker) containers(role string, count int) func() any {
	return func() any {
		list := []any{}
		for i := range count {
			list = append(list, m.container(role, i))
		}
		return list
	}
}

func (m *podMaker) container(role string, i int) fields {
	container := fields{"name": fmt.Sprintf("%s-%d", role, i), "image": "registry.example/app:1.0.0"}
	m.set(container, "securityContext", m.security, m.security, m.security, leave, nil, fields{})
	m.set(container, "ports", leave, nil, []any{}, m.ports, m.ports)
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		m.set(container, probe, leave, nil, fields{}, m.handler, m.handler)
	}
	hooks := fields{}
	m.set(hooks, "postStart", leave, nil, fields{}, m.handler, m.handler)
	m.set(hooks, "preStop", leave, nil, fields{}, m.handler, m.handler)
	m.set(container, "lifecycle", leave, nil, hooks, hooks)
	if role == "init" {
		m.set(container, "restartPolicy", leave, "Always")
	}
	return container
}

func (m *podMaker) security() any {
	context := fields{}
	m.shared(context, leave, leave)
	m.set(context, "privileged", leave, true, false, nil)
	m.set(context, "Privileged", leave, true)
	m.set(context, "allowPrivilegeEscalation", false, leave, true, nil)
	m.set(context, "procMount", leave, nil, "Default", "Unmasked", "default", "")
	capabilities := fields{}
	m.set(capabilities, "drop", []any{"ALL"}, leave, nil, []any{}, []any{"all"}, []any{"All"}, []any{nil}, []any{"CAP_ALL"},
		[]any{"NET_RAW", "ALL"}, []any{"NET_RAW"})
	m.set(capabilities, "add", leave, nil, []any{}, m.capabilities, m.capabilities, m.capabilities, m.capabilities)
	m.set(context, "capabilities", capabilities, leave, nil, fields{})
	return context
}

func (m *podMaker) capabilities() any {
	names := []any{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
		"SETPCAP", "SETUID", "SYS_CHROOT", "NET_RAW", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "ALL", "all", "chown",
		"CAP_CHOWN", "CAP_NET_BIND_SERVICE", "net_bind_service", "", nil, "NET_BIND_SERVICE", "NET_BIND_SERVICE",
	}
	list := []any{}
	for range 1 + m.IntN(2) {
		list = append(list, names[m.IntN(len(names))])
	}
	return list
}

func (m *podMaker) ports() any {
	list := []any{}
	for range 1 + m.IntN(2) {
		port := fields{"containerPort": 8080}
		m.set(port, "hostPort", leave, 0, nil, 80, -1)
		m.set(port, "HostPort", leave, 80)
		list = append(list, port)
	}
	return list
}

// handler is a probe or a hook.
func (m *podMaker) handler() any {
	handler, action := fields{}, fields{"port": 8080}
	m.set(action, "host", leave, nil, "", "127.0.0.1", "metadata.example")
	m.set(handler, "httpGet", leave, nil, fields{}, action, action)
	m.set(handler, "tcpSocket", leave, nil, action)
	m.set(handler, "exec", leave, fields{"command": []any{"true"}})
	return handler
}

// volumes are of known types: kubectl refuses others, and so do the controls.
func (m *podMaker) volumes() any {
	types := []string{
		"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
		"hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume",
		"cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk",
		"portworxVolume", "scaleIO", "storageos",
	}
	list := []any{}
	for i := range 1 + m.IntN(2) {
		volume := fields{"name": fmt.Sprintf("volume-%d", i)}
		source := types[m.IntN(len(types))]
		if m.IntN(2) == 0 {
			source = types[8+m.IntN(2)]
		}
		m.set(volume, source, fields{}, fields{}, nil)
		m.set(volume, types[m.IntN(len(types))], leave, fields{}, nil)
		list = append(list, volume)
	}
	return list
}
