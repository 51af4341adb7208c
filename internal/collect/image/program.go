package image

import (
	"bytes"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
)

// programKinds are the programs that are told, by what they are good for: "system" and "language"
// managers of packages, shells, and tools.
var programKinds = kinds(map[string]string{
	"system": "apt apt-get aptitude dpkg apk yum dnf dnf5 microdnf tdnf zypper rpm pacman opkg xbps-install emerge nix-env",
	"language": "pip pip3 pipx uv poetry npm npx yarn pnpm bun gem bundle bundler composer cargo conda mamba mvn gradle nuget " +
		"luarocks cpan easy_install corepack",
	"shell":    "sh bash dash ash zsh ksh ksh93 mksh csh tcsh fish busybox hush rbash yash pwsh nu",
	"download": "curl wget wget2 aria2c axel lynx links w3m httpie http xh lftp",
	"vcs":      "git svn hg bzr cvs fossil",
	"network": "nc ncat netcat nc.openbsd nc.traditional socat telnet nmap masscan tcpdump tshark dumpcap ngrep ftp tftp arp-scan hping3 " +
		"dig nslookup iptables proxychains chisel",
	"remote": "sshd sshd-session ssh scp sftp dropbear dropbearmulti dbclient tinysshd telnetd in.telnetd utelnetd rshd in.rshd rlogind in.rlogind " +
		"rexecd in.rexecd vncserver Xvnc Xtigervnc Xtightvnc x11vnc x0vncserver tigervncserver tightvncserver vncserver-x11 wayvnc xrdp xrdp-sesman " +
		"gnome-remote-desktop-daemon teamviewer teamviewerd anydesk rustdesk nxserver cockpit-ws shellinaboxd ttyd gotty wetty webmin miniserv.pl " +
		"teleport mosh-server",
	"compiler": "gcc g++ cc c++ c99 clang clang++ tcc make gmake cmake ninja ld ld.bfd ld.gold as go gofmt rustc javac ghc ocamlc gfortran gdc dmd " +
		"zig nasm yasm bazel swiftc kotlinc scalac meson",
	"debugger":  "gdb gdbserver lldb lldb-server strace ltrace dlv perf valgrind bpftrace bpftool radare2 r2",
	"editor":    "vi vim vim.basic vim.tiny vim.nox nvim view nano pico emacs joe ed mcedit micro ne jed",
	"privilege": "sudo su doas pkexec sudoedit super op",
})

func kinds(lists map[string]string) map[string]string {
	all := map[string]string{}
	for kind, names := range lists {
		for _, name := range strings.Fields(names) {
			all[name] = kind
		}
	}
	return all
}

// ambiguous are names that count for programs that give more rights only with the bit that does, since
// others have them too: op is also the client of a password store.
var ambiguous = map[string]bool{"op": true, "super": true}

// programFolders are those that programs are searched in, and where some install more.
var programFolders = map[string]bool{
	"/bin": true, "/sbin": true, "/usr/bin": true, "/usr/sbin": true, "/usr/local/bin": true, "/usr/local/sbin": true, "/busybox": true,
	"/usr/libexec": true, "/usr/lib/git-core": false, "/usr/local/go/bin": true, "/usr/local/cargo/bin": true, "/root/.cargo/bin": true,
	"/usr/lib/openssh": true, "/usr/lib/cockpit": true, "/usr/share/webmin": true, "/usr/libexec/webmin": true, "/usr/libexec/openssh": true,
	"/opt/teamviewer/tv_bin": true, "/usr/NX/bin": true,
	"/opt/conda/bin": true, "/opt/java/openjdk/bin": true, "/usr/local/openjdk/bin": true, "/opt/bin": true, "/app/bin": true,
}

// program takes a program that is worth telling. Links count if they lead to something that can run.
func (r *reading) program(name []byte, base string, id tree.ID) {
	kind, known := programKinds[versionless(base)]
	if !known {
		return
	}
	folder := bytes.TrimSuffix(name[:len(name)-len(base)], []byte("/"))
	if !programFolders[string(folder)] {
		return
	}
	a := r.tree.Get(id)
	if a.Kind == tree.Symlink {
		target, err := r.tree.Resolve(string(name))
		if err != nil || target == tree.Missing {
			return
		}
		id, a = target, r.tree.Get(target)
	}
	if a.Kind != tree.File || a.Mode()&0o111 == 0 || ambiguous[base] && a.Mode()&0o4000 == 0 {
		return
	}
	r.tellProgram(Program{Name: base, Kind: kind, Path: string(name)}, id)
}

// versionless takes the version off names such as pip3.12, gcc-12 and python3.
func versionless(base string) string {
	if _, known := programKinds[base]; known {
		return base
	}
	return strings.TrimRight(base, "0123456789.-")
}

func (r *reading) tellProgram(p Program, id tree.ID) {
	i := r.image
	p.Package = r.ownerOf(p.Path)
	if p.Package == "" {
		p.Package = r.ownerOf(r.tree.Path(id))
	}
	switch p.Kind {
	case "system", "language":
		i.Managers = appendProgram(i.Managers, p)
	case "shell":
		p.Kind = ""
		i.Shells = appendProgram(i.Shells, p)
	default:
		if path.Base(r.tree.Path(id)) == "busybox" && p.Package == "" {
			p.Package = "busybox"
		}
		i.Tools = appendProgram(i.Tools, p)
	}
}

func appendProgram(all []Program, p Program) []Program {
	if len(all) >= mostListed {
		return all
	}
	return append(all, p)
}
