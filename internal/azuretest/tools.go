package azuretest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Dir is where tools/need-azure put its tools.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := find(".")
	if err != nil {
		missing(t, err.Error())
	}
	return dir
}

// find is Dir for a directory in the tree.
func find(from string) (string, error) {
	root, err := root(from)
	if err != nil {
		return "", err
	}
	lock, err := os.ReadFile(filepath.Join(root, "tools", "azure", "package-lock.json"))
	if err != nil {
		return "", err
	}
	cache := os.Getenv("SLUICE_TOOLS")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache", "sluice-tools")
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "azure-"+hex.EncodeToString(sum[:])[:16])
	if _, err := os.Stat(filepath.Join(dir, "ready")); err != nil {
		return "", errors.New("Azurite and azcopy are not installed in " + dir + ": run tools/need-azure, which needs npm")
	}
	return dir, nil
}

// missing skips, but never where a skipped test would go unnoticed.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// root is the directory of go.mod.
func root(from string) (string, error) {
	dir, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above " + from)
		}
		dir = filepath.Dir(dir)
	}
}

// Azcopy is the path of the real azcopy, and what its environment needs
// besides: where libraries are that could not be installed.
func Azcopy(t testing.TB) (path string, env []string) {
	t.Helper()
	Dir(t) // skips
	path, env, err := FindAzcopy(".")
	if err != nil {
		t.Fatal(err)
	}
	return path, env
}

// FindAzcopy is Azcopy outside tests; from is a directory in the tree.
func FindAzcopy(from string) (path string, env []string, err error) {
	dir, err := find(from)
	if err != nil {
		return "", nil, err
	}
	if path, err = filepath.EvalSymlinks(filepath.Join(dir, "bin", "azcopy")); err != nil {
		return "", nil, err
	}
	if lib := filepath.Join(dir, "lib"); isDir(lib) {
		env = append(env, "LD_LIBRARY_PATH="+lib)
	}
	return path, env, nil
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
