package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/demo"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/stored"
)

// demoSeed decides what the demonstration shows; any other number would do.
const demoSeed = 1

// makeDemo fills a new store with an organisation that is made up, and lets the server serve that one. A
// store that only the environment names is left alone: nobody means it to be filled. What is given
// removes what lies in a folder of its own, and is never nil.
func (f *serving) makeDemo(ctx context.Context, streams *Streams) (remove func(), err error) {
	remove = func() {}
	if f.store == "" {
		folder, err := os.MkdirTemp("", "kubeproof-demo-")
		if err != nil {
			return remove, usageError("make a folder for the demonstration: %s: name an empty place with --store", reason(err))
		}
		remove = func() { _ = os.RemoveAll(folder) } // the system tidies what cannot be removed
		f.store, f.key = filepath.Join(folder, "store"), filepath.Join(folder, "ledger.key")
	} else if err := checkPlace(f.store); err != nil {
		return remove, err
	}
	key, file, err := (&beginning{desk: f.desk}).makeKey(streams)
	if err != nil {
		return remove, err
	}
	options := demo.Options{Key: key, Seed: demoSeed, Version: version(), Settings: map[string]string{keySetting: file}}
	if err := f.fill(ctx, streams, options); err != nil {
		_ = os.Remove(file)
		return remove, err
	}
	return remove, nil
}

// fill makes the organisation up.
func (f *serving) fill(ctx context.Context, streams *Streams, options demo.Options) error {
	now, err := clock(streams)
	if err != nil {
		return err
	}
	if chosen := streams.Getenv("KUBEPROOF_TIME"); chosen != "" {
		options.Settings[clockSetting] = chosen
	}
	options.End = now()
	if options.Library, err = checklist.Load(catalog.FS); err != nil {
		return usageError("%v", err)
	}
	set, err := catalogue("", builtInRules)
	if err != nil {
		return usageError("%v", err)
	}
	options.Controls = set.all
	if !streams.ErrTerminal {
		fmt.Fprintln(streams.Err, "making up an organisation: this takes some seconds")
	}
	making := report.NewProgress(streams.Err, streams.ErrTerminal, "making up", nil)
	options.Progress = making.Set
	err = demo.Fill(ctx, f.store, options)
	making.Clear()
	if err != nil && ctx.Err() != nil {
		return &codeError{code: exitPartial, text: "interrupted: nothing is served"}
	}
	return asUsage(err)
}

// isDemo reports whether what lies in the store was made up.
func isDemo(ctx context.Context, s *session) (bool, error) {
	mark, err := s.Setting(ctx, demo.Setting)
	if err != nil {
		return false, storeError(err)
	}
	return mark != "", nil
}

// admitPeople gives everybody who was made up a password, and says which; "" where nobody was.
func (f *serving) admitPeople(ctx context.Context, keeper *stored.Keeper) (told string, err error) {
	if !f.demo {
		return "", nil
	}
	var text strings.Builder
	fmt.Fprintln(&text, "This is a demonstration: all data is made up. Sign in as one of these people:")
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tPASSWORD\tWHO")
	for _, person := range demo.People {
		password := newPassword()
		account, err := server.NewAccount(person.ID, person.ID, password)
		if err == nil {
			err = keeper.ChangeAccount(ctx, person.ID, func(a *server.Account) error { *a = account; return nil })
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(table, "%s\t%s\t%s, who %s\n", person.ID, password, person.Name, person.Does)
	}
	err = table.Flush()
	return text.String(), err
}

// newPassword makes one of 100 bits that can be typed.
func newPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20]
}
