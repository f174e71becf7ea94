package iam

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Codes of Denied, in the words of Azure's management plane.
const (
	CodeMissing  = "AuthenticationFailed"
	CodeInvalid  = "InvalidAuthenticationToken"
	CodeExpired  = "ExpiredAuthenticationToken"
	CodeAudience = "InvalidAuthenticationTokenAudience"
)

// Exchange is the audience of the assertions that Entra takes from workloads.
const Exchange = "api://AzureADTokenExchange"

// claims of a token, as those of a managed identity's have them.
type claims struct {
	Audience   string `json:"aud"`
	Issuer     string `json:"iss"`
	IssuedAt   int64  `json:"iat"`
	NotBefore  int64  `json:"nbf"`
	Expires    int64  `json:"exp"`
	AppID      string `json:"appid,omitempty"`
	AppIDACR   string `json:"appidacr,omitempty"`
	Provider   string `json:"idp,omitempty"`
	Kind       string `json:"idtyp,omitempty"`
	ObjectID   string `json:"oid,omitempty"`
	Subject    string `json:"sub"`
	TenantID   string `json:"tid,omitempty"`
	Version    string `json:"ver,omitempty"`
	ResourceID string `json:"xms_mirid,omitempty"`
}

// tokenHeader is the same for all: signed with the key of the run.
var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256","kid":"sluice-rehearsal"}`))

// Issuer is who signs the tokens of a tenant.
func Issuer(tenant string) string { return "https://sts.windows.net/" + tenant + "/" }

// Mint makes a token for p.
func (s *Store) Mint(p Principal, audience string) (token string, expires time.Time) {
	now := s.clock.Now()
	expires = now.Add(s.st.TokenLife).Truncate(time.Second)
	issued := now.Add(-5 * time.Minute).Unix() // as Entra does, for clocks that differ
	token = s.sign(claims{
		Audience: audience, Issuer: Issuer(s.st.Tenant), IssuedAt: issued, NotBefore: issued, Expires: expires.Unix(),
		AppID: p.ClientID, AppIDACR: "2", Provider: Issuer(s.st.Tenant), Kind: "app", ObjectID: p.ObjectID, Subject: p.ObjectID,
		TenantID: s.st.Tenant, Version: "1.0", ResourceID: p.ResourceID,
	})
	if s.minted != nil {
		s.minted(token)
	}
	return token, expires
}

// Assertion is what a workload shows to Entra to get tokens of p: the content
// of AZURE_FEDERATED_TOKEN_FILE.
func (s *Store) Assertion(p Principal) string {
	now := s.clock.Now()
	return s.sign(claims{
		Audience: Exchange, Issuer: "https://issuer.rehearsal.invalid/", IssuedAt: now.Unix(), NotBefore: now.Unix(),
		Expires: now.Add(365 * 24 * time.Hour).Unix(), AppID: p.ClientID, Subject: "system:serviceaccount:sluice:" + p.Name,
	})
}

func (s *Store) sign(c claims) string {
	body, err := json.Marshal(c)
	if err != nil {
		panic("internal error: claims: " + err.Error())
	}
	text := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(s.mac(text))
}

func (s *Store) mac(text string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// verify reads a token that we signed and that is in time.
func (s *Store) verify(token string) (claims, *Denied) {
	var c claims
	invalid := func(why string) (claims, *Denied) {
		return claims{}, &Denied{Status: http.StatusUnauthorized, Code: CodeInvalid, Message: "The access token is invalid: " + why + "."}
	}
	header, rest, ok := strings.Cut(token, ".")
	body, signature, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 {
		return invalid("it is no JWT")
	}
	given, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || header != tokenHeader || !hmac.Equal(given, s.mac(header+"."+body)) {
		return invalid("its signature is not that of this rehearsal")
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(data, &c) != nil {
		return invalid("its claims cannot be read")
	}
	now := s.clock.Now()
	if now.Before(time.Unix(c.NotBefore, 0)) {
		return invalid("it is not valid yet")
	}
	if !now.Before(time.Unix(c.Expires, 0)) {
		return claims{}, &Denied{
			Status: http.StatusUnauthorized, Code: CodeExpired,
			Message: "The access token expiry UTC time '" + time.Unix(c.Expires, 0).UTC().Format(time.RFC3339) + "' is earlier than current UTC time '" + now.UTC().Format(time.RFC3339) + "'.",
		}
	}
	return c, nil
}

// Authenticate finds who calls; see Authority.
func (s *Store) Authenticate(r *http.Request, audiences ...string) (Principal, *Denied) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Principal{}, &Denied{Status: http.StatusUnauthorized, Code: CodeMissing, Message: "Authentication failed. The 'Authorization' header is missing or holds no bearer token."}
	}
	return s.Verify(token, audiences...)
}

// Verify is Authenticate for a token that is already at hand.
func (s *Store) Verify(token string, audiences ...string) (Principal, *Denied) {
	c, denied := s.verify(token)
	if denied != nil {
		return Principal{}, denied
	}
	if !sameAudience(c.Audience, audiences) {
		return Principal{}, &Denied{
			Status: http.StatusUnauthorized, Code: CodeAudience,
			Message: "The access token has been obtained for wrong audience or resource '" + c.Audience + "'. It should exactly match with one of the allowed audiences '" + strings.Join(audiences, "','") + "'.",
		}
	}
	for _, p := range s.principals {
		if p.ObjectID == c.ObjectID {
			return p, nil
		}
	}
	return Principal{}, &Denied{Status: http.StatusUnauthorized, Code: CodeInvalid, Message: "The access token is invalid: its identity is not of this tenant."}
}

// sameAudience compares without trailing slashes: clients ask for
// https://batch.core.windows.net/ and for …net// alike.
func sameAudience(audience string, allowed []string) bool {
	audience = strings.TrimRight(audience, "/")
	for _, a := range allowed {
		if strings.EqualFold(audience, strings.TrimRight(a, "/")) {
			return true
		}
	}
	return false
}
