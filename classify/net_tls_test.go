package classify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// TestNetTLS holds the verdicts on failures of TLS, each provoked over the loopback.
func TestNetTLS(t *testing.T) {
	t.Parallel()
	good := certificate(t, "localhost", time.Now().Add(time.Hour))
	trusted := x509.NewCertPool()
	trusted.AddCert(good.Leaf)
	runNetCases(t, []netCase{
		{"certificate signed by an unknown authority", func(t *testing.T) error {
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{good}}, &tls.Config{ServerName: "localhost", RootCAs: x509.NewCertPool()})
		}, badTLS},
		{"certificate of another host", func(t *testing.T) error {
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{good}}, &tls.Config{ServerName: "redis.invalid", RootCAs: trusted})
		}, badTLS},
		{"certificate has expired", func(t *testing.T) error {
			old := certificate(t, "localhost", time.Now().Add(-time.Hour))
			roots := x509.NewCertPool()
			roots.AddCert(old.Leaf)
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{old}}, &tls.Config{ServerName: "localhost", RootCAs: roots})
		}, badTLS},
		{"certificate verified by hand", func(*testing.T) error {
			_, err := good.Leaf.Verify(x509.VerifyOptions{Roots: x509.NewCertPool()})
			return err
		}, badTLS},
		{"name verified by hand", func(*testing.T) error { return good.Leaf.VerifyHostname("redis.invalid") }, badTLS},
		{"age verified by hand", func(*testing.T) error {
			_, err := good.Leaf.Verify(x509.VerifyOptions{Roots: trusted, CurrentTime: longAgo})
			return err
		}, badTLS},
		{"server does not speak TLS", func(t *testing.T) error {
			c, s := connect(t)
			go func() { _, _ = s.Write([]byte("-ERR Protocol error: invalid multibulk length\r\n")) }()
			return tls.Client(c, &tls.Config{ServerName: "localhost"}).HandshakeContext(t.Context())
		}, badTLS},
		{"record broken on the way, after the handshake", func(t *testing.T) error {
			c, s := connect(t)
			go func() {
				conn := tls.Server(s, &tls.Config{Certificates: []tls.Certificate{good}})
				_ = conn.HandshakeContext(context.Background())
				_, _ = s.Write([]byte("\x17\x03\x03\x00\x20nobody encrypted these 32 bytes.")) // past TLS
			}()
			return readByte(tls.Client(c, &tls.Config{ServerName: "localhost", RootCAs: trusted}))
		}, alerted},
		{"server closes on a handshake", func(t *testing.T) error {
			c, s := connect(t)
			_ = s.CloseWrite()
			return tls.Client(c, &tls.Config{ServerName: "localhost"}).HandshakeContext(t.Context())
		}, unanswered},
		{"handshake runs into the connection's deadline", func(t *testing.T) error {
			c, _ := connect(t)
			_ = c.SetDeadline(longAgo)
			return tls.Client(c, &tls.Config{ServerName: "localhost"}).HandshakeContext(t.Context())
		}, unansweredLate},
		{"handshake runs into the dialer's own timeout", func(t *testing.T) error {
			d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 20 * time.Millisecond}}
			_, err := d.DialContext(t.Context(), "tcp", listen(t).Addr().String())
			return err // a bare context.DeadlineExceeded: only whoever dialled knows that it is not the caller's
		}, canceledContext},
		{"handshake runs into the caller's deadline", func(t *testing.T) error {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			c, _ := connect(t)
			return tls.Client(c, &tls.Config{ServerName: "localhost"}).HandshakeContext(ctx)
		}, canceledContext},
		{"no version in common", func(t *testing.T) error {
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS13},
				&tls.Config{ServerName: "localhost", RootCAs: trusted, MaxVersion: tls.VersionTLS12})
		}, alerted},
		{"client certificate demanded, TLS 1.2", func(t *testing.T) error {
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert},
				&tls.Config{ServerName: "localhost", RootCAs: trusted, MaxVersion: tls.VersionTLS12})
		}, alerted},
		{"client certificate demanded, TLS 1.3: the handshake succeeds, the first read fails", func(t *testing.T) error {
			return handshake(t, &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert},
				&tls.Config{ServerName: "localhost", RootCAs: trusted, MinVersion: tls.VersionTLS13})
		}, alerted},
	})
}

// TestNetTLSTypes holds the verdict on the other errors of a client's own checks, which
// take another platform or a rare certificate to provoke.
func TestNetTLSTypes(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&tls.CertificateVerificationError{Err: errors.New("of the platform's own verifier")},
		&tls.ECHRejectionError{},
		x509.SystemRootsError{},
		x509.ConstraintViolationError{},
		x509.UnhandledCriticalExtension{},
		x509.InsecureAlgorithmError(x509.MD5WithRSA),
	} {
		if got := classify.Net(fmt.Errorf("dial: %w", err)); got != badTLS {
			t.Errorf("Net(%T) = %+v, want %+v", err, got, badTLS)
		}
	}
}

// handshake returns the error of a client that shakes hands with a server and reads.
func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	c, s := connect(t)
	go func() {
		// The client reads the alert before the server's end closes with the test.
		_ = tls.Server(s, server).HandshakeContext(context.Background())
	}()
	return readByte(tls.Client(c, client))
}

// certificate returns a self-signed certificate for a host.
func certificate(t *testing.T, host string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: until.Add(-24 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
