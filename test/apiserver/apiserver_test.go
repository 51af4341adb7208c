package apiserver_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

func TestServerKnowsItsUsers(t *testing.T) {
	s := apiserver.Start(t, apiserver.Options{})
	tests := []struct {
		user   string
		groups []string
		path   string
		want   int
	}{
		{"kubernetes-admin", []string{"system:masters"}, "/api/v1/secrets", http.StatusOK},
		{"alice", nil, "/api/v1/secrets", http.StatusForbidden},
		{"", nil, "/api/v1/secrets", http.StatusForbidden},
		{"", nil, "/livez", http.StatusOK},
	}
	for _, test := range tests {
		client, err := s.Client(test.user, test.groups...)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Get(s.URL + test.path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != test.want || test.want == http.StatusForbidden && !strings.Contains(string(text), "cannot list resource") {
			t.Errorf("%q gets %s from %s, want %d: %s", test.user, answer.Status, test.path, test.want, text)
		}
	}
}

func TestControllersMakeAccounts(t *testing.T) {
	apiserver.Start(t, apiserver.Options{Controllers: true}) // it waits for the account
}
