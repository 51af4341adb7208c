package store

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// changed gives an address with something else in it.
func changed(t *testing.T, place string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

func TestPostgresThatCannotBeUsed(t *testing.T) {
	place := postgres.Database(t)
	for name, one := range map[string]struct {
		change func(*url.URL)
		wanted error
		text   string
	}{
		"wrong password": {func(u *url.URL) { u.User = url.UserPassword(postgres.User, "wrong secret") }, ErrDenied, "look at the user, the password and the rights"},
		"no database":    {func(u *url.URL) { u.Path = "/nowhere" }, ErrMissing, "has no such database or schema: create it, or correct the address"},
		"no schema":      {func(u *url.URL) { u.RawQuery = "search_path=nowhere" }, ErrMissing, "is not there: create it"},
		"no server":      {func(u *url.URL) { u.Host = "127.0.0.1:1" }, ErrUnreachable, "start the server, or correct the address"},
		"no name":        {func(u *url.URL) { u.Host = "nowhere.invalid:5432" }, ErrUnreachable, "start the server, or correct the address"},
		"no address":     {func(u *url.URL) { u.Host = "127.0.0.1:port" }, ErrUnreachable, "write postgres://user:password@host:5432/database"},
		"no parameter":   {func(u *url.URL) { u.RawQuery = "sslmode=perhaps&password=secret" }, ErrUnreachable, "write postgres://user:password@host:5432/database"},
	} {
		t.Run(name, func(t *testing.T) {
			address := changed(t, place, one.change)
			_, err := Open(t.Context(), address, Options{Create: true})
			want(t, err, one.wanted, one.text)
			for _, secret := range []string{postgres.Password, url.QueryEscape(postgres.Password), "horse", "secret"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells the password: %v", err)
				}
			}
		})
	}
}

func TestPlaceHidesThePassword(t *testing.T) {
	place := postgres.Database(t)
	s := create(t, place)
	u, _ := url.Parse(place)
	if wanted := "postgres://kubeproof@" + u.Host + u.Path; s.Place() != wanted {
		t.Errorf("it is at %s, not %s", s.Place(), wanted)
	}
	for address, wanted := range map[string]string{
		"postgres://h/d?user=u&password=secret&search_path=own": "postgres://u@h:5432/d?search_path=own",
		"postgresql://u:secret@[::1]:7/d":                       "postgres://u@[::1]:7/d",
		"postgres://u:secret@/d?host=/run/postgresql":           "postgres://u@/d?host=%2Frun%2Fpostgresql",
	} {
		database, got, err := openPostgres(address)
		if got != wanted || err != nil {
			t.Errorf("%s is at %s, %v", address, got, err)
		}
		_ = database.close()
	}
}

func TestStoresInSchemas(t *testing.T) {
	server := postgres.Shared(t)
	place := server.Database(t)
	first := create(t, place)
	if _, err := first.database.pool(true).Exec(`CREATE SCHEMA other`); err != nil {
		t.Fatal(err)
	}
	second := create(t, place+"?search_path=other,public")
	if _, err := addEntry(t.Context(), first, "entry"); err != nil {
		t.Fatal(err)
	}
	expectSize(t, first, 1)
	expectSize(t, second, 0)
	update(t, first, func(*Tx) error { // they do not wait for each other
		_, err := addEntry(t.Context(), second, "entry")
		return err
	})
}

func TestADatabaseOfAnotherProgram(t *testing.T) {
	place := postgres.Database(t)
	s := create(t, place)
	for _, statement := range []string{`CREATE SCHEMA other`, `CREATE TABLE other.records (songs TEXT)`} {
		if _, err := s.database.pool(true).Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(t.Context(), place+"?search_path=other", Options{Create: true})
	want(t, err, ErrForeign, "holds tables of another program: give it a database of its own, or a schema with ?search_path=")
}

func TestAUserWithFewRights(t *testing.T) {
	server := postgres.Shared(t)
	place := server.Database(t)
	create(t, place)
	if err := server.Exec(`DROP ROLE IF EXISTS reader`, `CREATE ROLE reader LOGIN PASSWORD 'reader'`); err != nil {
		t.Fatal(err)
	}
	reader := changed(t, place, func(u *url.URL) { u.User = url.UserPassword("reader", "reader") })
	_, err := Open(t.Context(), reader, Options{})
	want(t, err, ErrDenied, "look at the user, the password and the rights")
}

func TestPostgresThatReadsOnly(t *testing.T) {
	place := postgres.Database(t)
	create(t, place)
	s := mustOpen(t, place+"?default_transaction_read_only=on", Options{})
	_, err := addEntry(t.Context(), s, "entry")
	want(t, err, ErrReadOnly, "use the primary server")
	expectSize(t, mustOpen(t, place+"?default_transaction_read_only=on", Options{ReadOnly: true}), 0)
}

func TestCommitsAreDurable(t *testing.T) {
	place := postgres.Database(t)
	for set, wanted := range map[string]string{"off": "on", "remote_write": "remote_write"} {
		s := create(t, place+"?synchronous_commit="+set)
		update(t, s, func(tx *Tx) error {
			var got string
			_, err := tx.row("look", `SELECT current_setting('synchronous_commit')`, nil, &got)
			if got != wanted {
				t.Errorf("%s became %s", set, got)
			}
			return err
		})
	}
}

func TestALostConnection(t *testing.T) {
	server := postgres.Shared(t)
	s := create(t, server.Database(t))
	err := s.Update(t.Context(), func(tx *Tx) error {
		_, err := add(tx, "entry")
		return errors.Join(err, server.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kubeproof' AND datname = '`+s.Place()[strings.LastIndex(s.Place(), "/")+1:]+`'`))
	})
	want(t, err, ErrUnreachable, "write to the store: whether the change was kept is not known, look before you make it again")
	for end := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(end); {
		err = s.View(t.Context(), func(tx *Tx) error { _, err := tx.Size(); return err })
	}
	expectSize(t, s, 0)
}
