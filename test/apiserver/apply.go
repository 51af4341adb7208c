package apiserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"
)

// Object is one object as JSON would hold it.
type Object = map[string]any

// Objects reads manifests: YAML documents, in their order.
func Objects(text []byte) ([]Object, error) {
	var all []Object
	for _, part := range strings.Split("\n"+string(text), "\n---") {
		var object Object
		if err := yaml.Unmarshal([]byte(part), &object); err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		if len(object) > 0 {
			all = append(all, object)
		}
	}
	return all, nil
}

// Create makes the objects in their order, each in its namespace or in "default". An object that
// is there already is no error.
func (s *Server) Create(objects []Object) error {
	creator, err := s.creator()
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := creator.create(object); err != nil {
			return err
		}
	}
	return nil
}

// CreateMany makes n objects side by side; build gives the object of a number from 0.
func (s *Server) CreateMany(n int, build func(int) Object) error {
	creator, err := s.creator()
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	var failed failures
	numbers := counted(n)
	for range 16 {
		group.Go(func() {
			for i := range numbers {
				failed.add(creator.create(build(i)))
			}
		})
	}
	group.Wait()
	return errors.Join(failed.all...)
}

// counted gives the numbers below n to whoever is free.
func counted(n int) <-chan int {
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for i := range n {
			numbers <- i
		}
	}()
	return numbers
}

// failures keeps the first errors of many.
type failures struct {
	mutex sync.Mutex
	all   []error
}

func (f *failures) add(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err != nil && len(f.all) < 3 {
		f.all = append(f.all, err)
	}
}

// creator knows where objects of each kind are made.
type creator struct {
	url    string
	client *http.Client
	mutex  sync.Mutex
	places map[string]map[string]place // by apiVersion, by kind
}

type place struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

func (s *Server) creator() (*creator, error) {
	client, err := s.Client("kubernetes-admin", "system:masters")
	return &creator{url: s.URL, client: client, places: map[string]map[string]place{}}, err
}

func (c *creator) create(object Object) error {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	at, err := c.place(apiVersion, kind)
	if err != nil {
		return err
	}
	metadata, _ := object["metadata"].(map[string]any)
	url := c.url + base(apiVersion)
	if at.Namespaced {
		namespace, _ := metadata["namespace"].(string)
		if namespace == "" {
			namespace = "default"
		}
		url += "/namespaces/" + namespace
	}
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("create %s %v: %w", kind, metadata["name"], err)
	}
	answer, err := c.client.Post(url+"/"+at.Name, "application/json", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("create %s %v: %w", kind, metadata["name"], err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 && answer.StatusCode != http.StatusConflict {
		return fmt.Errorf("create %s %v: %s: %s", kind, metadata["name"], answer.Status, text)
	}
	return err
}

func base(apiVersion string) string {
	if strings.Contains(apiVersion, "/") {
		return "/apis/" + apiVersion
	}
	return "/api/" + apiVersion
}

// place asks the server once for the kinds of a version.
func (c *creator) place(apiVersion, kind string) (place, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.places[apiVersion] == nil {
		list, err := c.kinds(apiVersion)
		if err != nil {
			return place{}, err
		}
		c.places[apiVersion] = map[string]place{}
		for _, one := range list {
			if !strings.Contains(one.Name, "/") {
				c.places[apiVersion][one.Kind] = one
			}
		}
	}
	at, known := c.places[apiVersion][kind]
	if !known {
		return place{}, fmt.Errorf("the server knows no %s of %s", kind, apiVersion)
	}
	return at, nil
}

// kinds asks what a version serves; custom resources are served a moment after they were defined.
func (c *creator) kinds(apiVersion string) ([]place, error) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		answer, err := c.client.Get(c.url + base(apiVersion))
		if err != nil {
			return nil, err
		}
		var list struct{ Resources []place }
		err = json.NewDecoder(answer.Body).Decode(&list)
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK && err == nil {
			return list.Resources, nil
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("list kinds of %s: %s", apiVersion, answer.Status)
		}
	}
}
