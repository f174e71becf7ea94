package rehearsal

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"sluice/internal/rehearsal/state"
)

// names of services, as faults and the budget have them.
const (
	serviceBlob     = "blob"
	serviceBatch    = "batch"
	serviceARM      = "arm"
	serviceIMDS     = "imds"
	serviceEntra    = "entra"
	serviceVault    = "vault"
	serviceRegistry = "registry"
	servicePrices   = "prices"
	// armBatch is mounted by itself, but is `arm` for faults and the budget.
	armBatch = "arm.batch"
)

// An unknownHost is one that is not in the rehearsal.
type unknownHost struct{ host, why string }

func (e *unknownHost) Error() string {
	text := fmt.Sprintf("the rehearsal refuses %s: ", e.host)
	if e.why != "" {
		return text + e.why
	}
	return text + "it knows only the services of its Azure, and nothing leaves this machine"
}

// hostService says which service a host is. Its error is an *unknownHost.
func (w *World) hostService(host string) (string, error) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(host)
	switch host {
	case "169.254.169.254":
		return serviceIMDS, nil
	case "login.microsoftonline.com":
		return serviceEntra, nil
	case "management.azure.com":
		return serviceARM, nil
	case "prices.azure.com":
		return servicePrices, nil
	case w.st.BatchHost():
		return serviceBatch, nil
	}
	label, domain, _ := strings.Cut(host, ".")
	missing := func(what string) (string, error) {
		return "", &unknownHost{host, fmt.Sprintf("its state declares no %s `%s`", what, label)}
	}
	switch domain {
	case "blob.core.windows.net":
		if !slices.ContainsFunc(w.st.Storage, func(a state.StorageAccount) bool { return a.Name == label }) {
			return missing("storage account")
		}
		return serviceBlob, nil
	case "vault.azure.net":
		if !slices.ContainsFunc(w.st.Vaults, func(v state.Vault) bool { return v.Name == label }) {
			return missing("vault")
		}
		return serviceVault, nil
	case "azurecr.io":
		if !slices.ContainsFunc(w.st.Registries, func(r state.Registry) bool { return r.Name == label }) {
			return missing("registry")
		}
		return serviceRegistry, nil
	}
	if strings.HasSuffix(host, ".batch.azure.com") {
		return "", &unknownHost{host, "its Batch account is at " + w.st.BatchHost()}
	}
	return "", &unknownHost{host: host}
}

// handler is who answers a request to a service.
func (w *World) handler(c *caller, service string, r *http.Request) http.Handler {
	switch service {
	case serviceIMDS:
		return c.imds
	case serviceEntra:
		return w.entra
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if service == serviceARM && strings.Contains(strings.ToLower(r.URL.Path), "/providers/microsoft.batch/") && !strings.Contains(strings.ToLower(r.URL.Path), "/providers/microsoft.authorization/") {
		if h := w.services[armBatch]; h != nil {
			return h
		}
	}
	if h := w.services[service]; h != nil {
		return h
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		writeError(rw, service, http.StatusNotImplemented, "NotImplemented", "the rehearsal has no "+service+" service")
	})
}

// serve answers a request that has come to one of Azure's hosts.
func (w *World) serve(c *caller, rw http.ResponseWriter, r *http.Request) {
	service, err := w.hostService(r.Host)
	if err != nil {
		w.calls.add(c, "other", "refused", r, http.StatusForbidden, "")
		refuse(rw, err)
		return
	}
	kind := kindOf(service, r)
	rw.Header().Set("Date", w.clock.Now().UTC().Format(http.TimeFormat)) // of Azure's clock, not of this machine's
	if err := w.sent.add(c, service, r); err != nil {
		panic(http.ErrAbortHandler) // who called has gone
	}
	rec := &recorder{ResponseWriter: rw}
	if service == serviceBatch && kind == "add tasks" {
		rec.tasks = w.calls.taken
	}
	defer func() {
		// Also when the handler breaks the connection on purpose.
		w.calls.add(c, service, kind, r, rec.status, rec.code())
		if rec.tasks != nil && rec.status == http.StatusCreated {
			w.calls.taken(0, oneTask)
		}
	}()
	w.withFaults(c, service, w.handler(c, service, r), rec, r)
}

func refuse(rw http.ResponseWriter, err error) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("X-Sluice-Rehearsal", "refused")
	rw.WriteHeader(http.StatusForbidden)
	fmt.Fprintln(rw, err)
}

// A recorder remembers with which status a request was answered.
type recorder struct {
	http.ResponseWriter
	status int
	tasks  func(status int, body []byte) // sees the answer to added tasks
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.tasks != nil {
		r.tasks(r.status, p)
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) code() string { return r.Header().Get("x-ms-error-code") }
