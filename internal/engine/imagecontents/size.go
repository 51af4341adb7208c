package imagecontents

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

const mebibyte = 1 << 20

// waste fails if more bytes than the parameters "mebibytes" and "percent" allow are stored in the
// layers and not visible in the end: replaced or removed by later layers.
func waste(in assessment.Input) []assessment.Verdict {
	lost, size := in.Element.Get("waste"), number(in.Element.Get("size"))
	bytes := number(lost)
	if bytes <= in.Values.Int("mebibytes")*mebibyte || bytes <= size/100*in.Values.Int("percent") {
		return nil
	}
	message := fmt.Sprintf("%d of %d MiB are in the layers and not visible in the end", bytes/mebibyte, size/mebibyte)
	if list := in.Element.Get("wasted").Children(); len(list) > 0 {
		largest := list[0]
		for _, entry := range list {
			if number(entry.Get("bytes")) > number(largest.Get("bytes")) {
				largest = entry
			}
		}
		message += fmt.Sprintf(": most by %s (%d MiB of layer %d, gone in layer %d)", largest.Get("path").Text(),
			number(largest.Get("bytes"))/mebibyte, number(largest.Get("layer")), number(largest.Get("removedBy")))
	}
	return failed(lost, "%s", message)
}

// minimalBase fails if the image has a whole distribution with more packages than the parameter
// "packages" allows.
func minimalBase(in assessment.Input) []assessment.Verdict {
	base := in.Element.Get("base")
	switch {
	case base == nil:
		return unknown(in.Element, "on what the image is based was not seen")
	case base.Text() != "full":
		return passed("the base is %s", base.Text())
	}
	count := 0
	for _, kind := range []string{"deb", "rpm", "apk"} {
		count += number(in.Element.Get("packageCounts", kind))
	}
	name := in.Element.Get("os", "name").Text()
	if name == "" {
		name = "a whole distribution"
	}
	switch most := in.Values.Int("packages"); {
	case count == 0:
		return unknown(base, "how many packages %s has was not seen", name)
	case count > most:
		return failed(base, "image holds %s with %d packages, at most %d are wanted", name, count, most)
	}
	return nil
}
