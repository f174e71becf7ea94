package batch

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// maxMounted is how many bytes of a container a mount copies.
const maxMounted = 1 << 30

type blobListing struct {
	Blobs []struct {
		Name string `xml:"Name"`
		Size int64  `xml:"Properties>Content-Length"`
	} `xml:"Blobs>Blob"`
	Next string `xml:"NextMarker"`
}

// listContainer lists the blobs of a container, as a node sees it.
func (s *Service) listContainer(ctx context.Context, n Node, identity, container, prefix string) ([]string, error) {
	names, _, err := s.listBlobs(ctx, n, identity, container, prefix)
	return names, err
}

func (s *Service) listBlobs(ctx context.Context, n Node, identity, container, prefix string) (names []string, size int64, err error) {
	u, err := url.Parse(container)
	if err != nil {
		return nil, 0, err
	}
	marker := ""
	for {
		q := u.Query()
		q.Set("restype", "container")
		q.Set("comp", "list")
		if prefix != "" {
			q.Set("prefix", prefix)
		}
		if marker != "" {
			q.Set("marker", marker)
		}
		at := *u
		at.RawQuery = q.Encode()
		list, err := s.listPage(ctx, n, identity, at.String())
		if err != nil {
			return nil, 0, err
		}
		for _, b := range list.Blobs {
			names = append(names, b.Name)
			size += b.Size
		}
		if marker = list.Next; marker == "" {
			return names, size, nil
		}
	}
}

func (s *Service) listPage(ctx context.Context, n Node, identity, at string) (blobListing, error) {
	var list blobListing
	body, err := s.opts.Fetch(ctx, n, identity, at)
	if err != nil {
		return list, err
	}
	defer body.Close()
	if err := xml.NewDecoder(body).Decode(&list); err != nil {
		return list, fmt.Errorf("read the listing of the container: %w", err)
	}
	return list, nil
}

// mount copies the containers of the pool's blobfuse mounts below the node's
// fsmounts, read-only.
func (s *Service) mount(ctx context.Context, n Node, mounts []mountSpec) *wrong {
	for _, m := range mounts {
		b := m.Blob
		if b == nil || n.Dir == "" || s.opts.Fetch == nil {
			continue
		}
		if err := s.mountBlob(ctx, n, *b); err != nil {
			return &wrong{codeMount, "the container " + b.Container + " could not be mounted: " + err.Error(), []nameValue{{"AccountName", b.Account}, {"ContainerName", b.Container}}}
		}
	}
	return nil
}

func (s *Service) mountBlob(ctx context.Context, n Node, b blobMount) error {
	to := filepath.Join(n.Dir, "fsmounts", filepath.FromSlash(b.Path))
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	container := "https://" + b.Account + ".blob.core.windows.net/" + b.Container
	names, size, err := s.listBlobs(ctx, n, b.Identity.id(), container, "")
	if err != nil {
		return err
	}
	if size > maxMounted {
		return fmt.Errorf("it holds %d bytes; the rehearsal mounts at most %d", size, maxMounted)
	}
	for _, name := range names {
		if !filepath.IsLocal(name) {
			continue // blobfuse cannot show such a name either
		}
		if strings.HasSuffix(name, "/") {
			continue // stands for a directory
		}
		if err := s.download(ctx, n, b.Identity.id(), blobURL(container, name), filepath.Join(to, filepath.FromSlash(name)), "0444"); err != nil {
			return err
		}
	}
	return nil
}

// outputs stores the output files whose condition holds.
func (s *Service) outputs(ctx context.Context, l *launched, out outcome) *failureInfo {
	if s.opts.Store == nil || l.command.Dir == "" {
		return nil
	}
	for _, f := range l.spec.Outputs {
		to := f.Destination.Container
		switch f.Upload.Condition {
		case "tasksuccess":
			if out.failure != nil {
				continue
			}
		case "taskfailure":
			if out.failure == nil {
				continue
			}
		}
		if to == nil {
			continue
		}
		if err := s.storeAll(ctx, l, f); err != nil {
			code := "FileUploadMiscError"
			if refused := (*FetchError)(nil); errors.As(err, &refused) && (refused.Status == 401 || refused.Status == 403) {
				code = "FileUploadAccessDenied"
			}
			return userError(code, "Failed to upload the output files", nameValue{"ContainerUrl", withoutQuery(to.URL)}, nameValue{"Message", err.Error()})
		}
	}
	return nil
}

// storeAll stores the files that match a pattern: it is relative to the
// working directory, and `*` and `?` stay within a part of the path.
func (s *Service) storeAll(ctx context.Context, l *launched, f outputFile) error {
	to := f.Destination.Container
	paths, err := filepath.Glob(filepath.Join(l.command.Dir, filepath.FromSlash(f.Pattern)))
	if err != nil {
		return fmt.Errorf("pattern %q: %w", f.Pattern, err)
	}
	wild := strings.ContainsAny(f.Pattern, "*?[")
	for _, p := range paths {
		name := to.Path
		if wild || name == "" {
			rel, err := filepath.Rel(l.command.Dir, p)
			if err != nil {
				return err
			}
			name = strings.TrimPrefix(strings.TrimSuffix(name, "/")+"/"+strings.TrimPrefix(filepath.ToSlash(rel), "../"), "/")
		}
		if err := s.storeFile(ctx, l.command.Node, to.Identity.id(), blobURL(to.URL, name), p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) storeFile(ctx context.Context, n Node, identity, to, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return err
	}
	return s.opts.Store(ctx, n, identity, to, file, info.Size())
}
