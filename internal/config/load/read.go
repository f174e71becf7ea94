package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	web "sluice/internal/storage/http"
)

func isURL(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// resolveInclude finds an included file beside the file that includes it.
func resolveInclude(name, from string) string {
	switch {
	case isURL(name) || filepath.IsAbs(name):
		return name
	case isURL(from):
		i := strings.Index(from, "://") + 3
		return from[:i] + path.Join(path.Dir(from[i:]), name)
	}
	return filepath.Join(filepath.Dir(from), name)
}

const readTimeout = 30 * time.Second

func readAnywhere(name string) ([]byte, error) {
	if !isURL(name) {
		return os.ReadFile(name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, web.Reason(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", resp.Status)
	}
	return io.ReadAll(resp.Body)
}
