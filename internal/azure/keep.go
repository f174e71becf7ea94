package azure

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
)

// CacheVariable names a directory for what is kept between runs.
const CacheVariable = "SLUICE_AZURE_CACHE"

// CacheDir is where what changes rarely is kept between runs; "" for nowhere.
func CacheDir(getenv func(string) (string, bool)) string {
	if dir, ok := getenv(CacheVariable); ok {
		return dir
	}
	dir, ok := getenv("XDG_CACHE_HOME")
	if !ok || dir == "" {
		home, _ := getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".cache")
	}
	return filepath.Join(dir, "sluice", "azure")
}

type kept struct {
	At    time.Time       `json:"at"`
	Value json.RawMessage `json:"value"`
}

func (c *Clients) keptFile(key string) string {
	return c.cacheFile(fmt.Sprintf("kept-%x", sha256.Sum256([]byte(key)))[:37] + ".json")
}

// Keep keeps a value for later runs; no secret belongs there. Without a
// directory for it nothing is kept.
func (c *Clients) Keep(key string, value any) error {
	file := c.keptFile(key)
	if file == "" {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("keep what Azure said: %w", err)
	}
	data, err := json.Marshal(kept{time.Now().UTC(), text})
	if err != nil {
		return fmt.Errorf("keep what Azure said: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("keep what Azure said: %w", err)
	}
	return renameio.WriteFile(file, data, 0o600)
}

// Kept reads what Keep was given, not longer ago than age. What is there and
// cannot be read is as nothing: it is asked for again.
func (c *Clients) Kept(key string, age time.Duration, value any) (at time.Time, ok bool) {
	file := c.keptFile(key)
	if file == "" {
		return at, false
	}
	data, err := os.ReadFile(file)
	var k kept
	if err != nil || json.Unmarshal(data, &k) != nil || time.Since(k.At) > age || time.Until(k.At) > time.Hour {
		return at, false
	}
	return k.At, json.Unmarshal(k.Value, value) == nil
}
