package conformance

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

const wantPrefix = "want/"

// A Case is one pipeline with the outcome expected of it.
type Case struct {
	Name      string     // area/name
	Path      string     // the txtar file
	Cmds      [][]string // command lines without the engine's name, one for each run
	Env       []string
	Tools     string // a directory of the case whose programs come first on PATH; "" for none
	Parser    string // NXF_SYNTAX_PARSER for the original; empty is its default
	Unordered bool
	Fails     bool
	Timeout   time.Duration
	ErrMatch  []string // regular expressions
	Files     []txtar.File
	Want      Outcome

	comment []byte
}

// An Outcome is what a user can see of the runs of a case.
type Outcome struct {
	Stdout string
	Exit   string            // a line for each run
	Tree   string            // "kind path" lines, sorted
	Error  string            // from "Caused by:" on, for failed tasks
	Files  map[string]string // content of the files in Tree
	Output string            // everything printed, for ErrMatch; not recorded
}

// Load reads every case below dir, sorted by name.
func Load(dir string) ([]*Case, error) {
	var cases []*Case
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".txtar" {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		c, err := parseCase(strings.TrimSuffix(filepath.ToSlash(rel), ".txtar"), path)
		if err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		cases = append(cases, c)
		return nil
	})
	return cases, err
}

// Write stores the case with got as its expectation.
func (c *Case) Write(got Outcome) error {
	a := &txtar.Archive{Comment: c.comment, Files: append([]txtar.File(nil), c.Files...)}
	if len(c.ErrMatch) > 0 {
		a.Files = append(a.Files, txtar.File{Name: "errmatch", Data: []byte(strings.Join(c.ErrMatch, "\n") + "\n")})
	}
	add := func(name, text string) {
		if text != "" {
			a.Files = append(a.Files, txtar.File{Name: wantPrefix + name, Data: []byte(text)})
		}
	}
	add("stdout", got.Stdout)
	add("exit", got.Exit)
	add("error", got.Error)
	add("tree", got.Tree)
	for _, name := range sortedNames(got.Files) {
		add("files/"+name, got.Files[name])
	}
	return os.WriteFile(c.Path, txtar.Format(a), 0o644)
}

func parseCase(name, path string) (*Case, error) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		return nil, err
	}
	c := &Case{Name: name, Path: path, comment: a.Comment, Timeout: time.Minute}
	c.Want.Files = map[string]string{}
	if err := c.parseHead(string(a.Comment)); err != nil {
		return nil, err
	}
	hasMain := !c.runsMain()
	for _, f := range a.Files {
		hasMain = hasMain || f.Name == "main.nf"
		switch {
		case f.Name == "errmatch":
			c.ErrMatch = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		case strings.HasPrefix(f.Name, wantPrefix):
			if err := c.Want.set(strings.TrimPrefix(f.Name, wantPrefix), string(f.Data)); err != nil {
				return nil, err
			}
		default:
			c.Files = append(c.Files, f)
		}
	}
	if !hasMain {
		return nil, fmt.Errorf("no main.nf")
	}
	return c, nil
}

func (c *Case) parseHead(text string) error {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		key, val, _ := strings.Cut(line, ":")
		val = strings.TrimSpace(val)
		switch {
		case line == "" || line[0] == '#':
		case key == "cmd":
			c.Cmds = append(c.Cmds, append(slices.Clone(runMain), strings.Fields(val)...))
		case key == "command":
			c.Cmds = append(c.Cmds, strings.Fields(val))
		case key == "env":
			c.Env = append(c.Env, val)
		case key == "tools":
			c.Tools = val
		case key == "parser":
			c.Parser = val
		case key == "timeout":
			n, err := strconv.Atoi(val)
			if err != nil {
				return fmt.Errorf("timeout: %w", err)
			}
			c.Timeout = time.Duration(n) * time.Second
		case line == "unordered":
			c.Unordered = true
		case line == "fails":
			c.Fails = true
		default:
			return fmt.Errorf("unknown line in the head: %q", line)
		}
	}
	if len(c.Cmds) == 0 {
		c.Cmds = [][]string{runMain}
	}
	return nil
}

// runMain is what a `cmd:` line is added to.
var runMain = []string{"run", "main.nf"}

// runsMain says whether a command of the case needs main.nf.
func (c *Case) runsMain() bool {
	return slices.ContainsFunc(c.Cmds, func(args []string) bool { return isRun(args) })
}

func isRun(args []string) bool { return len(args) > 0 && args[0] == "run" }

func (o *Outcome) set(name, text string) error {
	switch {
	case name == "stdout":
		o.Stdout = text
	case name == "exit":
		o.Exit = text
	case name == "tree":
		o.Tree = text
	case name == "error":
		o.Error = text
	case strings.HasPrefix(name, "files/"):
		o.Files[strings.TrimPrefix(name, "files/")] = text
	default:
		return fmt.Errorf("unknown section want/%s", name)
	}
	return nil
}

// ReadSkips reads skip.txt: `case: reason` lines and `#` notes.
func ReadSkips(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	skips := map[string]string{}
	for i, line := range bytes.Split(data, []byte("\n")) {
		s := strings.TrimSpace(string(line))
		if s == "" || s[0] == '#' {
			continue
		}
		name, reason, ok := strings.Cut(s, ": ")
		if reason = strings.TrimSpace(reason); !ok || reason == "" {
			return nil, fmt.Errorf("%s:%d: a skipped case needs a reason: `case: reason`", path, i+1)
		}
		if _, dup := skips[name]; dup {
			return nil, fmt.Errorf("%s:%d: %s stands twice", path, i+1, name)
		}
		skips[name] = reason
	}
	return skips, nil
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
