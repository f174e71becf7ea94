package batch

import (
	"fmt"
	"net/http"
	"strings"
)

// failure is an error answer of either plane.
type failure struct {
	status        int
	code, message string
	values        []pair
}

type pair struct{ Key, Value string }

func (f *failure) Error() string { return f.code + ": " + f.message }

func fail(status int, code, format string, args ...any) *failure {
	return &failure{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func (f *failure) with(key, format string, args ...any) *failure {
	f.values = append(f.values, pair{key, fmt.Sprintf(format, args...)})
	return f
}

func badRequest(code, format string, args ...any) *failure {
	return fail(http.StatusBadRequest, code, format, args...)
}

func conflict(code, format string, args ...any) *failure {
	return fail(http.StatusConflict, code, format, args...)
}

func notFound(what string) *failure {
	return fail(http.StatusNotFound, what+"NotFound", "The specified %s does not exist.", strings.ToLower(what))
}

// badValue is a property with a value that it cannot have.
func badValue(name, value, format string, args ...any) *failure {
	return badRequest("InvalidPropertyValue", "The value provided for one of the properties in the request body is invalid.").
		with("PropertyName", "%s", name).with("PropertyValue", "%s", value).with("Reason", format, args...)
}

// The codes below are assumed: Azure documents none, or several.
const (
	codeDataDenied  = "PermissionDenied"         // 403 of the data plane for want of a role
	codePullDenied  = "ContainerPullDenied"      // failureInfo of a pull without AcrPull
	codePullInvalid = "ContainerInvalidImage"    // failureInfo of an image that is not there
	codeWallTime    = "TaskEnded"                // failureInfo after maxWallClockTime
	codeRestricted  = "IdentityAssignmentDenied" // 403 for an identity that forbids Batch pools
	codeMount       = "MountConfigurationError"
)

// exitKilled is what a killed process exits with.
const exitKilled = 137
