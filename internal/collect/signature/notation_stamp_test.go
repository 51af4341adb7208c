package signature

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestTimestamps judges envelopes whose certificates have expired, with timestamps of GlobalSign. The
// manifest that they sign is not kept: one of the same size stands for it.
func TestTimestamps(t *testing.T) {
	const subject = "sha256:c0669ef34cdc14332c0f1ab0c2c01acb91d96014b172f1a76f3a39e63d1f0bda"
	manifest := `{"mediaType":"application/vnd.docker.distribution.manifest.v2+json"}`
	manifest += strings.Repeat(" ", 528-len(manifest))
	for _, test := range []struct {
		file, mediaType string
		stamped         bool
		want            State
		reason          string
	}{
		{"coseExpiredWithTimestamp", "application/cose", true, Verified, "signed by CN=testTSA"},
		{"jwsExpiredWithTimestamp", "application/jose+json", true, Verified, "signed by CN=testTSA"},
		{"coseExpiredWithTimestamp", "application/cose", false, Invalid, "expired at 2024-06-18T07:30:31Z"},
		{"timestampAfterNotAfter", "application/cose", true, Invalid, "timestamp can be after certificate"},
	} {
		t.Run(fmt.Sprint(test.file, test.stamped), func(t *testing.T) {
			envelope, err := os.ReadFile("testdata/notation/" + test.file + ".sig")
			if err != nil {
				t.Fatal(err)
			}
			signed, err := readNotation(test.mediaType, envelope)
			if err != nil {
				t.Fatal(err)
			}
			r := Rule{Repository: "**", Notation: &NotationRule{Certificates: []string{"own"}, Identities: []string{"*"}}}
			if test.stamped {
				r.Notation.TimestampAuthorities = []string{"testdata/notation/tsa.pem"}
			}
			p, err := New([]Rule{r}, func(file string) ([]byte, error) {
				if file == "own" {
					return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed.SignerInfo.CertificateChain[0].Raw}), nil
				}
				return os.ReadFile(file)
			})
			if err != nil {
				t.Fatal(err)
			}
			s := &search{ctx: context.Background(), rule: p.rules[0], now: time.Now(), manifests: map[string][]byte{subject: []byte(manifest)}}
			proof := Proof{Subject: subject}
			s.notarized(&proof, test.mediaType, envelope)
			if proof.State != test.want || !strings.Contains(proof.Reason, test.reason) {
				t.Errorf("%s: %s, want %s: ...%s...", proof.State, proof.Reason, test.want, test.reason)
			}
		})
	}
}
