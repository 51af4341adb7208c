package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

func (s *postgresStore) explain(err error) error {
	if known(err) {
		return err
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return s.explainAnswer(answer)
	}
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		return explained(ErrUnreachable, "no answer from "+s.place+": start the server, or correct the address", connecting.Unwrap())
	}
	if isLost(err) {
		return explained(ErrUnreachable, "the connection to "+s.place+" was lost: look at the server and try again", err)
	}
	return err
}

// isLost tells whether the connection broke, so that an answer is missing.
func isLost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

// explainAnswer explains an error of the server by its code, see appendix A of its manual.
func (s *postgresStore) explainAnswer(answer *pgconn.PgError) error {
	// The driver's own words around it repeat user and database.
	err := errors.New(answer.Message + " (SQLSTATE " + answer.Code + ")")
	switch answer.Code {
	case "53100":
		return explained(ErrFull, "free some space on the server of "+s.place+" and try again; nothing of this change was kept", err)
	case "55P03", "53300", "57P03":
		return explained(ErrBusy, "another process uses "+s.place+": try again, or end it", err)
	case "25006":
		return explained(ErrReadOnly, s.place+" is a standby or read-only: use the primary server", err)
	case "42501", "28000", "28P01":
		return explained(ErrDenied, "look at the user, the password and the rights in "+s.place, err)
	case "3D000", "3F000":
		return explained(ErrMissing, s.place+" has no such database or schema: create it, or correct the address", err)
	case "42P07", "42723", "42710":
		return explained(ErrForeign, s.place+" holds tables of another program: give it a database of its own, or a schema with ?search_path=", err)
	}
	if strings.HasPrefix(answer.Code, "57P") || strings.HasPrefix(answer.Code, "08") {
		return explained(ErrUnreachable, "the server of "+s.place+" ended the connection: look at the server and try again", err)
	}
	if strings.HasPrefix(answer.Code, "XX") {
		return explained(ErrDamaged, "look at the log of the server of "+s.place, err)
	}
	return err
}
