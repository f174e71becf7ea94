package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// An azureRow is one figure of runs on Azure, taken beside a rehearsal that
// listens on this machine. Its target is in the units of the figure.
type azureRow struct {
	name    string
	run     func(*bench) (reading, error)
	atLeast float64
	atMost  float64
	rssMB   float64 // at most, of our process
}

// A reading is what a row gives.
type reading struct {
	value float64
	unit  string
	rss   int64  // of our process; 0: not looked at
	other int64  // of the other tool's
	note  string // what is behind the figure
}

var azureRows = []azureRow{
	{name: "az-submit-files", run: submissionsWithFiles, atLeast: 1000},
	{name: "az-polls", run: polls, atMost: 1.2},
	{name: "az-100k", run: hundredThousand, atMost: 3600, rssMB: 500},
	{name: "az-recovery", run: recovery, atMost: 5},
	{name: "az-check", run: check, atMost: 5},
	{name: "az-small-up", run: copying("small", true), atLeast: 30, rssMB: 30},
	{name: "az-small-down", run: copying("small", false), atLeast: 30, rssMB: 30},
	{name: "az-200MB-up", run: copying("200MB", true), atLeast: 1.5, rssMB: 30},
	{name: "az-200MB-down", run: copying("200MB", false), atLeast: 1.5, rssMB: 30},
	{name: "az-1000x4KiB-up", run: copying("1000x4KiB", true), atLeast: 1.5, rssMB: 30},
	{name: "az-1000x4KiB-down", run: copying("1000x4KiB", false), atLeast: 1.5, rssMB: 30},
	// The last: it is our own memory that grows, and children begin with its peak.
	{name: "az-submit", run: submissions, atLeast: 1000},
}

// line renders a row of the second table.
func (r azureRow) line(got reading) string {
	return strings.Join([]string{r.name, fmt.Sprintf("%.4g %s", got.value, got.unit), megabytes(got.rss), megabytes(got.other), r.target(got.unit), r.met(got), got.note}, "\t") + "\t"
}

func (r azureRow) target(unit string) string {
	var parts []string
	if r.atLeast > 0 {
		parts = append(parts, fmt.Sprintf("≥%g %s", r.atLeast, unit))
	}
	if r.atMost > 0 {
		parts = append(parts, fmt.Sprintf("≤%g %s", r.atMost, unit))
	}
	if r.rssMB > 0 {
		parts = append(parts, fmt.Sprintf("≤%g MB", r.rssMB))
	}
	return strings.Join(parts, ", ")
}

func (r azureRow) met(got reading) string {
	var missed []string
	if r.atLeast > 0 && got.value < r.atLeast || r.atMost > 0 && got.value > r.atMost {
		missed = append(missed, "speed")
	}
	if r.rssMB > 0 && mb(got.rss) > r.rssMB {
		missed = append(missed, "memory")
	}
	if len(missed) > 0 {
		return "no: " + strings.Join(missed, ", ")
	}
	return "yes"
}

// A cloud is a rehearsal that serves.
type cloud struct {
	dir string
	env []string
	cmd *exec.Cmd
}

// serve starts a rehearsal with a state. Heads and tools get its environment.
func (b *bench) serve(state string) (*cloud, error) {
	dir, err := os.MkdirTemp(b.dir, "azure")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "state.yaml")
	if err := os.WriteFile(file, []byte(state), 0o644); err != nil {
		return nil, err
	}
	c := &cloud{dir: dir, cmd: exec.Command(b.sluice, "azure", "rehearse", "--serve", "--state", file, "--keep", filepath.Join(dir, "keep"))}
	c.cmd.Dir = dir
	var said bytes.Buffer
	c.cmd.Stderr = &said
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the rehearsal: %w", err)
	}
	last := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last = lines.Text()
		if v, ok := strings.CutPrefix(last, "export "); ok {
			c.env = append(c.env, strings.ReplaceAll(v, "'", ""))
		}
		if strings.HasPrefix(last, "export SLUICE_AZURE_CACHE=") {
			go io.Copy(io.Discard, out) // ends with the process
			return c, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("the rehearsal does not serve: %s\n%s", last, said.String()), c.cmd.Wait())
}

// close ends the rehearsal and removes what it kept.
func (c *cloud) close() error {
	err := c.cmd.Process.Signal(syscall.SIGINT)
	_ = c.cmd.Wait() // what it says of its end is no figure
	return errors.Join(err, os.RemoveAll(c.dir))
}

// environ is what a program on the head's machine, or a node's, has. Nothing of
// ours leads it past the rehearsal.
func (c *cloud) environ(more ...string) []string {
	return append(append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "NXF_OFFLINE=true"}, c.env...), more...)
}

// A call is a line of the rehearsal's list of calls.
type call struct {
	Time time.Time
	Kind string
	Who  string
}

// calls are those of the head of one kind.
func (c *cloud) calls(kind string) ([]call, error) {
	f, err := os.Open(filepath.Join(c.dir, "keep", "calls.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []call
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var one call
		err := d.Decode(&one)
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) { // a line that is being written
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the list of calls: %w", err)
		}
		if one.Kind == kind && one.Who == "head" {
			out = append(out, one)
		}
	}
}

// azureTable prints the second table.
func (b *bench) azureTable(chosen func(name string) bool) error {
	var lines, failed []string
	for _, r := range azureRows {
		if !chosen(r.name) {
			continue
		}
		got, err := r.run(b)
		if err != nil {
			failed = append(failed, fmt.Sprintf("%s: %v", r.name, err))
			continue
		}
		lines = append(lines, r.line(got))
	}
	if len(lines) > 0 {
		fmt.Fprintln(b.out, "\nAzure, against `sluice azure rehearse --serve`")
		if err := b.table("row\tfigure\tours MB\tazcopy MB\ttarget\tmet\twhat\t", lines); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return errors.New(strings.Join(failed, "\n"))
	}
	return nil
}
