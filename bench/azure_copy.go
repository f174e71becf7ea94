package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/azuretest"
	"sluice/internal/rehearsal/state"
)

// copying moves files with our copy tool and with the real azcopy in turns,
// through the rehearsal's proxy to its Blob service.
func copying(what string, up bool) func(*bench) (reading, error) {
	return func(b *bench) (got reading, err error) {
		c, err := b.serve("")
		if err != nil {
			return reading{}, err
		}
		defer func() {
			if cerr := c.close(); err == nil {
				err = cerr
			}
		}()
		if err := testFiles(c.dir, what); err != nil {
			return reading{}, err
		}
		return b.copies(c, what, up)
	}
}

// testFiles are what is copied; contents that compress well show no tool's weakness.
func testFiles(dir, what string) error {
	path := filepath.Join(dir, what)
	switch what {
	case "small":
		return os.WriteFile(path, []byte("hello\n"), 0o644)
	case "200MB":
		return os.WriteFile(path, make([]byte, 200<<20), 0o644)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(path, fmt.Sprintf("file%d", i)), make([]byte, 4<<10), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) copies(c *cloud, what string, up bool) (reading, error) {
	azcopy, libraries, err := azuretest.FindAzcopy(".")
	if err != nil {
		return reading{}, err
	}
	who := ""
	for _, i := range state.Default().Identities {
		if i.Name == "head" {
			who = i.ClientID
		}
	}
	env := append(c.environ("AZCOPY_AUTO_LOGIN_TYPE=MSI", "AZCOPY_MSI_CLIENT_ID="+who, "AZCOPY_LOG_LOCATION="+c.dir+"/log", "AZCOPY_JOB_PLAN_LOCATION="+c.dir+"/plan",
		"AZCOPY_DISABLE_SYSLOG=true", "SLUICE_CLIENT_ID="+who, "SLUICE_BLOB_ENDPOINT=https://rehearsal.blob.core.windows.net"), libraries...)
	const remote = "https://rehearsal.blob.core.windows.net/work/"
	ours, theirs := []string{"node", "upload", what, remote + what + ".ours"}, []string{"copy", what, remote + what + ".azcopy", "--recursive", "--as-subdir=false"}
	if !up {
		for _, args := range [][]string{ours, {"node", "upload", what, remote + what + ".azcopy"}} {
			if _, err := measureIn(c.dir, env, b.sluice, args...); err != nil {
				return reading{}, err
			}
		}
		ours, theirs = []string{"node", "download", remote + what + ".ours", what + ".a"}, []string{"copy", remote + what + ".azcopy", what + ".b", "--recursive", "--as-subdir=false"}
	}
	var mine, others []usage
	for range 3 {
		for _, tool := range []struct {
			path string
			args []string
			into *[]usage
		}{{b.sluice, ours, &mine}, {azcopy, theirs, &others}} {
			if err := removeBoth(c.dir, what); err != nil {
				return reading{}, err
			}
			u, err := measureIn(c.dir, env, tool.path, tool.args...)
			if err != nil {
				return reading{}, err
			}
			*tool.into = append(*tool.into, u)
		}
	}
	m, o := median(mine), median(others)
	return reading{
		value: o.wall.Seconds() / m.wall.Seconds(), unit: "×", rss: m.rss, other: o.rss,
		note: fmt.Sprintf("%s, azcopy %s", m.wall.Round(time.Millisecond), o.wall.Round(time.Millisecond)),
	}, nil
}

// removeBoth removes what came down before.
func removeBoth(dir, what string) error {
	if err := os.RemoveAll(filepath.Join(dir, what+".a")); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(dir, what+".b"))
}
