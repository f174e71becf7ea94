package engine

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/internal/config"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/mail"
	"sluice/internal/observe"
)

// notify sends the mail at the end of a run. The results are there whether it
// arrives or not: what goes wrong is a warning.
func (r *run) notify(success bool, code int, report *observe.WorkflowError, complete time.Time) {
	n, problems := r.config.Notification()
	if !n.Enabled {
		return
	}
	settings, more := r.config.Mail(r.o.Getenv)
	if err := append(problems, more...).Err(); err != nil {
		r.warn("the notification is not sent: " + asWarning(err))
		return
	}
	if len(n.To) == 0 {
		r.warn("the notification is not sent: nobody is to get it -- set `notification.to`, or give an address to `-with-notification`")
		return
	}
	m, err := r.notification(&n, success, code, report, complete)
	if err == nil {
		err = r.send(&settings, m)
	}
	if err != nil {
		r.warn("the notification is not sent: " + asWarning(err))
	}
}

// notification writes the mail.
func (r *run) notification(n *config.Notification, success bool, code int, report *observe.WorkflowError, complete time.Time) (*mail.Message, error) {
	outcome := "SUCCEED"
	if !success {
		outcome = "FAILED"
	}
	m := &mail.Message{From: n.From, To: n.To, Subject: fmt.Sprintf("Workflow completion [%s] - %s", r.name, outcome)}
	if len(n.Templates) > 0 {
		return m, r.fillTemplates(n, m)
	}
	facts := r.runFacts(complete)
	headline := "Execution completed successfully!"
	trouble := ""
	if !success {
		headline = fmt.Sprintf("Execution completed unsuccessfully! The exit status of the run was: %d", code)
		if report != nil {
			trouble = report.Report
		}
	}
	m.Text, m.Body, m.Type = r.plainNotice(headline, trouble, facts), r.htmlNotice(success, headline, trouble, facts), "text/html"
	return m, nil
}

type fact struct{ name, value string }

// runFacts are the lines of the summary.
func (r *run) runFacts(complete time.Time) []fact {
	s := r.bus.Stats()
	const layout = "02-Jan-2006 15:04:05"
	var repository, revision string
	if p := r.o.Project; p != nil {
		repository, revision = p.Repository, p.Revision
		if p.CommitID != "" {
			repository += ", commit " + p.CommitID
		}
	}
	return []fact{
		{"Launch time", r.start.Format(layout)},
		{"Ending time", fmt.Sprintf("%s (duration: %s)", complete.Format(layout), observe.FormatDuration(complete.Sub(r.start)))},
		{"Total CPU-Hours", s.CPUHours()},
		{"Tasks stats", fmt.Sprintf("Succeeded %d; Cached %d; Ignored %d; Failed %d", s.Succeeded, s.Cached, s.Ignored, s.Failed)},
		{"Launch directory", r.o.LaunchDir},
		{"Work directory", r.workDir},
		{"Project directory", r.projectDir},
		{"Script name", filepath.Base(r.script)},
		{"Script ID", r.scriptID},
		{"Workflow session", r.session},
		{"Workflow repo", firstOf(repository, "-")},
		{"Workflow revision", firstOf(revision, "-")},
		{"Workflow profile", firstOf(r.o.Profile, "standard")},
		{"Container engine", firstOf(r.box.Engine, "-")},
		{"Nextflow version", r.o.Version + ", run by sluice " + r.o.OwnVersion},
	}
}

func (r *run) plainNotice(headline, trouble string, facts []fact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Workflow completion notification\nRun name: %s\n\n%s\n\n", r.name, headline)
	if trouble != "" {
		fmt.Fprintf(&b, "The error:\n\n%s\n\n", trouble)
	}
	fmt.Fprintf(&b, "The command was:\n\n  %s\n\nSummary\n\n", r.o.CommandLine)
	for _, f := range facts {
		fmt.Fprintf(&b, "  %-18s: %s\n", f.name, f.value)
	}
	return b.String()
}

func (r *run) htmlNotice(success bool, headline, trouble string, facts []fact) string {
	var b strings.Builder
	colour := "#e6f4e6"
	if !success {
		colour = "#f8e0e0"
	}
	b.WriteString("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>Workflow completion notification</title></head>\n<body style=\"font-family: sans-serif\">\n")
	fmt.Fprintf(&b, "<h1>Workflow completion notification</h1>\n<h2>Run name: %s</h2>\n", html.EscapeString(r.name))
	fmt.Fprintf(&b, "<p style=\"background: %s; padding: 1em\">%s</p>\n", colour, html.EscapeString(headline))
	if trouble != "" {
		fmt.Fprintf(&b, "<p>The error:</p>\n<pre>%s</pre>\n", html.EscapeString(trouble))
	}
	fmt.Fprintf(&b, "<p>The command was:</p>\n<pre>%s</pre>\n<h2>Summary</h2>\n<table>\n", html.EscapeString(r.o.CommandLine))
	for _, f := range facts {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td></tr>\n", f.name, html.EscapeString(f.value))
	}
	b.WriteString("</table>\n</body>\n</html>\n")
	return b.String()
}

// fillTemplates renders the user's own templates: .txt is the text, .html the
// body.
func (r *run) fillTemplates(n *config.Notification, m *mail.Message) error {
	for _, name := range n.Templates {
		text, err := os.ReadFile(r.abs(name))
		if err != nil {
			return fmt.Errorf("`notification.template`: there is no file `%s`", name)
		}
		binding := value.MapOf("workflow", r.meta, "params", r.params)
		n.Attributes.Entries(func(k, v value.Value) bool { binding.Set(k, v); return true })
		th := *r.thread
		th.Context = context.WithoutCancel(r.ctx)
		filled, err := r.table.EvalTemplate(&th, stdlib.TemplateSource(string(text)), binding)
		if err != nil {
			return fmt.Errorf("`notification.template` `%s`: %w", name, err)
		}
		switch filepath.Ext(name) {
		case ".html":
			m.Body, m.Type = filled, "text/html"
		case ".txt":
			m.Text = filled
		default:
			return fmt.Errorf("`notification.template`: `%s` is neither a `.txt` nor a `.html` file", name)
		}
	}
	return nil
}
