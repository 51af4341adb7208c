package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/kubeproof/kubeproof/internal/collect/image/source"
)

// Config is how containers of the image run.
type Config struct {
	User        string            `json:"user,omitempty"`
	Workdir     string            `json:"workdir,omitempty"`
	Env         []Variable        `json:"env,omitempty"`
	Ports       []string          `json:"ports,omitempty"`
	Volumes     []string          `json:"volumes,omitempty"`
	Entrypoint  []string          `json:"entrypoint,omitempty"`
	Cmd         []string          `json:"cmd,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Healthcheck *Healthcheck      `json:"healthcheck,omitempty"`
	Shell       []string          `json:"shell,omitempty"`
	StopSignal  string            `json:"stopSignal,omitempty"`
	OnBuild     []string          `json:"onbuild,omitempty"`
}

// Variable is one of the environment; its value is *** if it is a secret.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Healthcheck is how docker tells whether a container works. Times are as Go writes durations.
type Healthcheck struct {
	Test        []string `json:"test,omitempty"`
	Interval    string   `json:"interval,omitempty"`
	Timeout     string   `json:"timeout,omitempty"`
	StartPeriod string   `json:"startPeriod,omitempty"`
	Retries     int      `json:"retries,omitempty"`
}

// History is one step of the build. By and Comment have their secrets masked.
type History struct {
	Created string `json:"created,omitempty"`
	By      string `json:"by,omitempty"`
	Comment string `json:"comment,omitempty"`
	Empty   bool   `json:"empty,omitempty"`
	Layer   *int   `json:"layer,omitempty"`
}

// Layer is one layer. Removed is how much of its content later layers delete or replace.
type Layer struct {
	Index     int    `json:"index"`
	Digest    string `json:"digest,omitempty"`
	DiffID    string `json:"diffId,omitempty"`
	MediaType string `json:"mediaType,omitempty"`
	Bytes     int64  `json:"bytes"`
	Size      int64  `json:"size"`
	Files     int64  `json:"files"`
	By        string `json:"by,omitempty"`
	Removed   int64  `json:"removed"`
}

// rawConfig is the configuration as it is stored
// (https://github.com/opencontainers/image-spec/blob/main/config.md).
type rawConfig struct {
	Created      string `json:"created"`
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
	Config       struct {
		User         string
		WorkingDir   string
		Env          []string
		ExposedPorts map[string]struct{}
		Volumes      map[string]struct{}
		Entrypoint   words
		Cmd          words
		Labels       map[string]string
		Shell        words
		StopSignal   string
		OnBuild      []string
		Healthcheck  *struct {
			Test                           []string
			Interval, Timeout, StartPeriod int64
			Retries                        int
		}
	} `json:"config"`
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []struct {
		Created    string `json:"created"`
		CreatedBy  string `json:"created_by"`
		Comment    string `json:"comment"`
		EmptyLayer bool   `json:"empty_layer"`
	} `json:"history"`
}

// words are a list, or one text as very old images have it.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		var one string
		if err := json.Unmarshal(text, &one); err != nil {
			return err
		}
		*w = words{one}
		return nil
	}
	var all []string
	err := json.Unmarshal(text, &all)
	*w = all
	return err
}

// mostHistory bounds the steps that are told: docker allows 127 layers.
const mostHistory = 2000

func parseConfig(raw []byte) (*rawConfig, error) {
	var c rawConfig
	if err := json.Unmarshal(raw, &c); err != nil {
		var typed *json.UnmarshalTypeError
		if errors.As(err, &typed) {
			return nil, fmt.Errorf("read configuration: field %s has a wrong type: build the image again", typed.Field)
		}
		return nil, errors.New("read configuration: it is no valid JSON: build or save the image again")
	}
	if len(c.History) > mostHistory {
		return nil, fmt.Errorf("read configuration: it tells %d steps of the build, more than the limit of %d", len(c.History), mostHistory)
	}
	return &c, nil
}

// describe takes the facts of the configuration, without secrets.
func (i *Image) describe(c *rawConfig) {
	i.Created = c.Created
	if c.OS != "" {
		i.Platform = strings.TrimSuffix(c.OS+"/"+c.Architecture+"/"+c.Variant, "/")
	}
	raw := c.Config
	i.Config = Config{User: raw.User, Workdir: raw.WorkingDir, Ports: slices.Sorted(maps.Keys(raw.ExposedPorts)),
		Volumes: slices.Sorted(maps.Keys(raw.Volumes)), Shell: raw.Shell, StopSignal: raw.StopSignal}
	i.Config.Entrypoint = i.hideWords("entrypoint", raw.Entrypoint)
	i.Config.Cmd = i.hideWords("cmd", raw.Cmd)
	i.Config.OnBuild = i.hideWords("onbuild", raw.OnBuild)
	i.hideEnvironment(raw.Env)
	i.hideLabels(raw.Labels)
	if h := raw.Healthcheck; h != nil {
		i.Config.Healthcheck = &Healthcheck{Test: i.hideWords("healthcheck", h.Test), Interval: duration(h.Interval),
			Timeout: duration(h.Timeout), StartPeriod: duration(h.StartPeriod), Retries: h.Retries}
	}
	i.tellHistory(c)
}

func duration(nanoseconds int64) string {
	if nanoseconds == 0 {
		return ""
	}
	return time.Duration(nanoseconds).String()
}

// tellHistory binds the steps that made layers to them, in their order.
func (i *Image) tellHistory(c *rawConfig) {
	number := 0
	for at, step := range c.History {
		told := History{Created: step.Created, Empty: step.EmptyLayer}
		told.By = i.hideHistory(at, step.CreatedBy)
		told.Comment = i.hideHistory(at, step.Comment)
		if !step.EmptyLayer {
			told.Layer = new(number)
			number++
		}
		i.History = append(i.History, told)
	}
	if i.History == nil {
		return
	}
	if layers := len(i.from.Layers); number > layers {
		for at := range i.History {
			if told := &i.History[at]; told.Layer != nil && *told.Layer >= layers {
				told.Layer = nil
			}
		}
	}
}

// commandOf gives the step of the build that made a layer; "" if the history does not tell.
func (i *Image) commandOf(number int) string {
	for _, step := range i.History {
		if step.Layer != nil && *step.Layer == number {
			return step.By
		}
	}
	return ""
}

// referenceOf takes the first name apart that is a whole reference.
func referenceOf(from *source.Image) *Reference {
	for _, text := range from.References {
		if !strings.ContainsAny(text, ":/") && from.From != source.Registry {
			continue // a mere tag, as layouts have it
		}
		parsed, err := name.ParseReference(text)
		if err != nil {
			continue
		}
		r := &Reference{Registry: parsed.Context().RegistryStr(), Repository: parsed.Context().RepositoryStr()}
		if r.Registry == name.DefaultRegistry {
			r.Registry = "docker.io"
		}
		if tag, ok := parsed.(name.Tag); ok {
			r.Tag = tag.TagStr()
		}
		return r
	}
	return nil
}
