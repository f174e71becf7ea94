package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"sluice/internal/azuretest"
)

// hasAzcopy is the condition `azcopy` of scripts: the real one is installed.
// Where skipped tests would go unnoticed it must be.
func hasAzcopy() (bool, error) {
	_, _, err := azuretest.FindAzcopy(".")
	if err != nil && os.Getenv("CI") == "true" {
		return false, err
	}
	return err == nil, nil
}

// setAzure lets scripts use the real azcopy: $AZCOPY is a program that nodes
// can have too. Variables of this machine that concern Azure do not reach them.
func setAzure(env *testscript.Env) error {
	path, lib, err := azuretest.FindAzcopy(".")
	if err != nil {
		return nil //nolint:nilerr // the condition says so
	}
	if len(lib) > 0 { // its libraries could not be installed: nodes find them here
		start := filepath.Join(env.WorkDir, ".azcopy-start")
		text := fmt.Sprintf("#!/bin/sh\nexec env '%s' '%s' \"$@\"\n", lib[0], path)
		if err := os.WriteFile(start, []byte(text), 0o755); err != nil {
			return err
		}
		path = start
	}
	env.Setenv("AZCOPY", path)
	return nil
}
