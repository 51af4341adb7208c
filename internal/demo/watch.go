package demo

import "time"

// watched are the alert rules, and from which week on there are backups and restores that were tried.
func (s *sight) watched() {
	if s.week >= 8 {
		s.alerts()
	}
	for _, in := range s.spaces() {
		if in.name == "velero" && s.week >= in.from+1 {
			s.backups()
		}
	}
}

// alerts are those that somebody is woken by.
func (s *sight) alerts() {
	alert := func(name, expression string) any {
		return object{"alert": name, "expr": expression, "for": "5m", "labels": object{"severity": "critical"}}
	}
	rules := []any{
		alert("KubeAPIDown", `absent(up{job="apiserver"} == 1)`), alert("KubeNodeNotReady", `kube_node_status_condition{condition="Ready",status="true"} == 0`),
		alert("KubePodCrashLooping", `rate(kube_pod_container_status_restarts_total[5m]) > 0`),
		alert("NodeFilesystemAlmostOutOfSpace", `node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05`),
	}
	if s.week >= 19 {
		rules = append(rules, alert("FalcoAlert", `rate(falco_events{priority="Critical"}[5m]) > 0`))
	}
	s.add(object{"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": object{"name": "usual", "namespace": "monitoring"}, "spec": object{"groups": []any{object{"name": "usual", "rules": rules}}}})
	s.add(object{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": object{"name": "applications", "namespace": "monitoring"},
		"spec": object{"selector": object{}, "namespaceSelector": object{"any": true}, "endpoints": []any{object{"port": "main"}}}})
}

// backups are the one of last night, and the one that was restored to see that it can be.
func (s *sight) backups() {
	night := s.at.Add(-9 * time.Hour).Format(time.RFC3339)
	s.add(object{"apiVersion": "velero.io/v1", "kind": "Backup", "metadata": object{"name": "nightly", "namespace": "velero", "creationTimestamp": night},
		"spec": object{"includedNamespaces": []any{"*"}}, "status": object{"phase": "Completed", "completionTimestamp": night, "startTimestamp": night}})
	if s.week < 17 {
		return
	}
	tried := s.at.AddDate(0, 0, -20).Format(time.RFC3339)
	s.add(object{"apiVersion": "velero.io/v1", "kind": "Restore", "metadata": object{"name": "exercise", "namespace": "velero", "creationTimestamp": tried},
		"spec": object{"backupName": "nightly"}, "status": object{"phase": "Completed", "completionTimestamp": tried, "startTimestamp": tried}})
}
