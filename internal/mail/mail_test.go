package mail

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	gomail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A server takes mail on the loopback address.
type server struct {
	port     int
	got      chan []string // what clients said, message by message
	refuse   string        // answer to AUTH
	withAuth bool
}

func serve(t *testing.T, s *server) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s.port, s.got = l.Addr().(*net.TCPAddr).Port, make(chan []string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s
}

func (s *server) talk(c net.Conn) {
	defer c.Close()
	say := func(line string) { fmt.Fprint(c, line+"\r\n") }
	var all []string
	in := bufio.NewScanner(c)
	say("220 test")
	data := false
	for in.Scan() {
		line := in.Text()
		all = append(all, line)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case data && line == ".":
			data = false
			say("250 taken")
		case data:
		case verb == "EHLO" && s.withAuth:
			say("250-test\r\n250 AUTH PLAIN LOGIN")
		case verb == "AUTH" && s.refuse != "":
			say(s.refuse)
		case verb == "AUTH":
			say("235 ok")
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			s.got <- all
			return
		default:
			say("250 ok")
		}
	}
	s.got <- all
}

func TestServer(t *testing.T) {
	s := serve(t, &server{withAuth: true})
	file := filepath.Join(t.TempDir(), "a b.txt")
	if err := os.WriteFile(file, []byte("the file"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := Settings{Host: "127.0.0.1", Port: s.port, User: "me", Password: "topsecret", From: "me@x.org"}
	err := settings.Send(t.Context(), &Message{
		To: []string{"a@x.org, b@x.org"}, Cc: []string{"c@x.org"}, Bcc: []string{"d@x.org"}, Subject: "é",
		Text: "plain é", Body: "<p>both</p>", Attach: []Attachment{{File: file}, {File: file, Inline: true, ContentID: "pic", Name: "pic.png"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	said := <-s.got
	var who []string
	auth := false
	for _, line := range said {
		if strings.HasPrefix(line, "RCPT TO:") || strings.HasPrefix(line, "MAIL FROM:") {
			who = append(who, line)
		}
		auth = auth || line == "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00me\x00topsecret"))
	}
	want := []string{"MAIL FROM:<me@x.org>", "RCPT TO:<a@x.org>", "RCPT TO:<b@x.org>", "RCPT TO:<c@x.org>", "RCPT TO:<d@x.org>"}
	if d := cmp.Diff(want, who); d != "" {
		t.Errorf("envelope (-want +got):\n%s", d)
	}
	if !auth {
		t.Errorf("no login in %q", said)
	}
	text := strings.Join(said, "\n")
	if strings.Contains(text, "d@x.org>\nX") || strings.Contains(text, "\nBcc:") {
		t.Error("a hidden recipient is shown")
	}
	var start int
	for i, line := range said {
		if line == "DATA" {
			start = i + 1
		}
	}
	got := parts(t, strings.Join(said[start:len(said)-2], "\r\n"))
	wantParts := []string{
		"text/plain: plain é", "text/html: <p>both</p>", "inline pic.png: the file", "attachment a b.txt: the file",
	}
	if d := cmp.Diff(wantParts, got); d != "" {
		t.Errorf("parts (-want +got):\n%s", d)
	}
}

// parts lists the leaves of a message.
func parts(t *testing.T, text string) []string {
	t.Helper()
	m, err := gomail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var leaves []string
	var walk func(kind string, body *multipart.Reader)
	walk = func(_ string, body *multipart.Reader) {
		for {
			p, err := body.NextRawPart()
			if err != nil {
				return
			}
			kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(kind, "multipart/") {
				walk(kind, multipart.NewReader(p, params["boundary"]))
				continue
			}
			b := make([]byte, 4096)
			var n int
			if p.Header.Get("Content-Transfer-Encoding") == "base64" {
				n, _ = base64.NewDecoder(base64.StdEncoding, p).Read(b)
			} else {
				n, _ = quotedprintable.NewReader(p).Read(b)
			}
			name := kind
			if how, with, err := mime.ParseMediaType(p.Header.Get("Content-Disposition")); err == nil {
				name = how + " " + with["filename"]
			}
			leaves = append(leaves, name+": "+strings.TrimSpace(string(b[:n])))
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	walk(kind, multipart.NewReader(m.Body, params["boundary"]))
	return leaves
}

// TestServerRefuses: the error says what the server said, and no password.
func TestServerRefuses(t *testing.T) {
	s := serve(t, &server{withAuth: true, refuse: "535 wrong password topsecret"})
	settings := Settings{Host: "127.0.0.1", Port: s.port, User: "me", Password: "topsecret", From: "me@x.org"}
	err := settings.Send(t.Context(), &Message{To: []string{"a@x.org"}, Text: "x"})
	if err == nil || !strings.Contains(err.Error(), "********") {
		t.Errorf("error is %v", err)
	}
}

// TestMustTLS: without encryption nothing is sent.
func TestMustTLS(t *testing.T) {
	s := serve(t, &server{})
	settings := Settings{Host: "127.0.0.1", Port: s.port, From: "me@x.org", MustTLS: true}
	if err := settings.Send(t.Context(), &Message{To: []string{"a@x.org"}, Text: "x"}); err == nil {
		t.Error("sent without TLS")
	}
	for _, line := range <-s.got {
		if strings.HasPrefix(line, "MAIL") {
			t.Error("the mail was begun")
		}
	}
}

// TestSilent: a server that never answers ends after the timeout.
func TestSilent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	settings := Settings{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "me@x.org", Timeout: 100 * time.Millisecond}
	start := time.Now()
	if err := settings.Send(context.Background(), &Message{To: []string{"a@x.org"}, Text: "x"}); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestPrograms: sendmail is preferred to mail; without either there is an error.
func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		script := "#!/bin/sh\n{ printf '%s|' \"$@\"; cat; } > " + dir + "/" + name + ".out\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(dir, name+".out"))
		return string(b)
	}
	settings := Settings{PATH: dir}
	m := &Message{To: []string{"a@x.org"}, Cc: []string{"c@x.org"}, Bcc: []string{"d@x.org"}, Subject: "S", Body: "hi"}
	if err := settings.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "set `mail.smtp.host`") {
		t.Errorf("without programs: %v", err)
	}
	settings.PATH = dir + ":/bin:/usr/bin"
	write("mail")
	t.Setenv("PATH", "/bin:/usr/bin")
	if err := settings.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := read("mail"); got != "-s|S|-c|c@x.org|-b|d@x.org|a@x.org|hi" {
		t.Errorf("mail got %q", got)
	}
	write("sendmail")
	if err := settings.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := read("sendmail"); !strings.HasPrefix(got, "-t|Bcc: <d@x.org>\n") || strings.Contains(got, "\r") {
		t.Errorf("sendmail got %q", got)
	}
}

func TestBodyType(t *testing.T) {
	for body, want := range map[string]string{
		"plain": "text/plain", "a < b and c > d": "text/plain", "not <b>html</b>": "text/html", "line<br/>": "text/html",
		"<p class=\"x\">": "text/html", "me <me@x.org>": "text/plain",
	} {
		if got := (&Message{Body: body}).bodyType(); got != want {
			t.Errorf("%q is %s, want %s", body, got, want)
		}
	}
}
