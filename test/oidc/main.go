// Command oidc is a provider of OpenID Connect for tests, on loopback: the one of github.com/zitadel/oidc
// with one client and one person, who signs in without being asked. It prints its address, and ends when its
// standard input does. PUT /test/person sets who the person is, as JSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/zitadel/oidc/v3/pkg/op"
)

func main() {
	redirect := flag.String("redirect", "", "where the client's browsers come back to")
	secret := flag.String("secret", "", "of the client; without one it is a public client")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	issuer := "http://" + listener.Addr().String()
	kept := newKept(&client{redirect: *redirect, secret: *secret})
	provider, err := op.NewProvider(&op.Config{CodeMethodS256: true, AuthMethodPost: true, SupportedScopes: []string{"openid", "profile", "email", "groups"}}, kept, op.StaticIssuer(issuer),
		op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", provider)
	mux.HandleFunc("PUT /test/person", func(w http.ResponseWriter, r *http.Request) {
		var one person
		if err := json.NewDecoder(r.Body).Decode(&one); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		kept.set(one)
	})
	callback := op.AuthCallbackURL(provider)
	mux.Handle("GET /test/login", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		kept.signIn(id)
		http.Redirect(w, r, callback(r.Context(), id), http.StatusFound)
	}))
	go func() { log.Fatal(http.Serve(listener, mux)) }()
	fmt.Println(issuer)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
