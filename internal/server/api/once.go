package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/store"
)

// remembered is how long an answer is kept for who asks again with the same key.
const remembered = 24 * time.Hour

// longestKey bounds an idempotency key, in bytes.
const longestKey = 200

// again is a request that has an idempotency key: made again, it is not done again.
type again struct {
	key  string    // with the person, so that nobody meets the keys of others
	hash hash.Hash // of what is asked; of the body too once it was read
}

type againKey struct{}

// keyed takes the header Idempotency-Key of requests that change something. The answer is remembered in
// the transaction of the change, so that both are there or none: see once.
func (a *api) keyed(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header("Idempotency-Key")
	if key == "" || ctx.Method() != http.MethodPost {
		next(ctx)
		return
	}
	if len(key) > longestKey {
		a.refuse(ctx, http.StatusUnprocessableEntity, "the header Idempotency-Key is too long: 200 bytes are the most")
		return
	}
	sum := sha256.Sum256([]byte(caller(ctx.Context()) + "\x00" + key))
	address := ctx.URL()
	one := &again{key: hex.EncodeToString(sum[:]), hash: sha256.New()}
	for _, part := range []string{ctx.Method(), address.EscapedPath(), address.RawQuery, ctx.Header("If-Match"), ctx.Header("Content-Type")} {
		_, _ = io.WriteString(one.hash, part+"\x00") // hashes never fail
	}
	next(hearing{huma.WithValue(ctx, againKey{}, one), io.TeeReader(ctx.BodyReader(), one.hash)})
}

type contextOfHuma = huma.Context

// hearing is a request whose body is heard while it is read.
type hearing struct {
	contextOfHuma
	body io.Reader
}

// BodyReader gives the body.
func (h hearing) BodyReader() io.Reader { return h.body }

// Unwrap gives the request as it was.
func (h hearing) Unwrap() huma.Context { return h.contextOfHuma }

// errDone ends a change that was made before.
var errDone = errors.New("this was done before")

// once does what a request asks for in a transaction that in begins, and gives the answer. A request with
// an idempotency key that was answered before gets the same answer, and nothing is done; another request
// with that key is refused.
func once[O any](ctx context.Context, in func(func(*store.Tx) error) error, do func(*store.Tx) (*O, error)) (out *O, err error) {
	key, _ := ctx.Value(againKey{}).(*again)
	err = in(func(tx *store.Tx) error {
		if key == nil {
			out, err = do(tx)
			return err
		}
		request := hex.EncodeToString(key.hash.Sum(nil))
		if out, err = recall[O](tx, key.key, request); out != nil || err != nil {
			return errors.Join(err, errDone)
		}
		if out, err = do(tx); err != nil {
			return err
		}
		text, err := json.Marshal(out)
		if err != nil {
			return err
		}
		return tx.Remember(key.key, request, text, time.Now().Add(remembered)) // by the clock of the machine, as the store has it
	})
	if out != nil && errors.Is(err, errDone) {
		return out, nil
	}
	return out, err
}

// recall gives the answer to a request; nil if it was not made before.
func recall[O any](tx *store.Tx, key, request string) (*O, error) {
	before, text, found, err := tx.Recall(key)
	switch {
	case err != nil || !found:
		return nil, err
	case before != request:
		return nil, huma.Error422UnprocessableEntity("the Idempotency-Key was used for another request: take a new one for each")
	}
	out := new(O)
	return out, json.Unmarshal(text, out)
}

// answered gives the answer to a request that was made before, to save the work of making it again; nil
// if it was not.
func answered[O any](ctx context.Context, a *api) (out *O, err error) {
	key, _ := ctx.Value(againKey{}).(*again)
	if key == nil {
		return nil, nil
	}
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		out, err = recall[O](tx, key.key, hex.EncodeToString(key.hash.Sum(nil)))
		return err
	})
	return out, a.problem(err)
}

// change has the caller make a change of a review, and answers with what comes of it, once.
func change[O any](ctx context.Context, a *api, do func(*journal.Work) (*O, error)) (*O, error) {
	var work *journal.Work
	in := func(fn func(*store.Tx) error) error {
		return a.Journal.Act(ctx, caller(ctx), func(w *journal.Work) error {
			work = w
			return fn(w.Tx())
		})
	}
	out, err := once(ctx, in, func(*store.Tx) (*O, error) { return do(work) })
	if err != nil {
		return nil, a.problem(err)
	}
	return out, nil
}

// keep makes a change that belongs to no review, and answers with what comes of it, once.
func keep[O any](ctx context.Context, a *api, do func(*store.Tx) (*O, error)) (*O, error) {
	in := func(fn func(*store.Tx) error) error { return a.Journal.Store().Update(ctx, fn) }
	out, err := once(ctx, in, do)
	if err != nil {
		return nil, a.problem(err)
	}
	return out, nil
}
