package report

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

type (
	object = map[string]any
	array  = []any
)

// factOf makes a subject of the fields of a fact.
func factOf(name string, fields object) *inventory.Subject {
	fields["apiVersion"], fields["kind"], fields["metadata"] = inventory.FactVersion, inventory.FactImage, object{"name": name}
	return &inventory.Subject{Kind: inventory.FactImage, APIVersion: inventory.FactVersion, Name: name, Root: document.Make(fields),
		Source: &inventory.Source{Target: "image:" + name, File: name}}
}

// shopImage has everything that a report can show.
func shopImage() *inventory.Subject {
	layer := func(n int, bytes, size, files, removed int, by string) object {
		return object{"index": n, "digest": "sha256:abc", "bytes": bytes, "size": size, "files": files, "removed": removed, "by": by}
	}
	step := func(by string, layer int) object {
		s := object{"created": "2026-01-12T09:00:00Z", "by": by}
		if layer < 0 {
			s["empty"] = true
		} else {
			s["layer"] = layer
		}
		return s
	}
	install := "RUN |1 NODE_ENV=production /bin/sh -c apt-get update     && apt-get install -y --no-install-recommends curl ca-certificates gcc g++ make python3 python3-pip nodejs npm   && pip install --break-system-packages awscli==1.32.0   && npm ci # buildkit"
	vulnerability := func(id, severity, fixed, status string) object {
		v := object{"id": id, "severity": severity, "package": object{"name": "openssl", "version": "3.0.11-1"}}
		if fixed != "" {
			v["fixed"] = fixed
		}
		if status != "" {
			v["vex"] = object{"status": status}
		}
		return v
	}
	return factOf("registry.example.com/shop/api:1.4.2", object{
		"from": "registry", "digest": "sha256:5f4c1d7a9b0e8c6d3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e", "platform": "linux/amd64",
		"platforms": array{"linux/amd64", "linux/arm64"}, "created": "2026-01-12T09:31:00Z", "observed": "2026-03-07T10:00:00Z",
		"config": object{"ports": array{"8080/tcp", "22/tcp"}, "cmd": array{"/entrypoint.sh"}}, "drops": array{"gosu"},
		"history": array{
			step("/bin/sh -c #(nop) ADD file:4d6b3a3ff6a4e5d1f2 in / ", 0), step("/bin/sh -c #(nop)  CMD [\"bash\"]", -1), step("ENV NODE_ENV=production", -1),
			step(install, 1), step("WORKDIR /app", 2), step("COPY . . # buildkit", 3), step("RUN /bin/sh -c npm ci --omit=dev # buildkit", 4),
			step("RUN /bin/sh -c apt-get purge -y gcc g++ make && rm -rf /app/node_modules/.cache /var/lib/apt/lists/* # buildkit", 5),
			step("EXPOSE map[22/tcp:{} 8080/tcp:{}]", -1), step("CMD [\"/entrypoint.sh\"]", -1),
		},
		"layers": array{
			layer(0, 29_126_000, 74_812_000, 6_420, 1_900_000, "ADD file"), layer(1, 118_000_000, 301_400_000, 14_210, 96_300_000, install),
			layer(2, 32, 0, 1, 0, "WORKDIR /app"), layer(3, 5_100_000, 18_900_000, 812, 0, "COPY"), layer(4, 21_000_000, 88_100_000, 9_100, 22_400_000, "npm"),
			layer(5, 3_400, 12_000, 41, 0, "purge"),
		},
		"bytes": 173_229_432, "size": 483_224_000, "files": 29_102, "waste": 120_600_000,
		"wasted": array{
			object{"path": "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "bytes": 34_112_000, "layer": 1, "removedBy": 5},
			object{"path": "/app/node_modules/.cache/webpack/default-production/0.pack", "bytes": 20_800_000, "layer": 4, "removedBy": 5},
			object{"path": "/var/lib/dpkg/status", "bytes": 812_000, "layer": 0, "removedBy": 1},
		},
		"os": object{"id": "debian", "version": "12", "name": "Debian GNU/Linux 12 (bookworm)"}, "base": "full",
		"user":          object{"spec": "", "uid": 0, "gid": 0, "name": "root", "known": true, "root": true},
		"packageCounts": object{"deb": 214, "npm": 1_204, "pypi": 31},
		"scan": object{"database": "osv/", "observed": "2026-03-07T10:00:00Z", "judged": 1_436, "unmatched": object{"Debian:12": 11}, "unparsed": object{"npm": 2},
			"ecosystems": array{object{"ecosystem": "Debian", "advisories": 48_000, "newest": "2026-03-04T00:00:00Z"}, object{"ecosystem": "npm", "newest": "2026-01-02T00:00:00Z", "written": "2026-01-03T00:00:00Z"}}},
		"vulnerabilities": array{
			vulnerability("CVE-2026-0001", "critical", "3.0.15-1", ""), vulnerability("CVE-2026-0002", "high", "3.0.15-1", ""), vulnerability("CVE-2026-0003", "high", "", ""),
			vulnerability("CVE-2026-0004", "medium", "", ""), vulnerability("CVE-2026-0005", "odd", "", ""), vulnerability("CVE-2026-0006", "critical", "1", "not_affected"),
		},
		"signed": object{"state": "present", "reason": "no rule in .kubeproof.yaml gives a key for it"},
		"origin": object{"state": "absent", "reason": "no attestation was found"},
		"unread": array{object{"path": "/var/lib/rpm/rpmdb.sqlite", "layer": 1, "reason": "the database is larger than the limit of 256 MiB"}},
	})
}

// scratchImage holds one program, and every good thing.
func scratchImage() *inventory.Subject {
	return factOf("build/agent.tar", object{
		"from": "oci-archive", "digest": "sha256:0a1b", "platform": "linux/arm64", "created": "1970-01-01T00:00:00Z", "observed": "2026-03-07T10:00:00Z",
		"config":  object{"user": "65532:65532", "entrypoint": array{"/agent"}},
		"history": array{object{"by": "COPY /agent /agent # buildkit", "layer": 0}, object{"by": "USER 65532:65532", "empty": true}},
		"layers":  array{object{"index": 0, "bytes": 4_100_000, "size": 9_990_000, "files": 1, "removed": 0}},
		"bytes":   4_100_000, "size": 9_990_000, "files": 1, "waste": 0, "wasted": array{}, "base": "scratch",
		"user": object{"spec": "65532:65532", "uid": 65532, "gid": 65532, "known": true, "root": false}, "packageCounts": object{"golang": 17}, "packages": array{},
		"scan":            object{"database": "osv/", "observed": "2026-03-07T10:00:00Z", "judged": 17, "ecosystems": array{object{"ecosystem": "Go", "newest": "2026-03-06T00:00:00Z"}}},
		"vulnerabilities": array{}, "signed": object{"state": "verified", "reason": "signed by ci@example.com"}, "origin": object{"state": "verified", "reason": "built by the builder that the rule names", "level": 3},
	})
}

// evilText is what a text of an image may try on a report.
const evilText = "</title></style></script><script>alert(1)</script>\" onload=\"alert(1) {{.}} \x1b[2J\u202egnp.exe\x00\ta\nb\u200b | x"

// evilImage has such a text wherever there may be one.
func evilImage() *inventory.Subject {
	verdict := object{"state": evilText, "reason": evilText, "policy": evilText}
	return factOf("evil "+evilText, object{"from": evilText, "digest": evilText, "platform": evilText, "platforms": array{evilText, "b"}, "created": evilText, "observed": evilText,
		"config": object{"user": "app" + evilText, "ports": array{evilText}}, "user": object{"spec": evilText, "name": evilText, "uid": 7},
		"history": array{object{"by": "RUN " + evilText, "layer": 0}, object{"comment": evilText}, object{"by": "ENV DB_PASSWORD=hunter2-hunter2"}},
		"layers":  array{object{"size": 5_000, "removed": 9_000, "files": 1}, object{"size": 1, "by": evilText}}, "size": 5_000, "waste": 9_000, "files": 1,
		"wasted": array{object{"path": evilText, "bytes": 9_000, "layer": evilText, "removedBy": evilText}}, "os": object{"name": evilText}, "base": evilText,
		"packageCounts": object{evilText: 3}, "scan": object{"observed": evilText, "unmatched": object{evilText: 2}, "ecosystems": array{object{"ecosystem": evilText, "newest": "2026-01-01T00:00:00Z"}}},
		"vulnerabilities": array{object{"severity": evilText, "fixed": evilText}}, "signed": verdict, "origin": verdict, "unread": array{object{"path": evilText, "layer": evilText, "reason": evilText}}})
}

// withImages is a scan of two images, one of which has findings.
func withImages() *Report {
	controls := map[string]*control.Control{"image-user-root": {ID: "image-user-root", Title: "Images do not run as root", Severity: control.High, Risk: 7, Team: control.Apps, Topic: "image-contents",
		Why: "Root in a container is one kernel bug away from root on the node.", Fix: "Set USER to a number that is not 0."}}
	images := []*inventory.Subject{shopImage(), scratchImage()}
	f := finding(controls["image-user-root"], assessment.Fail, "image starts as root, until gosu drops it: USER is not set")
	f.Subject = assessment.Subject{Kind: inventory.FactImage, APIVersion: inventory.FactVersion, Name: images[0].Name, File: images[0].Name}
	f.Location = assessment.Location{File: images[0].Name, Path: "config.user"}
	f.Fingerprint = "00112233445566778899aabbccddeeff"
	a := &assessment.Assessment{Schema: assessment.Schema, Findings: []*assessment.Finding{&f},
		Targets:  []inventory.Target{{Kind: "image", Name: "image:" + images[0].Name, Files: 1, Documents: 1}, {Kind: "image", Name: "image:" + images[1].Name, Files: 1, Documents: 1}},
		Controls: []assessment.ControlResult{{ID: "image-user-root", Title: "Images do not run as root", Severity: control.High, Team: control.Apps, Outcomes: assessment.Counts{Pass: 1, Fail: 1}}},
		Summary: assessment.Summary{Subjects: 2, Judged: 2, Controls: 1, Outcomes: assessment.Counts{Pass: 1, Fail: 1}, Kinds: map[string]int{inventory.FactImage: 2},
			Severity: map[control.Severity]int{control.High: 1}, Teams: map[control.Team]int{control.Apps: 1}}}
	r := New(a, controls, Options{Version: "1.2.3"})
	r.Images = Images(images)
	return r
}
