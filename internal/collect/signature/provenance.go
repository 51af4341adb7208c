package signature

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// resource is a thing that a build took: in v0.2 a material, in v1 a resource descriptor.
type resource struct {
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest"`
}

// predicate holds the fields of SLSA provenance v0.2 (https://slsa.dev/spec/v0.2/provenance) and of
// v1 (https://slsa.dev/spec/v1.0/provenance), whose names do not collide.
type predicate struct {
	Builder    struct{ ID string } `json:"builder"`
	BuildType  string              `json:"buildType"`
	Invocation struct {
		ConfigSource struct {
			resource
			EntryPoint string `json:"entryPoint"`
		} `json:"configSource"`
	} `json:"invocation"`
	Metadata struct {
		InvocationID string `json:"buildInvocationId"`
		Finished     string `json:"buildFinishedOn"`
	} `json:"metadata"`
	Materials []resource `json:"materials"`

	Definition struct {
		BuildType  string `json:"buildType"`
		Parameters struct {
			Workflow struct {
				Repository string `json:"repository"`
				Ref        string `json:"ref"`
				Path       string `json:"path"`
			} `json:"workflow"`
			Source       json.RawMessage `json:"source"` // a resource, or a text
			ConfigSource struct {
				resource
				Path string `json:"path"`
			} `json:"configSource"`
		} `json:"externalParameters"`
		Dependencies []resource `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	Run struct {
		Builder  struct{ ID string } `json:"builder"`
		Metadata struct {
			InvocationID string `json:"invocationId"`
			Finished     string `json:"finishedOn"`
		} `json:"metadata"`
	} `json:"runDetails"`
}

// origin tells what provenance says, and which level its proof gives it.
func (s *search) origin(proof Proof, st statement) Provenance {
	p := Provenance{Proof: proof, PredicateType: st.PredicateType}
	var from predicate
	var typed *json.UnmarshalTypeError // builders differ in what they write: the other fields are read
	if err := json.Unmarshal(st.Predicate, &from); err != nil && !errors.As(err, &typed) {
		if p.State == Verified || p.State == Present {
			p.State, p.Reason = Invalid, "provenance is not readable: "+plain(err)
		}
		p.LevelReason = "nothing can be claimed: " + p.Reason
		return p
	}
	p.Builder = clean(first(from.Builder.ID, from.Run.Builder.ID), mostText)
	p.BuildType = clean(first(from.BuildType, from.Definition.BuildType), mostText)
	p.Invocation = clean(first(from.Metadata.InvocationID, from.Run.Metadata.InvocationID), mostText)
	p.EntryPoint = clean(first(from.Invocation.ConfigSource.EntryPoint, from.Definition.Parameters.Workflow.Path, from.Definition.Parameters.ConfigSource.Path), mostText)
	p.BuiltAt = timeText(first(from.Metadata.Finished, from.Run.Metadata.Finished))
	p.Source = from.source()
	s.rule.level(&p)
	return p
}

// source is what was built: what the builder was told to build, with the commit of the material of
// that name; else the first material that is a git repository.
func (p predicate) source() *Source {
	var named resource
	_ = json.Unmarshal(p.Definition.Parameters.Source, &named) // a text tells no more than the dependencies
	workflow := p.Definition.Parameters.Workflow
	told := []resource{p.Invocation.ConfigSource.resource, named, p.Definition.Parameters.ConfigSource.resource, {URI: workflow.Repository}}
	materials := append(append([]resource{}, p.Materials...), p.Definition.Dependencies...)
	for _, one := range told {
		if one.URI == "" {
			continue
		}
		for _, material := range materials {
			if len(one.Digest) == 0 && sourceName(material.URI) == sourceName(one.URI) {
				one = material
			}
		}
		return one.told()
	}
	for _, one := range materials {
		if strings.HasPrefix(one.URI, "git+") {
			return one.told()
		}
	}
	return nil
}

func (r resource) told() *Source {
	digest := ""
	for _, algorithm := range []string{"gitCommit", "sha1", "sha256"} {
		if digest == "" {
			digest = clean(r.Digest[algorithm], mostText)
		}
	}
	return &Source{URI: clean(r.URI, mostText), Digest: digest}
}

// level writes which SLSA build level can be claimed, and makes provenance invalid that says other
// than the rule allows.
func (r *rule) level(p *Provenance) {
	switch p.State {
	case Verified:
	case Present:
		p.Level, p.LevelReason = 1, "it is there, but nothing verified who wrote it"
		return
	default:
		p.LevelReason = "nothing can be claimed: " + p.Reason
		return
	}
	source := ""
	if p.Source != nil {
		source = p.Source.URI
	}
	switch {
	case len(r.builders) > 0 && !r.builders.match(p.Builder):
		p.State, p.Reason = Invalid, fmt.Sprintf("built by %s, which the rule does not name", first(p.Builder, "an unnamed builder"))
		p.LevelReason = "nothing can be claimed: " + p.Reason
	case len(r.sources) > 0 && !r.sources.match(strings.TrimPrefix(source, "git+"), sourceName(source)):
		p.State, p.Reason = Invalid, fmt.Sprintf("built from %s, which the rule does not name", first(source, "an unnamed source"))
		p.LevelReason = "nothing can be claimed: " + p.Reason
	case len(r.builders) == 0:
		p.Level, p.LevelReason = 2, "signed and verified; for level 3 name the builders that are isolated under provenance.builders"
	case p.Key == "" && (p.Identity == nil || p.Identity.Subject != p.Builder):
		// Whoever may sign can write any builder's name into what it signs.
		p.Level, p.LevelReason = 2, "signed and verified, but the builder that it names did not sign it itself"
	default:
		p.Level, p.LevelReason = 3, "signed by a builder that the rule names as isolated"
	}
}

// sourceName takes off a source's URI what does not name the repository: git+, @reference (in the path,
// not before a host), #reference and .git.
func sourceName(uri string) string {
	uri, _, _ = strings.Cut(strings.TrimPrefix(uri, "git+"), "#")
	path := max(strings.Index(uri, "://")+3, 3)
	path += max(strings.IndexByte(uri[min(path, len(uri)):], '/'), 0)
	if at := strings.IndexByte(uri[min(path, len(uri)):], '@'); at >= 0 {
		uri = uri[:path+at]
	}
	return strings.TrimSuffix(uri, ".git")
}

func sourceNames(uris []string) []string {
	var all []string
	for _, uri := range uris {
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(uri, "git+"), ".git"))
	}
	return all
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
