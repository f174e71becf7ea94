package azuretest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// Dir is where tools/need-azure put its tools.
func Dir(t testing.TB) string {
	t.Helper()
	lock, err := os.ReadFile(filepath.Join(root(t), "tools", "azure", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache := os.Getenv("SLUICE_TOOLS")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			missing(t, err.Error())
		}
		cache = filepath.Join(home, ".cache", "sluice-tools")
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "azure-"+hex.EncodeToString(sum[:])[:16])
	if _, err := os.Stat(filepath.Join(dir, "ready")); err != nil {
		missing(t, "Azurite and azcopy are not installed in "+dir+": run tools/need-azure, which needs npm")
	}
	return dir
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
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Azcopy is the path of the real azcopy, and what its environment needs
// besides: where libraries are that could not be installed.
func Azcopy(t testing.TB) (path string, env []string) {
	t.Helper()
	dir := Dir(t)
	path, err := filepath.EvalSymlinks(filepath.Join(dir, "bin", "azcopy"))
	if err != nil {
		t.Fatal(err)
	}
	if lib := filepath.Join(dir, "lib"); isDir(lib) {
		env = append(env, "LD_LIBRARY_PATH="+lib)
	}
	return path, env
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
