package download

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Integrity finds programs, packages and archives that are fetched, and what ADD fetches, without a
// check of a checksum or a signature. What a shell runs at once is for Scripts, keys are for Keys.
// Scope object:Dockerfile.
func Integrity(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	all := fetches(dockerfile.Of(in).Stages)
	told := map[string]bool{}
	for _, f := range all {
		place := fmt.Sprintf("%p %s", f.in, f.file)
		if !f.wantsCheck() || f.file != "" && told[place] {
			continue // wget A -O file || wget B -O file is one download
		}
		told[place] = true
		if message := f.lacks(checkedBy(f, all)); message != "" {
			verdicts = append(verdicts, assessment.Failed(message, f.at))
		}
	}
	return verdicts
}

// wantsCheck reports whether a fetch is one of a program, a package or an archive.
func (f *fetch) wantsCheck() bool {
	switch {
	case f.in.Name == "ADD":
		k := f.kind()
		return k == program || k == unknown && !strings.HasPrefix(host(f.address), "api.")
	case f.asks, f.isKeyBehind(), f.runs() != nil:
		return false
	case f.file != "":
		return f.kind() == program || f.kind() == unknown && f.isUnpackedBehind()
	}
	return f.isUnpackedBehind()
}

// lacks is what to tell of a fetch with such a check; "" if that is enough.
func (f *fetch) lacks(check strength) string {
	does := "RUN downloads "
	switch {
	case f.in.Name == "ADD":
		does = "ADD fetches "
	case f.file == "" && f.isUnpackedBehind():
		does = "RUN unpacks "
	}
	switch check {
	case unchecked:
		return does + f.told() + " without a check of its integrity"
	case weak:
		return does + f.told() + " and checks it with MD5 only, which can be forged"
	}
	return ""
}
