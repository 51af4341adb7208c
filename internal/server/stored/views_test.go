package stored

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/server"
)

// TestSavedViews: own and shared ones are seen, and only one's own are taken away.
func TestSavedViews(t *testing.T) {
	each(t, func(t *testing.T, k *Keeper) {
		ctx := t.Context()
		made := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
		own := server.SavedView{ID: "v-1", Person: "anna", Name: "mine", Page: "/findings", Query: "late=yes", Created: made}
		shared := server.SavedView{ID: "v-2", Person: "carl", Name: "all of us", Page: "/findings", Query: "severity=high", Shared: true, Created: made}
		hidden := server.SavedView{ID: "v-3", Person: "carl", Name: "his", Page: "/findings", Created: made}
		for _, one := range []server.SavedView{own, shared, hidden} {
			if err := k.PutSavedView(ctx, one); err != nil {
				t.Fatal(err)
			}
		}
		seen := func(want ...server.SavedView) {
			t.Helper()
			got, err := k.SavedViews(ctx, "anna", "/findings")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("views (-want +got): %s %v", diff, err)
			}
		}
		seen(shared, own)
		own.Query = "late=yes&team=apps"
		if err := k.PutSavedView(ctx, own); err != nil {
			t.Fatal(err)
		}
		if err := k.DeleteSavedView(ctx, "v-2", "anna"); err != nil {
			t.Fatal(err)
		}
		seen(shared, own)
		if err := k.DeleteSavedView(ctx, "v-1", "anna"); err != nil {
			t.Fatal(err)
		}
		seen(shared)
	})
}
