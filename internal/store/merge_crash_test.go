package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// window is how many findings are open after each scan of childMerge, slide by how many it moves.
const window, slide = 300, 20

// sliding gives the findings of a scan: each is found once, stays for some scans and is fixed.
func sliding(scan int64) (findings []FindingRow) {
	for n := scan * slide; n < scan*slide+window; n++ {
		findings = append(findings, row(fmt.Sprintf("%c%06d", 'a'+n%5, n), fmt.Sprint("control-", n%7), severities[n%5]))
	}
	return findings
}

// childMerge takes in scans from where the store is on, and prints the number of each that is kept.
func childMerge(place string, _ []string) error {
	s, err := Open(context.Background(), place, Options{Create: true})
	if err != nil {
		return err
	}
	for scan := int64(1); ; scan++ {
		var r MergeResult
		err := s.Update(context.Background(), func(tx *Tx) (err error) {
			r, err = tx.MergeScan(scanOf("s", int(scan)), ranAll, false, each(sliding(scan)...))
			return err
		})
		if err != nil && scan > 1 {
			return err
		}
		if err != nil { // the store has newer ones
			err = s.View(context.Background(), func(tx *Tx) error {
				return tx.Scans(ScanFilter{Limit: 1}, func(r ScanRow) error { _, err := fmt.Sscanf(r.ID, "s-%d", &scan); return err })
			})
			if err != nil {
				return err
			}
			continue
		}
		if !r.Known {
			fmt.Println(scan)
		}
	}
}

// expectSliding demands that findings, sums, events and details are those after some scan, and gives it.
func expectSliding(t testing.TB, s *Store) (newest int64) {
	t.Helper()
	scans := 0
	view(t, s, func(tx *Tx) error {
		return tx.Scans(ScanFilter{}, func(r ScanRow) (err error) {
			if scans++; scans == 1 {
				_, err = fmt.Sscanf(r.ID, "s-%d", &newest)
			}
			return err
		})
	})
	if int64(scans) != newest {
		t.Errorf("%d scans, the newest is %d", scans, newest)
	}
	var names, wanted []string
	for _, f := range sliding(newest) {
		wanted = append(wanted, f.Name)
	}
	view(t, s, func(tx *Tx) error {
		page, err := tx.Findings(FindingFilter{States: openOnly}, "age", "", maxPage)
		for _, f := range page.Findings {
			names = append(names, f.Name)
		}
		return err
	})
	slices.Sort(names)
	slices.Sort(wanted)
	if !slices.Equal(names, wanted) {
		t.Errorf("%d findings are open, not %d", len(names), len(wanted))
	}
	expectRows(t, s, "findings", int(window+slide*(newest-1)))
	expectRows(t, s, "finding_details", int(window+slide*(newest-1)))
	expectRows(t, s, "finding_events", int(slide*(newest-1)))
	expectSums(t, s)
	return newest
}

// TestMergesAndReadersAtOnce merges scans of several sources while others read.
func TestMergesAndReadersAtOnce(t *testing.T) {
	const sources, scans = 3, 12
	forEachDatabase(t, func(t *testing.T, place string) {
		s, other := create(t, place), create(t, place)
		var merging, reading sync.WaitGroup
		done := make(chan bool)
		for source := range sources {
			merging.Go(func() {
				for scan := range int64(scans) {
					of := []*Store{s, other}[source%2] // as two processes would
					err := of.Update(t.Context(), func(tx *Tx) error {
						_, err := tx.MergeScan(scanOf(fmt.Sprint("s", source), int(scan)), ranAll, false, each(sliding(scan)...))
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			reading.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						expectOneState(t, s)
					}
				}
			})
		}
		merging.Wait()
		close(done)
		reading.Wait()
		expectRows(t, s, "findings", sources*(window+slide*(scans-1)))
		expectSums(t, s)
	})
}

// expectOneState demands that sums and findings, which are read one after the other, agree.
func expectOneState(t *testing.T, s *Store) {
	view(t, s, func(tx *Tx) error {
		sums, err := tx.CountFindings(FindingFilter{}, "control")
		if err != nil {
			return err
		}
		findings, err := tx.CountFindings(FindingFilter{MinAge: 1, Now: noon.Add(1000 * Day)}, "control")
		if !slices.Equal(sums, findings) {
			t.Errorf("the sums are %v, the findings %v", sums, findings)
		}
		return err
	})
}
