package process

import (
	"errors"
	"fmt"
	"testing"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
)

func TestRetryOrEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		facts retryFacts
		want  directive.Strategy
	}{
		{"first failure", retryFacts{errors: 1, maxRetries: 1, allErrors: 1}, directive.Retry},
		{"retries used up", retryFacts{errors: 2, maxRetries: 1, allErrors: 2}, directive.Terminate},
		{"last of three", retryFacts{errors: 3, maxRetries: 3, allErrors: 3}, directive.Retry},
		{"no retries", retryFacts{errors: 1, maxRetries: 0, allErrors: 1}, directive.Terminate},
		{"errors of other tasks are free without maxErrors", retryFacts{errors: 1, maxRetries: 3, allErrors: 50, maxErrors: -1}, directive.Retry},
		{"below maxErrors", retryFacts{errors: 1, maxRetries: 3, allErrors: 1, maxErrors: 2}, directive.Retry},
		{"maxErrors reached", retryFacts{errors: 1, maxRetries: 3, allErrors: 2, maxErrors: 2}, directive.Terminate},
		{"the run is ending", retryFacts{ending: true, errors: 1, maxRetries: 3, allErrors: 1}, directive.Terminate},
		{"the script is wrong", retryFacts{hopeless: true, errors: 1, maxRetries: 3, allErrors: 1}, directive.Terminate},
	} {
		if got := retryOrEnd(tc.facts); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	if !retryable(errors.New("exit status 1")) {
		t.Error("a failed task is not tried again")
	}
	if retryable(fmt.Errorf("make the task: %w", value.Throw("groovy.lang.MissingPropertyException", "`x` is not defined"))) {
		t.Error("a mistake of the script is tried again")
	}
}
