package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// What may be under way.
const (
	largestPart   = 8 << 20   // bytes of a part
	smallestPart  = 64 << 10  // of all but the last
	largestUpload = 512 << 20 // of a whole upload
	uploadTime    = 24 * time.Hour
)

// uploadLimits bound what is under way at once.
var uploadLimits = store.UploadLimits{OfPerson: 16, InAll: 100, BytesOfPerson: 2 << 30, BytesInAll: 8 << 30}

// upload tells how far an upload is.
type upload struct {
	ID      string    `json:"id"`
	Size    int64     `json:"size"`
	Offset  int64     `json:"offset" doc:"how many bytes are here: where the next part begins"`
	SHA256  string    `json:"sha256"`
	Expires time.Time `json:"expires" doc:"when it is thrown away if nothing uses it"`
}

type uploadOutput struct{ Body upload }

func uploadOf(u *store.Upload) *uploadOutput {
	return &uploadOutput{upload{u.ID, u.Size, u.Received, u.SHA256, u.Expires}}
}

type beginUploadInput struct {
	Body struct {
		Size   int64  `json:"size" minimum:"1" doc:"in bytes"`
		SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$" doc:"of the whole"`
	}
}

func (a *api) beginUpload(ctx context.Context, in *beginUploadInput) (*uploadOutput, error) {
	if in.Body.Size > largestUpload {
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, fmt.Sprintf("an upload may have %d MiB: pack it with gzip, or scan in parts, as by namespace", largestUpload>>20))
	}
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	if who := state.People[caller(ctx)]; who == nil || !who.Has(review.Contributor) {
		return nil, huma.Error403Forbidden("it takes the role contributor to hand something in")
	}
	now := a.Now().UTC()
	u := store.Upload{ID: journal.NewID("u") + journal.NewID(""), Person: caller(ctx), SHA256: in.Body.SHA256, Size: in.Body.Size, Created: now, Expires: now.Add(uploadTime)}
	return keep(ctx, a, func(tx *store.Tx) (*uploadOutput, error) { return uploadOf(&u), tx.BeginUpload(u, uploadLimits) })
}

// OnUpload names an upload in the path.
type OnUpload struct {
	Upload string `path:"upload" maxLength:"64"`
}

func (a *api) getUpload(ctx context.Context, in *OnUpload) (*uploadOutput, error) {
	var found *store.Upload
	err := a.Journal.Store().View(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Upload(in.Upload, caller(ctx), a.Now())
		return err
	})
	if err != nil {
		return nil, a.problem(err)
	}
	if found == nil {
		return nil, noUpload(in.Upload)
	}
	return uploadOf(found), nil
}

func noUpload(id string) error {
	return huma.Error404NotFound("upload " + id + " is not there, or no longer: begin a new one")
}

type appendUploadInput struct {
	OnUpload
	Offset  int64  `query:"offset" required:"true" minimum:"0" doc:"where the part begins"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// appendUpload takes a part. The same part again changes nothing; a wrong offset is told the right one.
func (a *api) appendUpload(ctx context.Context, in *appendUploadInput) (*uploadOutput, error) {
	var found *store.Upload
	err := a.Journal.Store().Update(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Upload(in.Upload, caller(ctx), a.Now())
		if err == nil && found != nil && len(in.RawBody) < smallestPart && in.Offset+int64(len(in.RawBody)) < found.Size {
			return huma.Error422UnprocessableEntity(fmt.Sprintf("a part but the last has %d KiB at least: send larger parts", smallestPart>>10))
		}
		if err == nil {
			found, err = tx.AppendUpload(in.Upload, caller(ctx), in.Offset, in.RawBody, a.Now())
		}
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noUpload(in.Upload)
	case errors.Is(err, store.ErrOffset):
		return nil, huma.ErrorWithHeaders(huma.Error409Conflict(fmt.Sprintf("the next part begins at %d", found.Received)),
			http.Header{"Upload-Offset": {strconv.FormatInt(found.Received, 10)}})
	case err != nil:
		return nil, a.problem(err)
	}
	return uploadOf(found), nil
}

func (a *api) deleteUpload(ctx context.Context, in *OnUpload) (*struct{}, error) {
	return nil, a.problem(a.Journal.Store().Update(ctx, func(tx *store.Tx) error { return tx.DeleteUpload(in.Upload, caller(ctx)) }))
}
