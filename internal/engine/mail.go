package engine

import (
	"context"
	"fmt"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/mail"
)

// mailer is the function sendMail: it takes a map, or a closure whose calls
// are the entries and whose result is the body.
func (r *run) mailer() value.Value {
	return &value.Native{Name: "sendMail", Fn: func(th *value.Thread, _ value.Value, args []value.Value) (value.Value, error) {
		l := &letter{r: r}
		if len(args) != 1 {
			return nil, l.fail("takes a map, as in `sendMail(to: 'me@example.org', subject: 'Done', body: 'Hi')`, or a closure")
		}
		if err := l.read(th, args[0]); err != nil {
			return nil, err
		}
		settings, problems := r.config.Mail(r.o.Getenv)
		if err := problems.Err(); err != nil {
			return nil, l.fail("%s", err)
		}
		if err := r.send(&settings, &l.m); err != nil {
			return nil, value.Throw("java.io.IOException", "sendMail: %s", err)
		}
		return nil, nil
	}}
}

// send sends without the interpreter lock: a mail server may be slow. It is
// sent after a run was interrupted too.
func (r *run) send(s *mail.Settings, m *mail.Message) error {
	var err error
	r.unlocked(func() { err = s.Send(context.WithoutCancel(r.ctx), m) })
	return err
}

// A letter collects what sendMail is told.
type letter struct {
	r *run
	m mail.Message
}

func (*letter) Class() *value.Class { return value.ObjectClass }

// entries of a mail, by name.
var mailEntries = []string{"attach", "bcc", "body", "cc", "charset", "content", "from", "subject", "text", "to", "type"}

func (l *letter) fail(format string, args ...any) error {
	return value.Throw("java.lang.IllegalArgumentException", "sendMail: "+format, args...)
}

func (l *letter) read(th *value.Thread, from value.Value) error {
	switch v := from.(type) {
	case *value.Map:
		var err error
		v.Entries(func(k, x value.Value) bool {
			err = l.set(value.ToString(k), x, nil)
			return err == nil
		})
		return err
	case *value.Closure:
		result, err := v.WithDelegate(l).CallWith(th, nil)
		if err != nil {
			return err
		}
		if text, ok := value.Str(result); ok && l.m.Body == "" {
			l.m.Body = text
		}
		return nil
	}
	return l.fail("takes a map or a closure, not %s", value.Inspect(from))
}

// InvokeMethod is `subject 'Done'` of a closure.
func (l *letter) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	var options *value.Map
	if len(args) == 2 && name == "attach" {
		options, _ = args[0].(*value.Map)
		if options != nil {
			args = args[1:]
		}
	}
	if len(args) != 1 {
		return nil, true, l.fail("`%s` takes one value, %d given", name, len(args))
	}
	return nil, true, l.set(name, args[0], options)
}

// set takes one entry.
func (l *letter) set(name string, v value.Value, options *value.Map) error {
	lists := map[string]*[]string{"to": &l.m.To, "cc": &l.m.Cc, "bcc": &l.m.Bcc}
	texts := map[string]*string{
		"from": &l.m.From, "subject": &l.m.Subject, "charset": &l.m.Charset, "text": &l.m.Text,
		"body": &l.m.Body, "content": &l.m.Body, "type": &l.m.Type,
	}
	switch {
	case lists[name] != nil:
		*lists[name] = directive.Words(v)
	case texts[name] != nil:
		if _, isMap := v.(*value.Map); isMap {
			return l.fail("`%s` takes a text, not %s", name, value.Inspect(v))
		}
		*texts[name] = ""
		if v != nil {
			*texts[name] = value.ToString(v)
		}
	case name == "attach":
		return l.attach(v, options)
	default:
		hint := "there are `" + strings.Join(mailEntries, "`, `") + "`"
		if near, ok := diag.Near(name, mailEntries); ok {
			hint = "`" + near + "` exists"
		}
		return l.fail("there is no entry `%s`: %s", name, hint)
	}
	return nil
}

// attach takes a file, or several.
func (l *letter) attach(v value.Value, options *value.Map) error {
	if elems, ok := value.Elements(v); ok {
		for _, e := range elems {
			if err := l.attach(e, options); err != nil {
				return err
			}
		}
		return nil
	}
	if v == nil || value.ToString(v) == "" {
		return l.fail("`attach` takes the name of a file, not %s", value.Inspect(v))
	}
	a := mail.Attachment{File: l.r.abs(value.ToString(v))}
	var err error
	if options != nil {
		options.Entries(func(k, x value.Value) bool {
			err = l.option(&a, value.ToString(k), value.ToString(x))
			return err == nil
		})
	}
	l.m.Attach = append(l.m.Attach, a)
	return err
}

func (l *letter) option(a *mail.Attachment, name, v string) error {
	switch name {
	case "contentId":
		a.ContentID = v
	case "disposition":
		if v != "inline" && v != "attachment" {
			return l.fail("`attach`: the disposition `%s` is neither `attachment` nor `inline`", v)
		}
		a.Inline = v == "inline"
	case "fileName":
		a.Name = v
	case "type":
		a.Type = v
	case "description":
		a.Description = v
	default:
		return l.fail("`attach` has no option `%s`: there are `contentId`, `description`, `disposition`, `fileName`, `type`", name)
	}
	return nil
}

// asWarning is an error's text in one line.
func asWarning(err error) string {
	return strings.Join(strings.Fields(fmt.Sprint(err)), " ")
}
