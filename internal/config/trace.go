package config

import (
	"strings"

	"sluice/internal/lang/diag"
)

// Nextflow docs: reference/config#trace
var trace = scope("trace", "Table of all tasks with their resources.", `
	enabled | boolean | false | Write the trace file.
	fields | string/list | task_id,hash,native_id,name,status,exit,submit,duration,realtime,%cpu,peak_rss,peak_vmem,rchar,wchar | Columns, in order.
	file | path | trace-<timestamp>.txt | Name of the file.
	overwrite | boolean | false | Replace an existing file.
	raw | boolean | false | Plain numbers instead of units.
	sep | string | \t | Character between columns.
`)

// Nextflow docs: reference/config#report
var report = scope("report", "Report of the run as a page.", `
	enabled | boolean | false | Write the report.
	file | path | report-<timestamp>.html | Name of the file.
	overwrite | boolean | false | Replace an existing file.
`)

// Nextflow docs: reference/config#timeline
var timeline = scope("timeline", "Timeline of the tasks as a page.", `
	enabled | boolean | false | Write the timeline.
	file | path | timeline-<timestamp>.html | Name of the file.
	overwrite | boolean | false | Replace an existing file.
`)

// Nextflow docs: reference/config#dag
var dag = scope("dag", "Graph of the workflow.", `
	depth | integer | -1 | [23.10] How many levels of workflows are shown; -1 is all.
	direction | string | TB | [23.10] Direction of Mermaid graphs: TB or LR.
	enabled | boolean | false | Write the graph.
	file | path | dag-<timestamp>.html | Name of the file; its extension is the format.
	overwrite | boolean | false | Replace an existing file.
	verbose | boolean | false | [23.10] Show channels and operators too.
`)

var weblog = scope("weblog", "Messages about the run sent by HTTP.", `
	basicToken | string | | User and password of basic authorization, as `+"`user:password`"+`.
	enabled | boolean | false | Send messages.
	url | string | http://localhost | Where they are sent.
`)

// A Trace is the scope trace. File is "" for the default name.
type Trace struct {
	Enabled   bool
	File      string
	Fields    []string // nil: the default columns
	Overwrite bool
	Raw       bool
	Sep       string
}

// Trace reads the scope trace.
func (c *Config) Trace() (Trace, diag.List) {
	r := c.reader("trace")
	t := Trace{
		Enabled: r.flag(false, "enabled"), File: r.text("", "file"), Overwrite: r.flag(false, "overwrite"),
		Raw: r.flag(false, "raw"), Sep: r.text("\t", "sep"),
	}
	for _, w := range r.words("fields") {
		for _, name := range strings.Split(w, ",") {
			if name = strings.TrimSpace(name); name != "" {
				t.Fields = append(t.Fields, name)
			}
		}
	}
	return t, r.problems
}

// A Report is one of the scopes report, timeline and dag. File is "" for the
// default name.
type Report struct {
	Enabled   bool
	File      string
	Overwrite bool
	Depth     int    // dag
	Direction string // dag
	Verbose   bool   // dag
}

// Report reads one of the scopes "report", "timeline" and "dag".
func (c *Config) Report(scope string) (Report, diag.List) {
	r := c.reader(scope)
	return Report{
		Enabled: r.flag(false, "enabled"), File: r.text("", "file"), Overwrite: r.flag(false, "overwrite"),
		Depth: r.number(-1, "depth"), Direction: r.text("TB", "direction"), Verbose: r.flag(false, "verbose"),
	}, r.problems
}
