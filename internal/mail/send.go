package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Settings say how mail is sent.
type Settings struct {
	From     string // sender of messages that name none
	Host     string // mail server; "" to use a program
	Port     int    // 0 for the usual one
	User     string
	Password string
	StartTLS bool // encrypt where the server offers it
	MustTLS  bool // never send without
	SSL      bool // encrypted from the first byte
	Trust    bool // take the server's certificate as it is
	Timeout  time.Duration

	// PATH is where the programs are looked for.
	PATH string
}

// patience is how long a mail may take.
const patience = time.Minute

// Send sends one message.
func (s *Settings) Send(ctx context.Context, m *Message) error {
	if m.From == "" {
		with := *m
		with.From, m = s.From, &with
	}
	msg, err := m.build()
	if err != nil {
		return err
	}
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = patience
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case s.Host != "":
		return s.byServer(ctx, msg, timeout)
	case s.find("sendmail") != "":
		text, err := encode(msg, true)
		if err != nil {
			return err
		}
		return call(ctx, s.find("sendmail"), []string{"-t"}, bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	case s.find("mail") != "":
		return s.byMail(ctx, m)
	}
	return fmt.Errorf("mail cannot be sent: no mail server is set, and there is neither `sendmail` nor `mail` on this machine -- set `mail.smtp.host`")
}

// byServer hands the message to the mail server.
func (s *Settings) byServer(ctx context.Context, msg *gomail.Msg, timeout time.Duration) error {
	if len(msg.GetFromString()) == 0 {
		return fmt.Errorf("the mail has no sender: give `from`, or set `mail.from`")
	}
	options := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSPolicy(gomail.NoTLS)}
	port := 25
	// The connection is ours to close: the client leaves it open when it fails
	// to log in, and waits for a greeting without end.
	ctx, closeAll := context.WithCancel(ctx)
	defer closeAll()
	options = append(options, gomail.WithDialContextFunc(func(_ context.Context, network, address string) (net.Conn, error) {
		return s.dial(ctx, network, address) // the client's own context ends before the talk
	}))
	switch {
	case s.SSL:
		port = 465
		options = append(options, gomail.WithSSL())
	case s.MustTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case s.StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if s.Port > 0 {
		port = s.Port
	}
	options = append(options, gomail.WithPort(port))
	options = append(options, gomail.WithTLSConfig(s.encryption()))
	if s.User != "" {
		how := gomail.SMTPAuthAutoDiscover
		if !s.SSL && !s.MustTLS && !s.StartTLS {
			how = gomail.SMTPAuthPlainNoEnc // no encryption is asked for
		}
		options = append(options, gomail.WithSMTPAuth(how), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return s.failed(port, err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return s.failed(port, err)
	}
	return nil
}

// dial connects until ctx ends.
func (s *Settings) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { c.Close() })
	if !s.SSL {
		return c, nil
	}
	safe := tls.Client(c, s.encryption())
	return safe, safe.HandshakeContext(ctx)
}

func (s *Settings) encryption() *tls.Config {
	return &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Trust}
}

// failed names the server; what it said never holds the password.
func (s *Settings) failed(port int, err error) error {
	text := strings.TrimSpace(err.Error())
	if s.Password != "" {
		text = strings.ReplaceAll(text, s.Password, "********")
	}
	return fmt.Errorf("the mail server %s:%d did not take the mail: %s", s.Host, port, text)
}

// byMail uses the older program, which takes plain text and no files.
func (s *Settings) byMail(ctx context.Context, m *Message) error {
	if len(m.Attach) > 0 {
		return fmt.Errorf("the program `mail` cannot send files: set `mail.smtp.host`, or install `sendmail`")
	}
	args := []string{"-s", m.Subject}
	if cc := addresses(m.Cc); len(cc) > 0 {
		args = append(args, "-c", strings.Join(cc, ","))
	}
	if bcc := addresses(m.Bcc); len(bcc) > 0 {
		args = append(args, "-b", strings.Join(bcc, ","))
	}
	text := m.Text
	if text == "" {
		text = m.Body
	}
	// An address never begins with `-`: build has read them all.
	return call(ctx, s.find("mail"), append(args, addresses(m.To)...), []byte(text))
}

// call feeds a program; what it says is told only if it fails.
func call(ctx context.Context, program string, args []string, input []byte) error {
	c := exec.CommandContext(ctx, program, args...)
	c.Stdin = bytes.NewReader(input)
	c.WaitDelay = time.Second
	out, err := c.CombinedOutput()
	if err == nil {
		return nil
	}
	text := fmt.Sprintf("the program `%s` did not take the mail: %v", filepath.Base(program), err)
	if said := strings.TrimSpace(string(out)); said != "" {
		text += ": " + said
	}
	return fmt.Errorf("%s", text)
}

// find is a program's file, "" where there is none.
func (s *Settings) find(program string) string {
	for _, dir := range filepath.SplitList(s.PATH) {
		if dir == "" {
			continue
		}
		if file, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return file
		}
	}
	return ""
}
