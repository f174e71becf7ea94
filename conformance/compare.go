package conformance

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// Compare says how got differs from the expectation, or "".
func (c *Case) Compare(got Outcome) string {
	var b strings.Builder
	diff := func(what, want, got string) {
		if want != got {
			fmt.Fprintf(&b, "%s differs (-want +got):\n%s\n", what, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
	diff("exit status", c.Want.Exit, got.Exit)
	diff("standard output", c.Want.Stdout, got.Stdout)
	diff("error block", c.Want.Error, got.Error)
	diff("published tree", c.Want.Tree, got.Tree)
	for _, name := range sortedNames(c.Want.Files) {
		diff(name, c.Want.Files[name], got.Files[name])
	}
	b.WriteString(c.matchErrors(got))
	return b.String()
}

// matchErrors checks the errmatch patterns against everything printed.
func (c *Case) matchErrors(got Outcome) string {
	var b strings.Builder
	for _, pattern := range c.ErrMatch {
		re, err := regexp.Compile("(?m)" + pattern)
		if err != nil {
			return fmt.Sprintf("errmatch: %v\n", err)
		}
		if !re.MatchString(got.Output) {
			fmt.Fprintf(&b, "nothing printed matches %q\n", pattern)
		}
	}
	return b.String()
}

// Check reports what makes a recorded outcome useless as an expectation.
func (c *Case) Check(got Outcome) error {
	failed := strings.Trim(got.Exit, "0\n") != ""
	switch {
	case failed && !c.Fails:
		return fmt.Errorf("the run failed and the case is not marked `fails`:\n%s", got.Output)
	case !failed && c.Fails:
		return fmt.Errorf("the case is marked `fails` and the run succeeded")
	}
	if miss := c.matchErrors(got); miss != "" {
		return fmt.Errorf("%s%s", miss, got.Output)
	}
	return nil
}
