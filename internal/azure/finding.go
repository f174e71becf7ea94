package azure

// A Finding is one thing that is not as it must be, with a fixed id, such as
// AZ203, by which documentation and scripts know it.
type Finding struct {
	ID      string   `json:"id"`
	Check   int      `json:"check"` // 1 to 9, the row of the table of `azure check`
	What    string   `json:"what"`  // the fact, one line
	Cause   string   `json:"cause,omitempty"`
	Fix     []string `json:"fix,omitempty"`     // commands that mend it, to be pasted
	Unknown bool     `json:"warning,omitempty"` // could not be found out: a warning
}

// A FindingError is a finding as an error: a fault of configuration, never
// retried.
type FindingError struct{ Finding }

func (e *FindingError) Error() string {
	text := e.ID + ": " + e.What
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	return text
}

// Help is what the user can paste.
func (e *FindingError) Help() []string { return e.Fix }
