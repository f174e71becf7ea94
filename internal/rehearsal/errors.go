package rehearsal

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
)

// writeError answers with an error in the form that a service has.
func writeError(rw http.ResponseWriter, service string, status int, code, message string) {
	h := rw.Header()
	h.Set("x-ms-error-code", code)
	if service == serviceBlob {
		var text strings.Builder
		for _, part := range []string{code, message} {
			if text.Len() > 0 {
				text.WriteString("</Code><Message>")
			}
			// A Builder takes whatever is written to it.
			_ = xml.EscapeText(&text, []byte(part))
		}
		h.Set("Content-Type", "application/xml")
		rw.WriteHeader(status)
		rw.Write([]byte(`<?xml version="1.0" encoding="utf-8"?><Error><Code>` + text.String() + `</Message></Error>`)) // the caller is gone if this fails
		return
	}
	var body any
	switch service {
	case serviceBatch:
		body = map[string]any{
			"odata.metadata": "https://batch.azure.com/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element",
			"code":           code, "message": map[string]string{"lang": "en-US", "value": message},
		}
	case serviceIMDS, serviceEntra:
		body = map[string]string{"error": code, "error_description": message}
	case serviceRegistry:
		body = map[string]any{"errors": []any{map[string]string{"code": code, "message": message}}}
	default:
		body = map[string]any{"error": map[string]string{"code": code, "message": message}}
	}
	data, err := json.Marshal(body)
	if err != nil {
		panic("internal error: error of a service: " + err.Error())
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	rw.Write(data) // the caller is gone if this fails
}

// defaultCode is the code that a service gives with a status.
func defaultCode(service string, status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusServiceUnavailable:
		if service == serviceBlob || service == serviceBatch {
			return "ServerBusy"
		}
		return "ServiceUnavailable"
	case http.StatusInternalServerError:
		return "InternalError"
	case http.StatusForbidden:
		if service == serviceBlob {
			return "AuthorizationPermissionMismatch"
		}
		return "AuthorizationFailed"
	case http.StatusUnauthorized:
		return "AuthenticationFailed"
	case http.StatusNotFound:
		if service == serviceBlob {
			return "BlobNotFound"
		}
		return "NotFound"
	case http.StatusRequestEntityTooLarge:
		return "RequestBodyTooLarge"
	}
	return strings.ReplaceAll(http.StatusText(status), " ", "")
}
