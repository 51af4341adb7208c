package signature

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/notaryproject/notation-go/verifier/truststore"
)

const mostTrusted = 256 // certificates in one file

// store is notation's trust store, in memory.
type store map[truststore.Type][]*x509.Certificate

// GetCertificates gives the certificates of one type; there is one store of each, whatever its name.
func (s store) GetCertificates(_ context.Context, of truststore.Type, _ string) ([]*x509.Certificate, error) {
	return s[of], nil
}

func newStore(r *NotationRule, read func(string) ([]byte, error)) (store, error) {
	made := store{}
	for _, list := range []struct {
		of    truststore.Type
		files []string
	}{{truststore.TypeCA, r.Certificates}, {truststore.TypeTSA, r.TimestampAuthorities}} {
		for _, file := range list.files {
			text, err := readFile(file, read)
			if err != nil {
				return nil, err
			}
			found, err := certificatesOf(text)
			if err == nil {
				err = truststore.ValidateCertificates(found)
			}
			if err != nil {
				return nil, fmt.Errorf("read %s: %s", file, plain(err))
			}
			made[list.of] = append(made[list.of], found...)
		}
	}
	return made, nil
}

// certificatesOf reads all certificates of a PEM file.
func certificatesOf(text []byte) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if len(all) == mostTrusted {
			return nil, fmt.Errorf("it holds more than %d certificates", mostTrusted)
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("PEM block %q is not a certificate", clean(block.Type, 40))
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("it holds no PEM certificate")
	}
	return all, nil
}
