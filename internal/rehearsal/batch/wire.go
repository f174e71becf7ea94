package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sluice/internal/rehearsal/iam"
)

const (
	dataVersion = "2024-07-01.20.0"
	audience    = "https://batch.core.windows.net/"
	maxBody     = 4 << 20
)

// A call is one request at the data plane.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	who  iam.Principal
	body []byte
}

// answerTime is how Azure writes times, to 100 ns.
const answerTime = "2006-01-02T15:04:05.9999999Z"

func stamp(t time.Time) string { return t.UTC().Format(answerTime) }

// base is where the client reached us: links in answers begin with it.
func (c *call) base() string {
	scheme := c.r.URL.Scheme
	if scheme == "" {
		scheme = "https"
		if c.r.TLS == nil && !strings.Contains(c.r.Host, ".batch.") {
			scheme = "http"
		}
	}
	return scheme + "://" + c.r.Host
}

// headers sets what every answer of the data plane has.
func (s *Service) headers(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.serial++
	n := s.serial
	s.mu.Unlock()
	h := w.Header()
	h.Set("Request-Id", requestID(n))
	h.Set("DataServiceVersion", "3.0")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	if id := r.Header.Get("client-request-id"); id != "" && r.Header.Get("return-client-request-id") == "true" {
		h.Set("client-request-id", id)
	}
}

func requestID(n int64) string { return fmt.Sprintf("00000000-5c1e-4000-8000-%012x", n) }

// reply writes v as the data plane does.
func (c *call) reply(status int, v any) {
	c.w.Header().Set("Content-Type", "application/json; odata=minimalmetadata")
	data, err := json.Marshal(v)
	if err != nil {
		c.fail(fail(http.StatusInternalServerError, "InternalError", "encode the answer: %v", err))
		return
	}
	c.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(data) // a client that has gone needs no answer
}

func (c *call) etag(tag string, modified time.Time) {
	c.w.Header().Set("ETag", tag)
	c.w.Header().Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
}

// fail writes an error in Batch's odata form.
func (c *call) fail(f *failure) {
	c.w.Header().Set("Content-Type", "application/json; odata=minimalmetadata")
	c.w.Header().Set("x-ms-error-code", f.code)
	if f.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.microsoftonline.com/", resource_id="https://batch.core.windows.net/"`)
	}
	c.w.WriteHeader(f.status)
	if c.r.Method == http.MethodHead || f.status == http.StatusNotModified {
		return
	}
	body := map[string]any{
		"odata.metadata": c.base() + "/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element",
	}
	for k, v := range f.body(c.w.Header().Get("Request-Id")) {
		body[k] = v
	}
	_ = json.NewEncoder(c.w).Encode(body) // a client that has gone needs no answer
}

func (f *failure) body(request string) map[string]any {
	message := f.message
	if request != "" {
		message += "\nRequestId:" + request
	}
	body := map[string]any{"code": f.code, "message": map[string]string{"lang": "en-US", "value": message}}
	if len(f.values) > 0 {
		var values []map[string]string
		for _, v := range f.values {
			values = append(values, map[string]string{"key": v.Key, "value": v.Value})
		}
		body["values"] = values
	}
	return body
}

// match honours If-Match and If-None-Match.
func match(r *http.Request, tag string) *failure {
	ok := true
	if m := r.Header.Get("If-Match"); m != "" && m != "*" {
		ok = opaque(m) == tag
	}
	if m := r.Header.Get("If-None-Match"); m != "" {
		if hit := m == "*" || opaque(m) == tag; hit && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			return fail(http.StatusNotModified, "ConditionNotMet", "The resource has not changed.")
		} else if hit {
			ok = false
		}
	}
	if !ok {
		return fail(http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	}
	return nil
}

// opaque is an ETag without its quotes, and without the mark of a weak one.
func opaque(tag string) string { return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) }

