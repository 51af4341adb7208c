package source

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// legacyLayer is what docker save wrote of each layer before version 1.10: its json beside its
// layer.tar, in a folder that its id names.
type legacyLayer struct {
	ID              string          `json:"id"`
	Parent          string          `json:"parent"`
	Created         string          `json:"created"`
	Comment         string          `json:"comment"`
	Config          json.RawMessage `json:"config"`
	Architecture    string          `json:"architecture"`
	OS              string          `json:"os"`
	ContainerConfig struct {
		Cmd []string `json:"Cmd"`
	} `json:"container_config"`
}

// legacyImages reads the images of an archive that has the file repositories but no manifest.json.
func legacyImages(archive *tarFile) (images []*Image, faults []error) {
	raw, err := archive.read("repositories", mostManifest)
	if err != nil {
		return nil, []error{err}
	}
	var repositories map[string]map[string]string
	if err := json.Unmarshal(raw, &repositories); err != nil {
		return nil, []error{fmt.Errorf("repositories is no valid JSON: %s", plain(err))}
	}
	names := map[string][]string{}
	for _, repository := range slices.Sorted(maps.Keys(repositories)) {
		for _, tag := range slices.Sorted(maps.Keys(repositories[repository])) {
			id := repositories[repository][tag]
			names[id] = append(names[id], repository+":"+tag)
		}
	}
	if len(names) > mostImages {
		return nil, []error{fmt.Errorf("repositories names %d images, more than the limit of %d: save fewer at once", len(names), mostImages)}
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		i, err := legacyImage(archive, id)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		i.References = names[id]
		images = append(images, i)
	}
	return images, faults
}

// legacyImage follows the parents of a layer and writes the configuration that docker save writes
// today.
func legacyImage(archive *tarFile, id string) (*Image, error) {
	var chain []legacyLayer
	for at := id; at != ""; {
		if len(chain) >= mostLayers {
			return nil, fmt.Errorf("image %s has more than %d layers, or they are each other's parents", id, mostLayers)
		}
		raw, err := archive.read(at+"/json", mostConfig)
		if err != nil {
			return nil, err
		}
		var one legacyLayer
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, fmt.Errorf("%s/json is no valid JSON: %s", at, plain(err))
		}
		one.ID = at
		chain, at = append(chain, one), one.Parent
	}
	top := chain[0]
	slices.Reverse(chain)
	type past struct {
		Created   string `json:"created,omitempty"`
		CreatedBy string `json:"created_by,omitempty"`
		Comment   string `json:"comment,omitempty"`
	}
	var history []past
	entry := dockerEntry{}
	for _, one := range chain {
		entry.Layers = append(entry.Layers, one.ID+"/layer.tar")
		history = append(history, past{one.Created, strings.Join(one.ContainerConfig.Cmd, " "), one.Comment})
	}
	config, err := json.Marshal(map[string]any{"created": top.Created, "architecture": top.Architecture, "os": top.OS,
		"config": top.Config, "history": history})
	if err != nil {
		return nil, err
	}
	return entry.with(archive, config), nil
}
