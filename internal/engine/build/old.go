package build

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/release"
)

// codenames are releases of distributions by the words that stand for them in tags.
var codenames = map[string][2]string{
	"trixie": {"debian", "13"}, "bookworm": {"debian", "12"}, "bullseye": {"debian", "11"}, "buster": {"debian", "10"},
	"stretch": {"debian", "9"}, "jessie": {"debian", "8"}, "wheezy": {"debian", "7"}, "squeeze": {"debian", "6"},
	"noble": {"ubuntu", "24.04"}, "jammy": {"ubuntu", "22.04"}, "focal": {"ubuntu", "20.04"}, "bionic": {"ubuntu", "18.04"},
	"xenial": {"ubuntu", "16.04"}, "trusty": {"ubuntu", "14.04"}, "precise": {"ubuntu", "12.04"},
}

// systemImages are official images that are a distribution, with its ID in os-release.
var systemImages = map[string]string{
	"debian": "debian", "ubuntu": "ubuntu", "alpine": "alpine", "fedora": "fedora", "centos": "centos", "rockylinux": "rocky",
	"almalinux": "almalinux", "amazonlinux": "amzn", "oraclelinux": "ol", "opensuse/leap": "opensuse-leap",
}

// BaseOld finds base images whose distribution or language gets no more fixes, by their tags and the table of
// releases. Scope object:Dockerfile.
func BaseOld(in assessment.Input) []assessment.Verdict {
	table := release.Of(in.Index)
	now, err := time.Parse(time.RFC3339, in.Element.Get("observed").Text())
	if err != nil {
		now = table.DateOf()
	}
	var verdicts []assessment.Verdict
	for _, b := range bases(dockerfile.Of(in), skip) {
		if ended := endedOf(table, b.ref, now); ended != "" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q: %s", b.node.Text(), ended), b.node))
		}
	}
	return verdicts
}

// endedOf tells what in an image gets no more fixes; "" if nothing is known to.
func endedOf(table *release.Table, ref image.Reference, now time.Time) string {
	name := officialName(ref)
	if name == "" {
		return ""
	}
	if id, isSystem := systemImages[name]; isSystem {
		if line := endedSystem(table, id, leading(ref.Tag), now); line != "" {
			return line
		}
	} else if product := table.Products[name]; product != nil {
		if line := endedProduct(product, leading(ref.Tag), now); line != "" {
			return line
		}
	}
	return endedVariant(table, ref.Tag, now)
}

// microsoftImages are the repositories of .NET: https://github.com/dotnet/dotnet-docker. Those of .NET Core lie below core.
var microsoftImages = regexp.MustCompile(`^dotnet/(?:core/|nightly/)?(?:sdk|runtime|runtime-deps|aspnet)$`)

// officialName is the name of what an image packs, as the table of releases has it; "" if the image is none that its
// own project or registry keeps.
func officialName(ref image.Reference) string {
	switch name, isLibrary := strings.CutPrefix(ref.Repository, "library/"); {
	case ref.Registry == "docker.io" && (isLibrary || name == "opensuse/leap"):
		return name
	case ref.Registry == "mcr.microsoft.com" && microsoftImages.MatchString(ref.Repository):
		return "dotnet"
	}
	return ""
}

var leadingNumber = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)`)

func leading(tag string) string {
	if match := leadingNumber.FindStringSubmatch(tag); match != nil {
		return match[1]
	}
	return ""
}

func endedProduct(product *release.Product, version string, now time.Time) string {
	parts := strings.Split(version, ".")
	for n := min(2, len(parts)); n > 0 && version != ""; n-- {
		if line := product.Line(strings.Join(parts[:n], ".")); line != nil {
			if line.Ended(now) {
				return fmt.Sprintf("%s %s gets no more fixes since %s", product.Name, line.Line, line.End)
			}
			return ""
		}
	}
	return ""
}

func endedSystem(table *release.Table, id, version string, now time.Time) string {
	if version == "" {
		return ""
	}
	if system, line := table.SystemOf(id, version, ""); line != nil && line.Ended(now) {
		return fmt.Sprintf("%s %s gets no more fixes since %s", system.Name, line.Line, line.End)
	}
	return ""
}

// alpineVariant ends tags of images on Alpine Linux, as 1.25-alpine3.18.
var alpineVariant = regexp.MustCompile(`alpine-?(3\.\d+)`)

// endedVariant judges the distribution that a tag names.
func endedVariant(table *release.Table, tag string, now time.Time) string {
	for _, word := range strings.FieldsFunc(tag, func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
		if system, known := codenames[word]; known {
			return endedSystem(table, system[0], system[1], now)
		}
	}
	if match := alpineVariant.FindStringSubmatch(tag); match != nil {
		return endedSystem(table, "alpine", match[1], now)
	}
	return ""
}
