// Package report writes the two pages about a run: the report, with a summary,
// the use of resources by process and a table of all tasks, and the timeline.
//
// A page is one file that needs nothing else: style, plots (SVG made here) and
// a little JavaScript are in it. Tasks are kept compressed while the run goes
// on and are embedded so, base64 around gzip; the page unpacks them and draws
// only the rows in view. So 100,000 tasks take a few megabytes, and no name,
// tag or script of a pipeline is ever part of the markup.
//
// Nextflow docs: reports#execution-report, reports#execution-timeline. Start
// with Report and Timeline.
package report