// decode reads the body strictly: a property that Batch does not know is
// refused, as the identity of a pool is.
func decode(body []byte, v any) *failure {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		return nil
	}
	f := badRequest("InvalidRequestBody", "The specified Request Body is not syntactically valid.")
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return f.with("Reason", "The property '%s' does not exist on the type or cannot be set. Make sure to only use property names that are defined by the type.", strings.Trim(name, `"`))
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return f.with("PropertyName", "%s", wrong.Field).with("Reason", "a value of type %s cannot be read as %s", wrong.Value, wrong.Type)
	}
	return f.with("Reason", "%v", err)
}

// readBody reads a request's body up to a limit.
func readBody(r *http.Request, limit int64) ([]byte, *failure) {
	if r.Body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, badRequest("InvalidRequestBody", "read the request body: %v", err)
	}
	if int64(len(data)) > limit {
		return nil, fail(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.").with("MaxLimit", "%d", limit)
	}
	return data, nil
}

// dataActions are the actions at the data plane: those of jobs are
// dataActions, those of pools are actions although the data plane serves them.
const (
	jobsRead   = "Microsoft.Batch/batchAccounts/jobs/read"
	jobsWrite  = "Microsoft.Batch/batchAccounts/jobs/write"
	jobsDelete = "Microsoft.Batch/batchAccounts/jobs/delete"

	accountRead = "Microsoft.Batch/batchAccounts/read"
	poolsRead   = "Microsoft.Batch/batchAccounts/pools/read"
	poolsWrite  = "Microsoft.Batch/batchAccounts/pools/write"
	poolsDelete = "Microsoft.Batch/batchAccounts/pools/delete"
	quotasRead  = "Microsoft.Batch/locations/quotas/read"
	sizesRead   = "Microsoft.Batch/locations/virtualMachineSkus/read"
)

func isData(action string) bool {
	return strings.HasPrefix(action, "Microsoft.Batch/batchAccounts/jobs/")
}

// authorize finds who calls and whether he may.
func (s *Service) authorize(r *http.Request, action string) (iam.Principal, *failure) {
	who, denied := s.opts.Authority.Authenticate(r, audience)
	if denied != nil {
		f := &failure{status: denied.Status, code: "AuthenticationFailed", message: "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."}
		if denied.Status == http.StatusUnauthorized && r.Header.Get("Authorization") != "" {
			// Batch answers 403 to a token that is there and is not good.
			f.status = http.StatusForbidden
		}
		return who, f.with("AuthenticationErrorDetail", "%s", denied.Message)
	}
	if !s.opts.Authority.Allow(who, action, isData(action), s.account) {
		return who, fail(http.StatusForbidden, codeDataDenied, "Server failed to authorize the request.").
			with("Reason", "The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s'.", who.ClientID, who.ObjectID, action, s.account)
	}
	return who, nil
}

// DataPlane is the Batch service as the account's endpoint serves it.
func (s *Service) DataPlane() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.headers(w, r)
		c := &call{w: w, r: r}
		if f := s.serve(c); f != nil {
			c.fail(f)
		}
	})
}

func (s *Service) serve(c *call) *failure {
	parts := pathParts(c.r)
	route, args := findRoute(c.r.Method, parts)
	if route == nil {
		if known(parts) {
			return fail(http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb %s.", c.r.Method)
		}
		return badRequest("InvalidUri", "The requested URI does not represent any resource on the server: %s.", c.r.URL.Path)
	}
	who, f := s.authorize(c.r, route.action)
	if f != nil {
		return f
	}
	if v := c.r.URL.Query().Get("api-version"); v == "" {
		return badRequest("MissingRequiredQueryParameter", "A query parameter that's mandatory for this request is not specified.").with("QueryParameterName", "api-version")
	} else if v != dataVersion {
		return badRequest("UnsupportedRequestVersion", "The specified API version %s is not supported.", v)
	}
	c.who = who
	limit := int64(maxBody)
	if route.limit > 0 {
		limit = route.limit
	}
	if c.body, f = readBody(c.r, limit); f != nil {
		return f
	}
	return route.serve(s, c, args)
}

// pathParts splits the path; each part is unescaped for itself, since a part
// of a file's name is escaped as a whole.
func pathParts(r *http.Request) []string {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, p := range parts {
		parts[i] = unescape(p)
	}
	return parts
}
