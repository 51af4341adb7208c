package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/api"
	"github.com/kubeproof/kubeproof/internal/server/listen"
	"github.com/kubeproof/kubeproof/internal/server/stored"
)

// serving are the flags of serve.
type serving struct {
	desk
	signingOn
	listen, tlsCert, tlsKey, public string
	insecure                        bool
	demo                            bool
	schedule                        string
	keepScans                       int            // days; 0 for ever
	keepInventories                 int            // days; 0 for ever
	openID                          *server.OpenID // nil if people sign in by passwords alone
}

func newServeCommand(streams *Streams) *cobra.Command {
	f := &serving{}
	command := &cobra.Command{
		Use: "serve", Short: "Serve the reviews as pages and as an API, for a team and its browsers", Args: none,
		Long: `Serve the reviews of a store as pages and as an API (/api/v1). It listens on loopback; give it TLS by files to
listen elsewhere. The first time it prints a link, good for half an hour, with which the administrator sets a
password. It stops on an interrupt once requests are answered.

/healthz, /readyz and /metrics tell how it is; they need no sign-in and hold no data of reviews.`,
		Example: "  kubeproof review init && kubeproof serve\n  kubeproof serve --listen :8443 --tls-cert tls.crt --tls-key tls.key --store postgres://kubeproof@db.example.com/kubeproof",
		RunE:    func(command *cobra.Command, _ []string) error { return f.run(command.Context(), streams) },
	}
	f.registerStore(command.Flags())
	f.signingOn.register(command.Flags())
	flags := command.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "`FILE` with the certificate")
	flags.StringVar(&f.tlsKey, "tls-key", "", "`FILE` with the certificate's key")
	flags.BoolVar(&f.insecure, "behind-tls", false, "a proxy before it speaks TLS, and says in X-Forwarded-For who calls: listen elsewhere than on loopback without")
	flags.BoolVar(&f.demo, "demo", false, "make up an organisation with clusters and people, and serve that: in a folder that is removed at the end, or the empty place that --store names")
	flags.StringVar(&f.public, "public-url", "", "how browsers reach the server, as `URL`: https://kubeproof.example.com (default as each names it)")
	flags.StringVar(&f.schedule, "schedule", "", "`FILE` that says which clusters are scanned, and when: see docs/server.md")
	flags.IntVar(&f.keepScans, "keep-scans", 400, "`DAYS` for which scans and fixed findings are kept, 0 for ever; the newest of each cluster and what the ledger names stay")
	flags.IntVar(&f.keepInventories, "keep-inventories", 90, "`DAYS` for which is kept what scans saw, 0 for ever; the newest of each cluster stays")
	command.AddCommand(newTokenCommand(streams))
	return command
}

// mostDays is for how long something is kept at most.
const mostDays = 36_500

// check finds a wrong flag before anything is opened.
func (f *serving) check() error {
	if f.keepScans < 0 || f.keepInventories < 0 || f.keepScans > mostDays || f.keepInventories > mostDays {
		return usageError("scans and inventories are kept for 0 to %d days, 0 for ever", mostDays)
	}
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return usageError("name both --tls-cert and --tls-key")
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return usageError("address %q is none: write HOST:PORT, as 127.0.0.1:8080", f.listen)
	}
	address := net.ParseIP(host)
	loopback := host == "localhost" || address != nil && address.IsLoopback()
	if !loopback && f.demo {
		return usageError("a demonstration is for this machine alone, for its passwords are printed: listen on loopback, as 127.0.0.1:8080")
	}
	if !loopback && f.tlsCert == "" && !f.insecure {
		return usageError("passwords would cross the network in the clear: give --tls-cert and --tls-key, or --behind-tls if something before it speaks TLS")
	}
	if f.public, err = checkPublicURL(f.public, f.secure()); err != nil {
		return err
	}
	if f.issuer != "" && f.public == "" && !loopback {
		return usageError("the provider has to send browsers back: say how they reach the server with --public-url")
	}
	f.openID, err = f.provider()
	return err
}

// secure says that browsers come by TLS.
func (f *serving) secure() bool { return f.tlsCert != "" || f.insecure }

func (f *serving) run(ctx context.Context, streams *Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.demo {
		remove, err := f.makeDemo(ctx, streams)
		defer remove()
		if err != nil {
			return err
		}
	}
	s, err := f.open(ctx, streams, true)
	if err != nil {
		return err
	}
	defer s.Close()
	log := slog.New(slog.NewJSONHandler(streams.Err, nil))
	keeper := stored.New(s.Store(), s.now)
	scans, err := f.schedules(ctx, s, log)
	if err != nil {
		return err
	}
	routes, pages, err := f.routes(ctx, s, keeper, scans, log)
	if err != nil {
		return err
	}
	defer pages.Wait()
	people, err := f.admitPeople(ctx, keeper)
	if err != nil {
		return asUsage(err)
	}
	go f.tidy(ctx, keeper, log)
	defer f.begin(ctx, scans)()
	return asUsage(listen.Serve(ctx, listen.Options{Address: f.listen, CertFile: f.tlsCert, KeyFile: f.tlsKey, Routes: routes, Log: log,
		Ready:     func(ctx context.Context) error { _, err := s.Checkpoint(ctx); return err },
		Listening: func(address string) { f.greet(ctx, s, keeper, pages, address); fmt.Fprint(streams.Out, people) }}))
}

