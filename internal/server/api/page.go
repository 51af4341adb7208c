package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Page says which part of a list is wanted.
type Page struct {
	After string `query:"after" maxLength:"512" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// pageOf gives a page of a list that lies in memory, and after what the next one begins. A filter that is
// nil wants all.
func pageOf[T any](all []T, id func(T) string, wanted func(T) bool, p Page) (page []T, next string, err error) {
	if p.After != "" {
		at := slices.IndexFunc(all, func(one T) bool { return id(one) == p.After })
		if at < 0 {
			return nil, "", huma.Error422UnprocessableEntity("nothing here is called " + p.After + ": give next of the page before")
		}
		all = all[at+1:]
	}
	page = []T{}
	for _, one := range all {
		if wanted != nil && !wanted(one) {
			continue
		}
		if len(page) == p.Limit {
			return page, id(page[p.Limit-1]), nil
		}
		page = append(page, one)
	}
	return page, "", nil
}

type knownKey struct{}

// conditional takes the header If-None-Match of requests that only read: see fresh.
func conditional(ctx huma.Context, next func(huma.Context)) {
	if known := ctx.Header("If-None-Match"); known != "" && (ctx.Method() == http.MethodGet || ctx.Method() == http.MethodHead) {
		ctx = huma.WithValue(ctx, knownKey{}, known)
	}
	next(ctx)
}

// fresh ends a request whose caller has what it asks for already, with 304.
func fresh(ctx context.Context, tag string) error {
	known, _ := ctx.Value(knownKey{}).(string)
	for one := range strings.SplitSeq(known, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"Etag": {tag}})
		}
	}
	return nil
}
