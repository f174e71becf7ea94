package storagetest

import "testing"

func TestMemory(t *testing.T) { Run(t, &Memory{}, "c/dir") }
