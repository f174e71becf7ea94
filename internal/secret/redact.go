package secret

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
)

// A shape is how a token, signature or key looks, and what is left of it.
type shape struct {
	marker string // in lower case; a text without it has no such secret
	form   *regexp.Regexp
	left   string
}

var shapes = sync.OnceValue(func() []shape {
	return []shape{
		{"bearer ", regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}`), "Bearer (hidden)"},
		{"eyj", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)*`), "(hidden)"},
		{"sig=", regexp.MustCompile(`(?i)(^|[^a-z0-9_])(sig=)[A-Za-z0-9%+/=_-]{8,}`), "${1}${2}(hidden)"},
		{"accountkey", regexp.MustCompile(`(?i)(account_?key["']?\s*[=:]\s*["']?)[^;&\s"']+`), "${1}(hidden)"},
		{"account_key", regexp.MustCompile(`(?i)(account_?key["']?\s*[=:]\s*["']?)[^;&\s"']+`), "${1}(hidden)"},
		{"sharedaccesssignature=", regexp.MustCompile(`(?i)(sharedaccesssignature=)[^;\s"']+`), "${1}(hidden)"},
		{"sharedkey", regexp.MustCompile(`(?i)(sharedkey(?:lite)? [a-z0-9]+:)[A-Za-z0-9+/=]+`), "${1}(hidden)"},
		{"_secret", regexp.MustCompile(`(?i)(client_secret["']?\s*[=:]\s*["']?)[^;&\s"']+`), "${1}(hidden)"},
		{"_token", regexp.MustCompile(`(?i)((?:access|refresh|id)_token["']?\s*[=:]\s*["']?)[^;&\s"']{8,}`), "${1}(hidden)"},
		{"_assertion=", regexp.MustCompile(`(?i)(client_assertion=)[^;&\s"']{8,}`), "${1}(hidden)"},
	}
})

// Redact is text without the tokens, signatures and keys in it.
func Redact(text string) string {
	lower := strings.ToLower(text)
	for _, s := range shapes() {
		if strings.Contains(lower, s.marker) {
			text = s.form.ReplaceAllString(text, s.left)
		}
	}
	return text
}

// Writer hands on what is written without tokens, signatures and keys. Text
// is handed on by lines; Flush hands on the last, unfinished one.
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	rest []byte
}

// NewWriter is a Writer in front of to.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	whole := string(w.rest[:end])
	w.rest = append(w.rest[:0], w.rest[end:]...)
	if _, err := io.WriteString(w.to, Redact(whole)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush hands on text that no newline has ended.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := io.WriteString(w.to, Redact(string(w.rest)))
	w.rest = w.rest[:0]
	return err
}
