package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// kind is what a file is by its name.
type kind uint8

const (
	unknown kind = iota
	program      // a program, a package or an archive
	key          // a key or a certificate
	sum          // checksums and signatures, which check something else
	data         // configuration, texts, data
)

// kinds are the kinds of files by the endings of their names.
var kinds = kindsOf(map[kind]string{
	program: `.tar .tgz .tbz .tbz2 .txz .tzst .gz .bz2 .xz .zst .lz .lzma .z .zip .7z .rar .deb .rpm .apk .whl .egg .gem .jar .war .ear .phar .exe .msi
		.dll .so .bin .run .sh .bash .py .pl .rb .php .js .iso .img .appimage .pkg .dmg .msu .ova .wasm .nupkg .vsix .xpi .crx .cab .ps1 .bat .box .qcow2`,
	key: ".asc .gpg .key .pub .pem .crt .cer .der .jks .ascii",
	sum: `.sig .sign .sha1 .sha256 .sha512 .md5 .sha256sum .sha512sum .md5sum .sha1sum .sums .minisig .sbom .att .sigstore .checksum .digest
		.sha .sha256sums .bundle .provenance`,
	data: `.txt .md .json .xml .yml .yaml .conf .cfg .ini .list .repo .css .html .htm .svg .png .jpg .jpeg .gif .ico .csv .tsv .sql .properties .toml
		.rules .service .template .patch .diff .vim .ttf .otf .woff .woff2 .pdf .po .pt .pth .onnx .h5 .pb .ckpt .safetensors .gguf .caffemodel .weights
		.prototxt .parquet .npy .dat .dic .aff .wav .mp3 .mp4 .mmdb .pbf .fa .fasta .vcf .bed .proto .graphql .lua .el .vimrc .env .traineddata .xsd
		.dtd .log .pth.tar .model .hdf5 .tflite .zsh-theme`,
})

func kindsOf(lists map[kind]string) map[string]kind {
	all := map[string]kind{}
	for kind, endings := range lists {
		for _, ending := range strings.Fields(endings) {
			all[ending] = kind
		}
	}
	return all
}

// kindOf judges a name, which may be an address.
func kindOf(name string) kind {
	name = strings.ToLower(base(name))
	for _, packed := range []string{".gz", ".bz2", ".xz", ".zst", ".zip"} {
		if bare, found := strings.CutSuffix(name, packed); found && kinds[extension(bare)] == data {
			return data // a table that is packed, not an archive
		}
	}
	if bare, found := strings.CutSuffix(name, ".asc"); found && kindOf(bare) == program {
		return sum // a signature beside what it is for
	}
	if k := kinds[extension(name)]; k != unknown {
		return k
	}
	for _, word := range []string{"sha256sum", "sha512sum", "shasum", "md5sum", "checksum", "sha1sum"} {
		if strings.Contains(name, word) {
			return sum
		}
	}
	for _, word := range []string{"gpg", "keyring", "pubkey", "_key", "-key", "release.key"} {
		if strings.Contains(name, word) {
			return key
		}
	}
	if name == "keys" || name == "key" {
		return key
	}
	return unknown
}

// kind is what is fetched: by the name it is saved under, by that in the address, then by what is
// done with it.
func (f *fetch) kind() kind {
	for _, name := range []string{f.file, f.address} {
		if k := kindOf(name); k != unknown && (k != data || !f.becomesProgram()) {
			return k
		}
	}
	if f.becomesProgram() {
		return program
	}
	return unknown
}

// programFolders are where programs lie.
var programFolders = []string{"/bin/", "/sbin/", "/cli-plugins/", "/libexec/"}

// becomesProgram reports whether what is fetched is put where programs are, made executable, or unpacked.
func (f *fetch) becomesProgram() bool {
	if f.file == "" {
		return false
	}
	for _, folder := range programFolders {
		if strings.Contains("/"+f.file, folder) {
			return true
		}
	}
	name := base(f.file)
	if len(name) < 2 {
		return false
	}
	for _, c := range f.after() {
		if (isUnpacker(c.Name) || isPackager(c.Name) || c.Name == "chmod" && makesExecutable(c) || c.Name == "install") && mentions(c, name) {
			return true
		}
	}
	return false
}

func mentions(c *dockerfile.Command, name string) bool {
	for _, word := range arguments(c) {
		if base(word.Text()) == name {
			return true
		}
	}
	return false
}

// makesExecutable reads the mode of chmod: +x, u+rwx, 755, 0700.
func makesExecutable(c *dockerfile.Command) bool {
	for _, word := range arguments(c) {
		mode := word.Text()
		if strings.HasPrefix(mode, "-") {
			continue
		}
		if strings.Trim(mode, "01234567") == "" {
			return strings.ContainsAny(mode, "1357")
		}
		_, rights, found := strings.Cut(mode, "+")
		return found && strings.Contains(rights, "x")
	}
	return false
}

func isUnpacker(name string) bool {
	switch name {
	case "tar", "bsdtar", "gtar", "unzip", "funzip", "bsdunzip", "7z", "7za", "7zr", "cpio", "gunzip", "bunzip2", "unxz", "unzstd", "zcat", "xzcat", "gzip", "xz",
		"unrar", "unar", "zstd", "bzip2", "lzip", "pbzip2", "pigz", "uncompress", "ar":
		return true
	}
	return false
}

func isPackager(name string) bool {
	switch name {
	case "dpkg", "rpm", "gdebi", "apt", "apt-get", "yum", "dnf", "microdnf", "apk", "zypper", "pacman", "docker", "msiexec":
		return true
	}
	return false
}

// isUnpackedBehind reports whether a pipe unpacks or installs what is fetched.
func (f *fetch) isUnpackedBehind() bool {
	for _, c := range f.behind() {
		if isUnpacker(c.Name) || isPackager(c.Name) || c.Name == "install" {
			return true
		}
	}
	return false
}

// isKeyBehind reports whether a pipe takes what is fetched for a key.
func (f *fetch) isKeyBehind() bool {
	for _, c := range f.behind() {
		switch c.Name {
		case "gpg", "gpg2", "apt-key", "rpmkeys", "gpgv":
			return true
		}
	}
	return false
}
