package azblob

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Kind is what a failure means to whoever decides what comes next.
type Kind string

// The kinds of failures.
const (
	NotFound    Kind = "not found" // no such blob or container
	Exists      Kind = "exists"
	Role        Kind = "role"        // 403: the identity lacks a role
	Network     Kind = "network"     // 403: the account's firewall refuses where we come from
	Token       Kind = "token"       // 401, or 403 for a token or signature that is not good
	Credential  Kind = "credential"  // no token could be had
	Changed     Kind = "changed"     // somebody else wrote the file meanwhile
	Busy        Kind = "busy"        // 408, 429, 5xx, after all retries
	Unreachable Kind = "unreachable" // no answer, after all retries
	Refused     Kind = "refused"     // any other answer
)

// Error is a call of Blob storage that did not do what was asked. It satisfies
// errors.Is with fs.ErrNotExist, fs.ErrExist and fs.ErrPermission by its Kind.
type Error struct {
	Op        string // stat, list, read, write, remove, copy, make
	Name      string // container/path
	Kind      Kind
	Status    int    // of HTTP; 0 without an answer
	Code      string // x-ms-error-code
	RequestID string // x-ms-request-id
	Message   string
	err       error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s az://%s: ", e.Op, e.Name)
	switch {
	case e.Status == 0:
		b.WriteString(e.Message)
		return b.String()
	case e.Code == "":
		fmt.Fprintf(&b, "%d %s", e.Status, http.StatusText(e.Status))
	default:
		fmt.Fprintf(&b, "%d %s", e.Status, e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	switch e.Kind {
	case Role:
		b.WriteString(" (the identity lacks a role on this container)")
	case Network:
		b.WriteString(" (the storage account's firewall does not admit this network)")
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + e.RequestID + "]")
	}
	return b.String()
}

// Unwrap is the error of the client below.
func (e *Error) Unwrap() error { return e.err }

// Is makes the kinds those of package fs.
func (e *Error) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e.Kind == NotFound
	case fs.ErrExist:
		return e.Kind == Exists
	case fs.ErrPermission:
		return e.Kind == Role || e.Kind == Network || e.Kind == Token
	}
	return false
}

// Retryable says that the same call may succeed later.
func (e *Error) Retryable() bool { return e.Kind == Busy || e.Kind == Unreachable }

// KindOf is the kind of a failure of this package, "" for any other error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// fail makes an Error of what a client returned. Errors that are ours
// already, and the end of the context, stay as they are.
func fail(ctx context.Context, op, name string, err error) error {
	var have *Error
	if err == nil || errors.As(err, &have) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s az://%s: %w", op, name, context.Cause(ctx))
	}
	e := &Error{Op: op, Name: strings.Trim(name, "/"), err: err, Kind: Refused}
	var resp *azcore.ResponseError
	if errors.As(err, &resp) {
		e.Status, e.Code = resp.StatusCode, resp.ErrorCode
		if resp.RawResponse != nil {
			e.RequestID = resp.RawResponse.Header.Get("x-ms-request-id")
			e.Message = message(resp.RawResponse)
		}
		e.Kind = kindOf(e.Status, e.Code)
		return e
	}
	e.Message = strings.TrimSpace(err.Error())
	var auth *azidentity.AuthenticationFailedError
	var network net.Error
	switch {
	case errors.As(err, &auth):
		e.Kind = Credential
	case errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Kind = Unreachable
	}
	return e
}

func kindOf(status int, code string) Kind {
	switch code {
	case "AuthorizationPermissionMismatch", "InsufficientAccountPermissions", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch":
		return Role
	case "AuthorizationFailure", "AuthorizationSourceIPMismatch", "AuthorizationProtocolMismatch":
		return Network
	case "AuthenticationFailed", "KeyBasedAuthenticationNotPermitted", "NoAuthenticationInformation", "InvalidAuthenticationInfo":
		return Token
	case "BlobAlreadyExists", "ContainerAlreadyExists":
		return Exists
	case "ConditionNotMet", "TargetConditionNotMet", "SourceConditionNotMet", "InvalidBlockList":
		return Changed
	case "ContainerBeingDeleted":
		return Busy
	}
	switch {
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusUnauthorized:
		return Token
	case status == http.StatusForbidden:
		return Role
	case status == http.StatusPreconditionFailed:
		return Changed
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return Busy
	}
	return Refused
}

// message is the first line of what the service says: the others repeat
// request id and time.
func message(resp *http.Response) string {
	body, err := runtime.Payload(resp)
	if err != nil {
		return ""
	}
	var doc struct {
		Message string `xml:"Message"`
	}
	if xml.Unmarshal(body, &doc) != nil {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(doc.Message), "\n")
	return strings.TrimSpace(line)
}