// routes puts pages and API together.
func (f *serving) routes(ctx context.Context, s *session, keeper *stored.Keeper, scans *scheduled, log *slog.Logger) (listen.Routes, *server.Server, error) {
	controls, err := byID(builtInControls) // pages show the examples
	if err != nil {
		return nil, nil, usageError("%v", err)
	}
	options := server.Options{OpenID: f.openID, Journal: s.Journal, Accounts: keeper, Sessions: keeper, Links: keeper, Tokens: keeper, SavedViews: keeper, Library: s.library, Controls: controls, Now: s.now,
		Log: log, Secure: f.secure(), PublicURL: f.public, Version: version()}
	if f.insecure {
		options.Address = server.Forwarded
	}
	if scans != nil {
		options.Schedule = scans
	}
	if options.Demonstration, err = isDemo(ctx, s); err != nil {
		return nil, nil, err
	}
	pages, err := server.New(options)
	if err != nil {
		return nil, nil, err
	}
	below := api.New(api.Options{Journal: s.Journal, Tokens: keeper, Clusters: pages.Shelf, Library: s.library, Controls: controls, Now: s.now, Log: log, Version: version()})
	return listen.Routes{"/": pages, api.Prefix + "/": below}, pages, nil
}

// byID loads controls, and finds each by its id.
func byID(load func() ([]*control.Control, error)) (review.Controls, error) {
	all, err := load()
	if err != nil {
		return nil, err
	}
	controls := review.Controls{}
	for _, one := range all {
		controls[one.ID] = one
	}
	return controls, nil
}

// greet says where the pages are, and with which link the first password is set.
func (f *serving) greet(ctx context.Context, s *session, keeper *stored.Keeper, pages *server.Server, address string) {
	scheme := "http"
	if f.tlsCert != "" {
		scheme = "https"
	}
	base := scheme + "://" + address
	fmt.Fprintln(s.streams.Out, base)
	administrator := f.withoutPassword(ctx, s, keeper)
	if administrator == "" {
		return
	}
	path, err := pages.BeginSetup(ctx, administrator)
	if err != nil {
		s.say("make link for the first password: %v", err)
		return
	}
	fmt.Fprintf(s.streams.Out, "set the first password within half an hour: %s%s\n", base, path)
}

// withoutPassword is an administrator who cannot sign in yet; "" if one can.
func (f *serving) withoutPassword(ctx context.Context, s *session, keeper *stored.Keeper) string {
	state, err := s.Current(ctx)
	if err != nil {
		return ""
	}
	first := ""
	for _, id := range sortedPeople(state) {
		if person := state.People[id]; person.Gone(s.now()) || !person.Has(review.Administrator) {
			continue
		}
		if _, err := keeper.AccountFor(ctx, id); !errors.Is(err, server.ErrUnknown) {
			return ""
		}
		if first == "" {
			first = id
		}
	}
	return first
}

// How often it is looked for what has expired, and for what is too old.
const (
	tidyEvery = 10 * time.Minute
	dropEvery = 6 * time.Hour
)

// tidy takes away what has expired or is too old, until the context ends.
func (f *serving) tidy(ctx context.Context, keeper *stored.Keeper, log *slog.Logger) {
	expiry, age := time.NewTicker(tidyEvery), time.NewTimer(time.Minute)
	defer expiry.Stop()
	defer age.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-expiry.C:
			if err := keeper.Tidy(ctx); err != nil && ctx.Err() == nil {
				log.Warn("delete what has expired", "error", err)
			}
		case <-age.C:
			f.drop(ctx, keeper, log)
			age.Reset(dropEvery)
		}
	}
}

// drop takes away what is too old.
func (f *serving) drop(ctx context.Context, keeper *stored.Keeper, log *slog.Logger) {
	const day = 24 * time.Hour
	gone, err := keeper.DropOld(ctx, time.Duration(f.keepScans)*day, time.Duration(f.keepInventories)*day)
	if err != nil && ctx.Err() == nil {
		log.Warn("delete what is too old", "error", err)
	}
	if gone != (stored.Dropped{}) {
		log.Info("deleted what is too old", "scans", gone.Scans, "findings", gone.Findings, "inventories", gone.Inventories)
	}
}
