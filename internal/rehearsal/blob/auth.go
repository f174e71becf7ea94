package blob

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"sluice/internal/rehearsal/iam"
)

// Actions on containers: Azure has them among actions, not data actions.
const (
	readContainer   = "Microsoft.Storage/storageAccounts/blobServices/containers/read"
	writeContainer  = "Microsoft.Storage/storageAccounts/blobServices/containers/write"
	deleteContainer = "Microsoft.Storage/storageAccounts/blobServices/containers/delete"
)

const wrongCredentials = "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."

// authenticate finds who calls. The firewall comes first, as in Azure.
func (c *call) authenticate() *problem {
	if c.account.Firewall {
		return refuse(http.StatusForbidden, "AuthorizationFailure", "This request is not authorized to perform this operation.")
	}
	header := c.r.Header.Get("Authorization")
	scheme, _, _ := strings.Cut(header, " ")
	switch {
	case header == "" && c.query.Get("sig") != "":
		return c.signature()
	case header == "":
		return c.challenge("NoAuthenticationInformation", wrongCredentials+" Please refer to the information in the www-authenticate header.")
	case strings.HasPrefix(scheme, "SharedKey") && !c.account.SharedKey:
		return refuse(http.StatusForbidden, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.")
	case strings.HasPrefix(scheme, "SharedKey"):
		return refuse(http.StatusForbidden, "AuthenticationFailed", wrongCredentials+" The rehearsal's accounts have no keys.")
	}
	caller, denied := c.s.o.Authority.Authenticate(c.r, audiences(c.account.Name)...)
	if denied != nil {
		if denied.Status == http.StatusForbidden {
			return refuse(http.StatusForbidden, "AuthenticationFailed", denied.Message)
		}
		return c.challenge("InvalidAuthenticationInfo", denied.Message)
	}
	c.caller = caller
	return nil
}

func audiences(account string) []string {
	return []string{"https://storage.azure.com", "https://" + account + ".blob.core.windows.net", "https://" + account + ".blob.core.usgovcloudapi.net", "https://" + account + ".blob.core.chinacloudapi.cn"}
}

// challenge says where a token may be had. Clients that probe without one wait for it.
func (c *call) challenge(code, message string) *problem {
	p := refuse(http.StatusUnauthorized, code, message)
	p.header = http.Header{"Www-Authenticate": {"Bearer authorization_uri=https://login.microsoftonline.com/" + c.s.o.State.Tenant + "/oauth2/authorize resource_id=https://storage.azure.com"}}
	return p
}

// signature takes the one shared access signature that the state declares for
// the account, as one of a user who has chosen to have secrets.
func (c *call) signature() *problem {
	if !c.account.SharedKey {
		return refuse(http.StatusForbidden, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.")
	}
	declared, err := url.ParseQuery(strings.TrimPrefix(c.account.SAS, "?"))
	want := declared.Get("sig")
	if err != nil || want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(c.query.Get("sig"))) != 1 {
		return refuse(http.StatusForbidden, "AuthenticationFailed", wrongCredentials+" Signature did not match.")
	}
	c.sas = true
	return nil
}

func (c *call) scope(account *account, container string) string {
	if container == "" {
		return account.id
	}
	return account.id + "/blobServices/default/containers/" + container
}

func (c *call) allowed(action string, data bool) bool {
	return c.sas || c.s.o.Authority.Allow(c.caller, action, data, c.scope(c.account, c.container))
}

// need says what is wrong if the caller may not do action on the container's blobs.
func (c *call) need(action string) *problem {
	if c.allowed(action, true) {
		return nil
	}
	return mismatch()
}

// needAction is need for what is no data action. Older role definitions name
// some of these as data actions, and those count.
func (c *call) needAction(action string) *problem {
	if c.allowed(action, false) || c.allowed(action, true) {
		return nil
	}
	return mismatch()
}

func mismatch() *problem {
	return refuse(http.StatusForbidden, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.")
}

// source finds what a copy reads, and whether it may: by the token in
// x-ms-copy-source-authorization, or as the caller within the account, if
// implicit.
func (c *call) source(implicit bool) (*blob, *problem) {
	cannot := func(status int, text string) *problem {
		return refuse(status, "CannotVerifyCopySource", text)
	}
	u, err := url.Parse(c.r.Header.Get("x-ms-copy-source"))
	if err != nil || u.Host == "" {
		return nil, refuse(http.StatusBadRequest, "InvalidHeaderValue", "x-ms-copy-source is no address.")
	}
	other := &call{s: c.s, r: &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}, now: c.now}
	if p := other.find(); p != nil {
		return nil, cannot(http.StatusNotFound, "The copy source is no blob of the rehearsal: "+p.message)
	}
	token := c.r.Header.Get("x-ms-copy-source-authorization")
	switch {
	case token != "" || other.query.Get("sig") != "":
		if token != "" {
			other.r.Header.Set("Authorization", token)
		}
		if p := other.authenticate(); p != nil {
			return nil, cannot(p.status, p.message)
		}
	case implicit && other.account == c.account:
		other.caller, other.sas = c.caller, c.sas
	default:
		return nil, cannot(http.StatusUnauthorized, "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.")
	}
	if p := other.need(iam.BlobRead); p != nil {
		return nil, cannot(http.StatusForbidden, p.message)
	}
	b, p := other.lookup()
	if p != nil {
		return nil, cannot(http.StatusNotFound, p.message)
	}
	if p := conditions(c.r.Header, "x-ms-source-", b, false); p != nil {
		b.release(&c.s.files)
		return nil, refuse(http.StatusPreconditionFailed, "SourceConditionNotMet", p.message)
	}
	return b, nil
}
