package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
)

type lintRequest struct {
	exclude    []string
	filesFrom  string
	format     bool
	output     string
	projectDir string
	sort       bool
	spaces     int
	tabs       bool
}

func lintOptions(_ *program, r *request) []option {
	l := &r.lint
	return []option{
		list("<pattern>", "Leave out files and directories of this name or pattern; may be repeated (default: "+strings.Join(engine.LintExcluded, ", ")+")", &l.exclude, "exclude"),
		text("<file>", "Check the files listed in this file, one a line; `-`: standard input", &l.filesFrom, "files-from"),
		flag("Lay out anew the files that have no errors", func() { l.format = true }, "format"),
		text("<form>", "How errors are printed: "+strings.Join(lintOutputs, ", ")+" (default: full)", &l.output, "o", "output"),
		text("<directory>", "Project whose lib/ the files see (default: the nearest directory above a file that has one)", &l.projectDir, "project-dir"),
		flag("With -format: put declarations in the usual order", func() { l.sort = true }, "sort-declarations"),
		{names: []string{"spaces"}, arg: "<number>", doc: "With -format: blanks a level is indented by (default: 4)", set: func(v string) error {
			if n, err := fmt.Sscanf(v, "%d", &l.spaces); n != 1 || err != nil || l.spaces < 1 || l.spaces > 16 {
				return &usageError{message: fmt.Sprintf("option `-spaces` is a number from 1 to 16, not `%s`", v)}
			}
			return nil
		}},
		flag("With -format: indent by tabs", func() { l.tabs = true }, "tabs"),
	}
}

var lintOutputs = []string{"full", "extended", "concise", "json", "markdown"}

// lintMany is how many files are named one by one while they are checked.
const lintMany = 50

func (p *program) lintFiles(r *request) error {
	l := &r.lint
	if l.output == "" {
		l.output = "full"
	}
	if !slices.Contains(lintOutputs, l.output) {
		e := &usageError{message: fmt.Sprintf("output form `%s` is none of %s", l.output, strings.Join(lintOutputs, ", "))}
		if near, ok := diag.Near(l.output, lintOutputs); ok {
			e.help = fmt.Sprintf("`-o %s`", near)
		}
		return e
	}
	if l.spaces > 0 && l.tabs {
		return &usageError{message: "options `-spaces` and `-tabs` exclude each other"}
	}
	paths, err := p.lintPaths(r)
	if err != nil {
		return err
	}
	if len(l.exclude) == 0 {
		l.exclude = engine.LintExcluded
	}
	project := l.projectDir
	if project != "" && !filepath.IsAbs(project) {
		project = filepath.Join(p.dir, project)
	}
	if st, err := os.Stat(project); project != "" && (err != nil || !st.IsDir()) {
		return &usageError{message: fmt.Sprintf("the project `%s` of `-project-dir` is no directory", l.projectDir)}
	}
	text := l.output == "full" || l.output == "extended" || l.output == "concise"
	if text {
		fmt.Fprintln(p.stdout, "Linting Nextflow code..")
	}
	files, err := engine.Lint(engine.LintOptions{Paths: paths, Exclude: l.exclude, Dir: p.dir, ProjectDir: project})
	if err != nil {
		return err
	}
	sum := lintSummary{}
	for _, f := range files {
		if text && len(files) <= lintMany {
			fmt.Fprintln(p.stdout, "Linting:", f.Name)
		}
		if sum.add(f); l.format && !f.Problems.HasErrors() {
			if err := p.formatFile(l, f, &sum); err != nil {
				return err
			}
		}
	}
	switch l.output {
	case "json":
		err = sum.json(p.stdout, files)
	case "markdown":
		sum.markdown(p.stdout, files)
	default:
		sum.text(p.stdout, files, l.output)
	}
	if err == nil && sum.Errors > 0 {
		return &engine.ExitError{Code: exitFailure}
	}
	return err
}

// lintPaths is what the command line and -files-from name.
func (p *program) lintPaths(r *request) ([]string, error) {
	paths := r.args
	if from := r.lint.filesFrom; from != "" {
		in := p.stdin
		if in == nil {
			in = strings.NewReader("") // a terminal
		}
		if from != "-" {
			if !filepath.IsAbs(from) {
				from = filepath.Join(p.dir, from)
			}
			f, err := os.Open(from)
			if err != nil {
				return nil, &usageError{message: fmt.Sprintf("the list `%s` of `-files-from` does not exist", r.lint.filesFrom)}
			}
			defer f.Close()
			in = f
		}
		lines := bufio.NewScanner(in)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				paths = append(paths, line)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read list of files: %w", err)
		}
	}
	if len(paths) == 0 {
		return nil, &usageError{message: "no files to check are named", help: "`" + p.brand + " lint .` checks all scripts and configuration files below this directory"}
	}
	return paths, nil
}

