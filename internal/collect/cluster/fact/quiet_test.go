package fact

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
)

// quiet is where servers of tests write that handshakes broke off.
var quiet = log.New(io.Discard, "", 0)

func pemOf(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
