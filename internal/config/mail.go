package config

import (
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	mailer "sluice/internal/mail"
)

// Mail reads the scope mail. What the configuration leaves open, the
// variables NXF_SMTP_HOST, _PORT, _USER and _PASSWORD may say.
func (c *Config) Mail(getenv func(string) (string, bool)) (mailer.Settings, diag.List) {
	r := c.reader("mail")
	text := func(name string) string {
		if v := r.text("", "smtp", name); v != "" {
			return v
		}
		v, _ := getenv("NXF_SMTP_" + strings.ToUpper(name))
		return v
	}
	s := mailer.Settings{
		From: r.text("", "from"), Host: text("host"), User: text("user"), Password: text("password"),
		StartTLS: r.flag(false, "smtp", "starttls", "enable"), MustTLS: r.flag(false, "smtp", "starttls", "required"),
		SSL: r.flag(false, "smtp", "ssl", "enable"), Trust: r.get("smtp", "ssl", "trust") != nil,
	}
	if port := text("port"); port != "" {
		n, err := directive.Int("cpus", value.String(port), 0)
		if err != nil || n < 1 || n > 65535 {
			r.problems.Add(r.c.Span("mail", "smtp", "port"), "config option `mail.smtp.port`: `"+port+"` is no port: a number between 1 and 65535 is expected")
		}
		s.Port = n
	}
	if auth := r.get("smtp", "auth"); auth != nil && !r.flag(false, "smtp", "auth") {
		s.User, s.Password = "", ""
	}
	if r.text("", "smtp", "proxy", "host") != "" {
		r.problems.Add(r.c.Span("mail", "smtp", "proxy", "host"), "config option `mail.smtp.proxy.host`: mail is not sent through a proxy").Help = "remove the option, or name a server that is reached directly as `mail.smtp.host`"
	}
	s.PATH, _ = getenv("PATH")
	return s, r.problems
}

// A Notification is the scope notification: the mail at the end of a run.
type Notification struct {
	Enabled    bool
	To         []string
	From       string
	Templates  []string
	Attributes *value.Map
}

// Notification reads the scope notification.
func (c *Config) Notification() (Notification, diag.List) {
	r := c.reader("notification")
	n := Notification{
		Enabled: r.flag(false, "enabled"), To: r.words("to"), From: r.text("", "from"), Templates: r.words("template"),
		Attributes: value.NewMap(0),
	}
	for _, name := range []string{"binding", "attributes"} {
		switch m := r.get(name).(type) {
		case nil:
		case *value.Map:
			m.Entries(func(k, v value.Value) bool { n.Attributes.Set(k, v); return true })
		default:
			r.problems.Add(r.c.Span("notification", name), "config option `notification."+name+"`: a map is expected")
		}
	}
	return n, r.problems
}
