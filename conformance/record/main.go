// Command record runs the conformance cases with the original engine and
// rewrites their expectations. Without -update it only says what differs.
//
//	go run ./conformance/record [-update] [-oracle path] [case prefix ...]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"sluice/conformance"
)

func main() {
	var r recorder
	flag.BoolVar(&r.update, "update", false, "rewrite the expectations")
	flag.BoolVar(&r.missing, "missing", false, "only cases without a recorded exit status")
	flag.StringVar(&r.oracle, "oracle", "", "the original engine (default $ORACLE, ../shared/oracle/nextflow, nextflow on PATH)")
	jobs := flag.Int("j", 2, "runs at the same time")
	dir := flag.String("dir", "conformance", "where the cases are")
	flag.Parse()
	if err := r.run(*dir, *jobs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

type recorder struct {
	oracle          string
	update, missing bool
}

func (r *recorder) run(dir string, jobs int, only []string) error {
	var err error
	if r.oracle, err = findOracle(r.oracle); err != nil {
		return err
	}
	cases, err := conformance.Load(dir)
	if err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(jobs)
	results := make([]error, len(cases))
	for i, c := range cases {
		if !selected(c.Name, only) || r.missing && c.Want.Exit != "" {
			continue
		}
		g.Go(func() error {
			results[i] = r.record(c)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	bad := 0
	for i, err := range results {
		if err != nil {
			bad++
			fmt.Printf("--- %s\n%v\n", cases[i].Name, err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d cases", bad)
	}
	return nil
}

func (r *recorder) record(c *conformance.Case) error {
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	env := append(os.Environ(), "NXF_OFFLINE=true", "NXF_ANSI_LOG=false", "NXF_DISABLE_CHECK_LATEST=true")
	if c.Parser != "" {
		env = append(env, "NXF_SYNTAX_PARSER="+c.Parser)
	}
	got, err := c.Run(context.Background(), r.oracle, dir, env)
	if err != nil {
		return err
	}
	if err := c.Check(got); err != nil {
		return err
	}
	if r.update {
		return c.Write(got)
	}
	if diff := c.Compare(got); diff != "" {
		return fmt.Errorf("%s", diff)
	}
	return nil
}

func findOracle(path string) (string, error) {
	if path == "" {
		path = os.Getenv("ORACLE")
	}
	if path == "" {
		path = filepath.Join("..", "shared", "oracle", "nextflow")
		if _, err := os.Stat(path); err != nil {
			path = "nextflow"
		}
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("find the original engine: %w", err)
	}
	return filepath.Abs(found)
}

func selected(name string, only []string) bool {
	for _, prefix := range only {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return len(only) == 0
}
