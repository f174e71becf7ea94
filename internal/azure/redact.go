package azure

import (
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"sluice/internal/secret"
)

// Redact is text without tokens, signatures and keys.
func Redact(text string) string { return secret.Redact(text) }

// LogTo hands what the clients of Azure say to f, without secrets; nil stops
// it. The listener is that of the whole process.
func LogTo(f func(text string)) {
	if f == nil {
		azlog.SetListener(nil)
		return
	}
	azlog.SetEvents(azlog.EventRetryPolicy, azlog.EventResponseError, azlog.EventLRO, azidentity.EventAuthentication)
	azlog.SetListener(func(e azlog.Event, text string) { f(Redact(string(e) + ": " + text)) })
}
