package rehearsal

import (
	"slices"
	"strings"
)

// Cleared are the names of variables that must not be in the environment of
// a head: they lead past the rehearsal, or to another credential.
func Cleared() []string {
	return append(slices.Clone(proxyNames), "no_proxy", "all_proxy", "ftp_proxy")
}

// proxyNames are the variables that would lead a child elsewhere, or by
// another way; they are taken from its environment.
var proxyNames = []string{
	"NO_PROXY", "ALL_PROXY", "FTP_PROXY", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET", "IMDS_ENDPOINT",
	"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID",
	"AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID", "AZURE_TOKEN_CREDENTIALS",
}

// Env is what a child of the head needs in its environment to reach the
// rehearsal. Listen comes first.
func (w *World) Env() ([]string, error) {
	file, err := w.caFile()
	if err != nil {
		return nil, err
	}
	return environment(w.Addr(), file), nil
}

// NodeEnv opens the proxy of a node and gives the environment of what runs
// there, and what closes the proxy again.
func (w *World) NodeEnv(n Node) (env []string, done func(), err error) {
	file, err := w.caFile()
	if err != nil {
		return nil, nil, err
	}
	p, err := w.newProxy(w.nodeCaller(n), 0)
	if err != nil {
		return nil, nil, err
	}
	return environment(p.addr, file), func() {
		w.mu.Lock()
		open := w.proxies[p]
		delete(w.proxies, p)
		w.mu.Unlock()
		if open {
			_ = p.close() // its listener was open until now
		}
	}, nil
}

func environment(addr, ca string) []string {
	proxy := "http://" + addr
	return []string{
		"HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy, "http_proxy=" + proxy, "https_proxy=" + proxy,
		"SSL_CERT_FILE=" + ca, "CURL_CA_BUNDLE=" + ca, "REQUESTS_CA_BUNDLE=" + ca, "NO_PROXY=", "no_proxy=",
	}
}

// Over puts the variables of add over those of an environment, and takes out
// what would lead past the rehearsal.
func Over(environ, add []string) []string {
	var out []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains(proxyNames, strings.ToUpper(name)) || slices.ContainsFunc(add, func(a string) bool { return strings.HasPrefix(a, name+"=") }) {
			continue
		}
		out = append(out, v)
	}
	for _, a := range add {
		if !strings.HasSuffix(a, "=") { // an empty one is one that is not there
			out = append(out, a)
		}
	}
	return out
}
