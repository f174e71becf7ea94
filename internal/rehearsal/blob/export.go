package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Export writes all blobs as files, dir/<account>/<container>/<name>. Markers
// become directories. A name that no file can have is told and left out.
func (s *Service) Export(dir string) (left []string, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for account, a := range s.accounts {
		for in, c := range a.containers {
			top := filepath.Join(dir, account, in)
			if err := os.MkdirAll(top, 0o755); err != nil {
				return nil, err
			}
			for name, b := range c.blobs {
				if err := b.export(top, name); err != nil {
					left = append(left, fmt.Sprintf("%s/%s/%s: %v", account, in, name, err))
				}
			}
		}
	}
	slices.Sort(left)
	return left, nil
}

func (b *blob) export(top, name string) error {
	marker := b.size == 0 && strings.HasSuffix(name, "/")
	for k, v := range b.metadata {
		marker = marker || b.size == 0 && strings.EqualFold(k, "hdi_isfolder") && v == "true"
	}
	name = strings.TrimSuffix(name, "/")
	if !filepath.IsLocal(name) || filepath.Clean(name) != name {
		return errors.New("is no name for a file")
	}
	path := filepath.Join(top, name)
	if marker {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(b.writeTo(out, 0, b.size), out.Close())
}
