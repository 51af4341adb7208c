package postgres_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/kubeproof/kubeproof/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Run(m)) }

func TestServerSurvivesItsDeath(t *testing.T) {
	server := postgres.Start(t)
	url := server.Database(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('here')`); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	var word string
	if err := db.QueryRow(`SELECT word FROM words`).Scan(&word); err != nil || word != "here" {
		t.Errorf("after the restart: %q, %v", word, err)
	}
}

func TestTextIsNotInTheOrderOfBytes(t *testing.T) {
	db, err := sql.Open("pgx", postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var first string
	if err := db.QueryRow(`SELECT min(word) FROM (VALUES ('B'), ('a')) AS words(word)`).Scan(&first); err != nil || first != "a" {
		t.Errorf("the first of B and a is %q, %v: tests would not see an order that was not asked for", first, err)
	}
}
