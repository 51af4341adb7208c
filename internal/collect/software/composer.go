package software

import (
	"encoding/json"

	"github.com/kubeproof/kubeproof/internal/software"
)

// composerPackage is one package in files of Composer.
type composerPackage struct {
	Name, Version text
	License       texts
}

// texts is a list of strings of JSON, or one string; any other value is left out.
type texts []string

func (t *texts) UnmarshalJSON(given []byte) error {
	var one text
	if many := []text(nil); json.Unmarshal(given, &many) == nil {
		for _, one := range many {
			*t = append(*t, string(one))
		}
	} else if json.Unmarshal(given, &one) == nil && one != "" {
		*t = texts{string(one)}
	}
	return nil
}

// composerList is what installed.json is: a list of packages in version 1 of Composer, and a map with
// that list since version 2.
type composerList []composerPackage

func (c *composerList) UnmarshalJSON(given []byte) error {
	if given[0] == '[' {
		return json.Unmarshal(given, (*[]composerPackage)(c))
	}
	var second struct{ Packages []composerPackage }
	err := json.Unmarshal(given, &second)
	*c = second.Packages
	return err
}

func readComposerInstalled(s *source) {
	var list composerList
	if s.json(&list) {
		s.addComposer(list, false)
	}
}

func readComposerLock(s *source) {
	var lock struct {
		Packages    []composerPackage
		PackagesDev []composerPackage `json:"packages-dev"`
	}
	if s.json(&lock) {
		s.addComposer(lock.Packages, true)
		s.addComposer(lock.PackagesDev, true)
	}
}

func (s *source) addComposer(list []composerPackage, declared bool) {
	for _, one := range list {
		s.add(software.Package{Type: software.Composer, Name: string(one.Name), Version: string(one.Version),
			Licenses: one.License, Declared: declared})
	}
}
