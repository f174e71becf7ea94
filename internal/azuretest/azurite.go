package azuretest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Service is a running Azurite. It takes any host whose first label is the
// account, as Azure does, and any bearer token that looks like one of Entra:
// it has no roles.
type Service struct {
	Account string
	Addr    string // 127.0.0.1:port, which speaks TLS
	CA      []byte // PEM of its certificate
	Client  *http.Client
}

// URL is where the SDK's client finds the account.
func (s *Service) URL() string { return "https://" + s.Account + ".blob.core.windows.net/" }

// Azurite starts one with an empty account; it ends with the test.
func Azurite(t testing.TB) *Service {
	t.Helper()
	dir, work := Dir(t), t.TempDir()
	s := &Service{Account: "acct" + strconv.Itoa(os.Getpid()%1000)}
	key := make([]byte, 32)
	rand.Read(key)
	var private []byte
	s.CA, private = certificate(t)
	write(t, filepath.Join(work, "cert.pem"), s.CA)
	write(t, filepath.Join(work, "key.pem"), private)
	port := freePort(t)
	s.Addr = net.JoinHostPort("127.0.0.1", port)
	cmd := exec.Command(filepath.Join(dir, "node_modules", ".bin", "azurite-blob"), "--blobHost", "127.0.0.1", "--blobPort", port,
		"--oauth", "basic", "--cert", filepath.Join(work, "cert.pem"), "--key", filepath.Join(work, "key.pem"),
		"--disableTelemetry", "--silent", "--skipApiVersionCheck", "--location", filepath.Join(work, "data"))
	cmd.Env = append(os.Environ(), "AZURITE_ACCOUNTS="+s.Account+":"+base64.StdEncoding.EncodeToString(key))
	var out lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errorsIsDone(err) {
			t.Errorf("end Azurite: %v", err)
		}
		<-ended
	})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CA)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Addr)
		},
	}
	s.Client = &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	s.await(t, ended, &out)
	return s
}

// await asks until Azurite answers anything.
func (s *Service) await(t testing.TB, ended chan error, out *lockedBuffer) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; {
		resp, err := s.Client.Get(s.URL())
		if err == nil {
			resp.Body.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("Azurite ended: %v\n%s", err, out.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("Azurite does not answer: %v\n%s", err, out.String())
		}
	}
}

func errorsIsDone(err error) bool { return err == os.ErrProcessDone }

// Credential has tokens that Azurite takes.
func (s *Service) Credential() azcore.TokenCredential { return credential{} }

type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	now := time.Now()
	claims, err := json.Marshal(map[string]any{
		"aud": "https://storage.azure.com", "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000001/",
		"iat": now.Add(-time.Minute).Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	encode := base64.RawURLEncoding.EncodeToString
	return azcore.AccessToken{Token: encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims) + "." + encode([]byte("signature")), ExpiresOn: now.Add(time.Hour)}, err
}

// certificate is one of *.blob.core.windows.net that signs itself.
func certificate(t testing.TB) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sluice test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"*.blob.core.windows.net", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := url.Parse(fmt.Sprintf("tcp://%s", l.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

func write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
