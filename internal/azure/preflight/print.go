package preflight

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes the table: one line a check, below it its findings.
func (r *Report) Print(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range r.Checks {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", c.Number, c.Name, c.State, c.Detail)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, f := range r.Findings() {
		kind := "error"
		if f.Unknown {
			kind = "warning"
			warnings++
		} else {
			errors++
		}
		fmt.Fprintf(&b, "\n%s: %s: %s\n", kind, f.ID, f.What)
		if f.Cause != "" {
			fmt.Fprintf(&b, "  cause: %s\n", f.Cause)
		}
		for _, fix := range f.Fix {
			fmt.Fprintf(&b, "  fix:   %s\n", fix)
		}
	}
	fmt.Fprintf(&b, "\n%d errors, %d warnings in %.1f s\n", errors, warnings, r.Seconds)
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
