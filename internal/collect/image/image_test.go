package image

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const passwd = "root::0:0:root:/root:/bin/sh\nwww:x:33:33::/var/www:/usr/sbin/nologin\napp:x:1000:1000::/home/app:/bin/sh\nold:x:44:44::/:/bin/sh\n"

func shop(t testing.TB) v1.Image {
	base := tarOf(t,
		file{name: "etc/"}, file{name: "etc/passwd", text: passwd}, file{name: "etc/shadow", text: "www:*:1::::::\napp:$6$x$y:1::::::\n", mode: 0o640},
		file{name: "etc/group", text: "root:x:0:\nweb:x:50:app,www\n"},
		file{name: "usr/lib/os-release", text: "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_CODENAME=bookworm\n"},
		file{name: "etc/os-release", to: "../usr/lib/os-release"},
		file{name: "bin", to: "usr/bin"},
		file{name: "usr/bin/bash", text: "\x7fELF....", mode: 0o755}, file{name: "bin/sh", to: "bash"},
		file{name: "usr/bin/su", text: "\x7fELF su", mode: 0o4755}, file{name: "usr/bin/curl", text: "\x7fELF", mode: 0o755},
		file{name: "usr/bin/apt-get", text: "\x7fELF", mode: 0o755},
		file{name: "var/lib/dpkg/info/util.list", text: "/bin/su\n/usr/bin/bash\n"},
		file{name: "tmp/", mode: 0o1777}, file{name: "srv/", mode: 0o777},
	)
	app := tarOf(t,
		file{name: "app/"}, file{name: "app/.env", text: "DB_PASSWORD=Zx8qLm2Rt9\n"},
		file{name: "app/id_rsa", text: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----\n", mode: 0o600},
		file{name: "app/server", text: "\x7fELF server", mode: 0o777, uid: 1000, gid: 1000},
		file{name: "app/data/", mode: 0o700, uid: 1000},
		file{name: "usr/local/bin/docker-entrypoint.sh", text: "#!/usr/bin/env bash\nset -e\nif command -v gosu; then :; fi\nexec su-exec app \"$@\"\n", mode: 0o755},
	)
	clean := tarOf(t, file{name: "app/.wh.id_rsa"}, file{name: "usr/bin/.wh.curl"})
	return imageOf(t, func(c *v1.ConfigFile) {
		c.Config.User, c.Config.WorkingDir = "app:web", "/app"
		c.Config.Entrypoint, c.Config.Cmd = []string{"docker-entrypoint.sh"}, []string{"./server", "--port=80"}
		c.Config.Env = []string{"PATH=/usr/local/bin:/usr/bin", "API_TOKEN=8f2a9c1d4b7e6f10aa"}
		c.Config.ExposedPorts = map[string]struct{}{"80/tcp": {}, "22/tcp": {}}
		c.History[1].CreatedBy = "RUN |1 API_TOKEN=8f2a9c1d4b7e6f10aa /bin/sh -c make"
	}, base, app, clean)
}

func TestFactsOfAnImage(t *testing.T) {
	i := collectOne(t, saved(t, "shop/web:1.2", shop(t)), Options{Observed: "2026-01-02T03:04:05Z"})
	uid, gid, one := int64(1000), int64(50), 1
	check := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("reference", i.Reference, &Reference{"docker.io", "shop/web", "1.2"})
	check("os", i.OS, &OS{ID: "debian", Version: "12", Name: "Debian GNU/Linux 12", Like: []string{}, Codename: "bookworm"})
	check("base", i.Base, "full")
	check("user", i.User, &RunUser{Spec: "app:web", UID: &uid, GID: &gid, Name: "app", Known: true})
	check("users", i.Users, []User{{"root", 0, 0, "/root", "/bin/sh", "empty"}, {"www", 33, 33, "/var/www", "/usr/sbin/nologin", "locked"},
		{"app", 1000, 1000, "/home/app", "/bin/sh", "set"}, {"old", 44, 44, "/", "/bin/sh", "none"}})
	check("groups", i.Groups, []Group{{"root", 0, nil}, {"web", 50, []string{"app", "www"}}})
	check("managers", i.Managers, []Program{{"apt-get", "system", "/usr/bin/apt-get", ""}})
	check("shells", i.Shells, []Program{{"bash", "", "/usr/bin/bash", "util"}, {"sh", "", "/usr/bin/sh", "util"}})
	check("tools", i.Tools, []Program{{"su", "privilege", "/usr/bin/su", "util"}})
	check("setuid", i.Setuid, []Privileged{{"/usr/bin/su", "4755", 0, 0, "util"}})
	check("writable", i.Writable, []Writable{{"/app/server", "0777", 1000, "file"}, {"/srv", "0777", 0, "dir"}})
	check("executables", i.Executables, []Executable{
		{Word: "docker-entrypoint.sh", From: "entrypoint", Path: "/usr/local/bin/docker-entrypoint.sh", Mode: "0755", Script: "bash"},
		{Word: "./server", From: "cmd", Path: "/app/server", Mode: "0777", UID: 1000, GID: 1000, ELF: true, GroupWritable: true, OtherWritable: true, OwnerWritable: true}})
	check("drops", i.Drops, []string{"su-exec"})
	check("owned", i.Owned, []Owned{{1000, 1, 11, "/app/data", 1}})
	check("env", i.Config.Env, []Variable{{"PATH", "/usr/local/bin:/usr/bin"}, {"API_TOKEN", "***"}})
	check("ports", i.Config.Ports, []string{"22/tcp", "80/tcp"})
	check("history", i.History[1].By, "RUN |1 API_TOKEN=*** /bin/sh -c make")
	check("secrets", i.Secrets, []Secret{{What: "a token", Variable: "API_TOKEN"}, {What: "a token", History: &one},
		{What: "a password", Path: "/app/.env", Line: 1, Layer: &one}, {What: "a private key", Path: "/app/id_rsa", Line: 1, Layer: &one, Deleted: true}})
	check("unread", i.Unread, []Unread(nil))
	if *i.Waste != 145 || i.Layers[1].Removed != 141 || len(i.Wasted) != 2 {
		t.Errorf("waste %d, removed of layer 1 %d, wasted %v", *i.Waste, i.Layers[1].Removed, i.Wasted)
	}
}

// treeOf turns facts into the tree that checks see.
func treeOf(t testing.TB, i *Image) *document.Node {
	t.Helper()
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	root, _, err := document.NewUnplacedReader(document.DefaultLimits).Read(text, document.Shape{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTree(t *testing.T) {
	root := treeOf(t, collectOne(t, saved(t, "shop/web:1.2", shop(t)), Options{}))
	for path, want := range map[string]string{"kind": inventory.FactImage, "apiVersion": inventory.FactVersion, "from": "docker-archive"} {
		if got := root.Get(path).Text(); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for list, want := range map[string]int{"repositories": 0, "secrets": 4, "tools": 1} {
		if node := root.Get(list); node == nil || node.Len() != want {
			t.Errorf("%s has %d, want %d", list, node.Len(), want)
		}
	}
	if root.Get("unsearched") != nil || root.Get("config", "env").Len() != 2 {
		t.Errorf("unsearched %v", root.Get("unsearched"))
	}
}
