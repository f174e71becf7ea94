package mail

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// A Message is one mail. Text and Body are two forms of the same content: a
// reader's program shows the one that it likes.
type Message struct {
	From        string
	To, Cc, Bcc []string // each may hold several addresses, separated by commas
	Subject     string
	Charset     string // UTF-8 where empty
	Text        string // plain text
	Body        string // of type Type
	Type        string // guessed where empty
	Attach      []Attachment
}

// An Attachment is a file sent along. An inline one is shown by the body.
type Attachment struct {
	File        string
	Name        string // shown; the file's own where empty
	Type        string // guessed from the name where empty
	Description string
	ContentID   string
	Inline      bool
}

// markup is what makes a body HTML.
var markup = regexp.MustCompile(`(?s)<[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?/?>`)

// bodyType is the type of the body.
func (m *Message) bodyType() string {
	switch {
	case m.Type != "":
		return m.Type
	case markup.MatchString(m.Body):
		return "text/html"
	}
	return "text/plain"
}

// addresses splits what users write into single addresses.
func addresses(list []string) []string {
	var all []string
	for _, text := range list {
		for _, a := range strings.Split(text, ",") {
			if a = strings.TrimSpace(a); a != "" {
				all = append(all, a)
			}
		}
	}
	return all
}

// recipients are all who get the mail.
func (m *Message) recipients() []string {
	return append(append(addresses(m.To), addresses(m.Cc)...), addresses(m.Bcc)...)
}

// build checks the message and lays it out.
func (m *Message) build() (*gomail.Msg, error) {
	if len(m.recipients()) == 0 {
		return nil, fmt.Errorf("the mail has no recipient: give `to`, `cc` or `bcc`")
	}
	charset := gomail.CharsetUTF8
	if m.Charset != "" {
		charset = gomail.Charset(m.Charset)
	}
	msg := gomail.NewMsg(gomail.WithCharset(charset), gomail.WithNoDefaultUserAgent())
	if m.From != "" {
		if err := msg.From(m.From); err != nil {
			return nil, fmt.Errorf("`from`: `%s` is no mail address", m.From)
		}
	}
	for _, h := range []struct {
		name string
		of   gomail.AddrHeader
		list []string
	}{{"to", gomail.HeaderTo, m.To}, {"cc", gomail.HeaderCc, m.Cc}, {"bcc", gomail.HeaderBcc, m.Bcc}} {
		list := addresses(h.list)
		if len(list) == 0 {
			continue
		}
		if err := msg.SetAddrHeader(h.of, list...); err != nil {
			return nil, fmt.Errorf("`%s`: `%s` is no list of mail addresses", h.name, strings.Join(list, ", "))
		}
	}
	msg.Subject(m.Subject)
	if err := m.content(msg); err != nil {
		return nil, err
	}
	return msg, m.attachments(msg)
}

// content adds the text and the body.
func (m *Message) content(msg *gomail.Msg) error {
	text := m.Text != ""
	if text || m.Body == "" {
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	}
	if m.Body == "" {
		return nil
	}
	kind := m.bodyType()
	main, _, _ := strings.Cut(kind, ";")
	if !strings.Contains(main, "/") {
		return fmt.Errorf("`type`: `%s` is no content type, such as `text/html`", m.Type)
	}
	add := msg.SetBodyString
	if text {
		add = msg.AddAlternativeString
	}
	add(gomail.ContentType(strings.TrimSpace(main)), m.Body)
	return nil
}

func (m *Message) attachments(msg *gomail.Msg) error {
	for _, a := range m.Attach {
		st, err := os.Stat(a.File)
		switch {
		case err != nil:
			return fmt.Errorf("`attach`: there is no file `%s`", a.File)
		case !st.Mode().IsRegular():
			return fmt.Errorf("`attach`: `%s` is no file", a.File)
		}
		var options []gomail.FileOption
		if a.Name != "" {
			options = append(options, gomail.WithFileName(a.Name))
		}
		if a.Type != "" {
			options = append(options, gomail.WithFileContentType(gomail.ContentType(a.Type)))
		}
		if a.Description != "" {
			options = append(options, gomail.WithFileDescription(a.Description))
		}
		if a.ContentID != "" {
			options = append(options, gomail.WithFileContentID(a.ContentID))
		}
		if a.Inline {
			msg.EmbedFile(a.File, options...)
			continue
		}
		msg.AttachFile(a.File, options...)
	}
	return nil
}

// encode is the message as bytes; hidden recipients are a header only where
// the program that sends it takes them from there.
func encode(msg *gomail.Msg, hidden bool) ([]byte, error) {
	var b bytes.Buffer
	if list := msg.GetBccString(); hidden && len(list) > 0 {
		b.WriteString("Bcc: " + strings.Join(list, ", ") + "\r\n")
	}
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("lay out the mail: %w", err)
	}
	return b.Bytes(), nil
}
