package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/osv"
	"github.com/kubeproof/kubeproof/internal/collect/signature"
	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/config"
)

// imageFlags say how Dockerfiles and images are read, and what images are held against.
type imageFlags struct {
	buildTarget string
	platform    string
	insecure    bool
	running     bool
	advisories  string
	vex         []string
}

func (f *imageFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.buildTarget, "target", "", "`STAGE` of Dockerfiles that is built (default the last one)")
	flags.StringVar(&f.platform, "platform", "", "`OS/ARCH` of images for several platforms (default linux on this machine's architecture)")
	flags.BoolVar(&f.insecure, "insecure-registry", false, "speak HTTP to registries of images")
	flags.BoolVar(&f.running, "images", false, "also read the images that workloads name, from their registries")
	flags.StringVar(&f.advisories, "advisories", "", "OSV advisories for the packages of images, folders and bills of materials: all.zip `FILE` of osv.dev, or a folder of ECOSYSTEM/all.zip")
	flags.StringArrayVar(&f.vex, "vex", nil, "VEX `FILE` or folder (OpenVEX, CycloneDX, CSAF) about vulnerabilities in images; may be repeated")
}

// options opens what the flags and the configuration name.
func (f *imageFlags) options(streams *Streams, settings *config.Config) (collect.ImageOptions, error) {
	o := collect.ImageOptions{Platform: f.platform, Insecure: f.insecure, Running: f.running, Observed: today(streams)}
	if parts := strings.Split(f.platform, "/"); f.platform != "" && (len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "")) {
		return o, usageError("platform %q is not OS/ARCH or OS/ARCH/VARIANT, as linux/arm64", f.platform)
	}
	if f.advisories != "" {
		database, err := osv.Open(f.advisories)
		if err != nil {
			return o, usageError("%v", err)
		}
		o.Advisories = database
	}
	if len(f.vex) > 0 {
		statements, errs := vex.Read(f.vex...)
		if len(errs) > 0 {
			return o, usageError("%s", harmless(place(errs[0])+errs[0].Message))
		}
		o.VEX = statements
	}
	policy, err := signature.New(settings.Signatures, besideConfig(settings.File))
	if err != nil {
		return o, usageError("%s: %s", settings.File, strings.ReplaceAll(err.Error(), "\n", "\n"+settings.File+": "))
	}
	if len(settings.Signatures) > 0 {
		o.Signatures = policy
	}
	return o, nil
}

// besideConfig reads files that the configuration names, relative to where it stands.
func besideConfig(file string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return os.ReadFile(filepath.Clean(name))
	}
}