// formatFile writes a file back if its layout changes.
func (p *program) formatFile(l *lintRequest, f *engine.LintFile, sum *lintSummary) error {
	text, err := syntax.Format(f.File, syntax.Style{Spaces: l.spaces, Tabs: l.tabs, Sort: l.sort && !f.Config})
	if err != nil {
		fmt.Fprintf(p.stderr, "warning: %s is left as it is: %v\n", f.Name, err)
		return nil
	}
	if text == f.File.Source.Text {
		return nil
	}
	sum.FilesFormatted++
	st, err := os.Stat(f.Path)
	if err != nil {
		return fmt.Errorf("format: %w", err)
	}
	tmp := f.Path + ".sluice-format"
	if err := os.WriteFile(tmp, []byte(text), st.Mode().Perm()); err != nil {
		return fmt.Errorf("format: %w", err)
	}
	if err := os.Rename(tmp, f.Path); err != nil {
		return fmt.Errorf("format: %w", err)
	}
	return nil
}

type lintSummary struct {
	Errors            int `json:"errors"`
	FilesWithErrors   int `json:"filesWithErrors"`
	FilesWithoutError int `json:"filesWithoutErrors"`
	FilesFormatted    int `json:"filesFormatted"`
}

func (s *lintSummary) add(f *engine.LintFile) {
	n := 0
	for _, d := range f.Problems {
		if d.Severity == diag.Error {
			n++
		}
	}
	s.Errors += n
	if n > 0 {
		s.FilesWithErrors++
	} else {
		s.FilesWithoutError++
	}
}

type lintError struct {
	Filename    string `json:"filename"`
	StartLine   int    `json:"startLine"`
	StartColumn int    `json:"startColumn"`
	Message     string `json:"message"`
}

func errorsOf(f *engine.LintFile) []lintError {
	var list []lintError
	for _, d := range f.Problems {
		if d.Severity == diag.Error {
			pos := d.Span.Position()
			list = append(list, lintError{f.Name, pos.Line, pos.Column, d.Message})
		}
	}
	return list
}

func (s *lintSummary) json(w io.Writer, files []*engine.LintFile) error {
	list := []lintError{}
	for _, f := range files {
		list = append(list, errorsOf(f)...)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	return e.Encode(struct {
		Date    string       `json:"date"`
		Summary *lintSummary `json:"summary"`
		Errors  []lintError  `json:"errors"`
	}{time.Now().UTC().Format("2006-01-02T15:04:05.000000000Z"), s, list})
}

func (s *lintSummary) markdown(w io.Writer, files []*engine.LintFile) {
	fmt.Fprintf(w, "# Nextflow linting\n\n")
	for _, line := range s.lines() {
		fmt.Fprintf(w, "- %s\n", line)
	}
	if s.Errors == 0 {
		return
	}
	fmt.Fprint(w, "\n## Errors\n\n| File | Line | Column | Message |\n| --- | --- | --- | --- |\n")
	for _, f := range files {
		for _, e := range errorsOf(f) {
			fmt.Fprintf(w, "| %s | %d | %d | %s |\n", e.Filename, e.StartLine, e.StartColumn, strings.ReplaceAll(e.Message, "|", "\\|"))
		}
	}
}

// lines is the summary in words.
func (s *lintSummary) lines() []string {
	var list []string
	if s.FilesWithErrors > 0 {
		list = append(list, fmt.Sprintf("❌ %s had %s", count(s.FilesWithErrors, "file"), count(s.Errors, "error")))
	}
	if s.FilesWithoutError > 0 {
		list = append(list, fmt.Sprintf("✅ %s had no errors", count(s.FilesWithoutError, "file")))
	}
	if s.FilesFormatted > 0 {
		list = append(list, fmt.Sprintf("🔧 %s formatted", count(s.FilesFormatted, "file")))
	}
	return list
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (s *lintSummary) text(w io.Writer, files []*engine.LintFile, form string) {
	for _, f := range files {
		for _, d := range f.Problems {
			lintProblem(w, d, form)
		}
		if len(f.Problems) > 0 {
			fmt.Fprintln(w)
		}
	}
	if form == "concise" {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "Nextflow linting complete!")
	for _, line := range s.lines() {
		fmt.Fprintln(w, "", line)
	}
	if len(files) == 0 {
		fmt.Fprintln(w, " No files found to process")
	}
}

// lintProblem prints one problem; full adds its line, extended two more on
// either side.
func lintProblem(w io.Writer, d *diag.Diagnostic, form string) {
	kind := "Error"
	if d.Severity == diag.Warning {
		kind = "Warn "
	}
	pos := d.Span.Position()
	fmt.Fprintf(w, "%s %s:%d:%d: %s\n", kind, d.Span.File.Name, pos.Line, pos.Column, d.Message)
	around := 0
	switch form {
	case "concise":
		return
	case "extended":
		around = 2
	}
	lines := strings.Split(d.Span.File.Text, "\n")
	last := min(pos.Line+around, len(lines))
	for n := max(1, pos.Line-around); n <= last; n++ {
		edge := "│"
		if n == last && n != pos.Line {
			edge = "╰"
		}
		fmt.Fprintf(w, "%s %3d | %s\n", edge, n, strings.TrimRight(lines[n-1], "\r"))
		if n == pos.Line {
			edge = "│"
			if n == last {
				edge = "╰"
			}
			width := max(1, min(len(d.Span.Text()), len(lines[n-1])-pos.Column+1))
			fmt.Fprintf(w, "%s     | %s%s\n", edge, strings.Repeat(" ", pos.Column-1), strings.Repeat("^", width))
		}
	}
	if d.Help != "" {
		fmt.Fprintf(w, "  = help: %s\n", d.Help)
	}
	fmt.Fprintln(w)
}
