package node

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"sluice/internal/storage/azblob"
)

// A transfer is one address and the name it has here.
type transfer struct{ address, name string }

// readList reads words that end in NUL: names may hold anything else.
func readList(r io.Reader) ([]string, error) {
	var out []string
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	s.Split(func(data []byte, end bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, 0); i >= 0 {
			return i + 1, data[:i], nil
		}
		if end && len(data) > 0 {
			return 0, nil, errors.New("the last word has no end")
		}
		return 0, nil, nil
	})
	for s.Scan() {
		out = append(out, s.Text())
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read list of files: %w", err)
	}
	return out, nil
}

// stage brings files and directories here.
func (n *Node) stage(ctx context.Context, b *blobs, list []transfer) *Fault {
	err := inParallel(ctx, len(list), b.o.connections(), func(ctx context.Context, i int) error {
		t := list[i]
		if err := n.fetch(ctx, b, t); err != nil {
			return b.faultOf(StepStageIn, "GET", t.address, fmt.Errorf("%s: %w", t.name, err))
		}
		return nil
	})
	if err != nil {
		return b.faultOf(StepStageIn, "GET", "", err)
	}
	return nil
}

// fetch brings one file or directory; nothing says beforehand which it is.
func (n *Node) fetch(ctx context.Context, b *blobs, t transfer) error {
	local := n.path(t.name)
	if err := os.MkdirAll(filepath.Dir(local), 0o777); err != nil {
		return err
	}
	name, ours := b.name(t.address)
	if !ours {
		return n.fetchPublic(ctx, t.address, local)
	}
	if strings.Contains(strings.Trim(name, "/"), "/") && !strings.HasSuffix(name, "/") && !b.o.rest {
		err := b.Download(ctx, name, local)
		var e *azblob.Error
		if err == nil || errors.As(err, &e) && e.Kind != azblob.NotFound || configFault(err) || errors.Is(err, context.Canceled) {
			return err
		}
		if derr := b.fetchTree(ctx, name, local); !errors.Is(derr, errNothing) {
			return derr
		}
		return err
	}
	err := b.fetchTree(ctx, strings.Trim(name, "/"), local)
	if errors.Is(err, errNothing) && b.o.rest {
		return b.permit(ctx, name, local)
	}
	if errors.Is(err, errNothing) {
		return &azblob.Error{Op: "read", Name: name, Kind: azblob.NotFound, Message: "there is no file or directory of this name"}
	}
	return err
}

// permit makes a file that is here one that may be run, if that it is.
func (b *blobs) permit(ctx context.Context, name, local string) error {
	info, err := b.Stat(ctx, name)
	if err != nil || info.Mode&0o111 == 0 {
		return err
	}
	return allow(local, "")
}

func allow(local, rel string) error {
	name, err := below(local, rel)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.Chmod(name, info.Mode().Perm()|info.Mode().Perm()&0o444>>2)
}

var errNothing = errors.New("nothing of this name")

// fetchTree brings a directory. An empty one is its marker.
func (b *blobs) fetchTree(ctx context.Context, name, local string) error {
	in, prefix, _ := strings.Cut(name, "/")
	if prefix != "" {
		prefix += "/"
	}
	var files []string
	found := false
	c := b.client.NewContainerClient(in)
	pager := c.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Prefix: &prefix, Include: container.ListBlobsInclude{Metadata: true}})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list az://%s: %w", name, err)
		}
		if page.Segment == nil {
			continue
		}
		for _, item := range page.Segment.BlobItems {
			found = true
			rel := strings.TrimPrefix(*item.Name, prefix)
			if !isMarker(item) {
				if !b.o.rest {
					files = append(files, rel)
				} else if azblob.Executable(item.Metadata) {
					if err := allow(local, rel); err != nil {
						return err
					}
				}
				continue
			}
			dir, err := below(local, strings.TrimSuffix(rel, "/"))
			if err != nil {
				return err
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
		}
	}
	if !found {
		marker, err := b.markerOnly(ctx, name)
		if err != nil {
			return err
		}
		if !marker {
			return errNothing
		}
	}
	if err := os.MkdirAll(local, 0o777); err != nil {
		return err
	}
	return inParallel(ctx, len(files), b.o.connections(), func(ctx context.Context, i int) error {
		to, err := below(local, files[i])
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return b.Download(ctx, in+"/"+prefix+files[i], to)
	})
}

// markerOnly says whether name is an empty directory.
func (b *blobs) markerOnly(ctx context.Context, name string) (bool, error) {
	if !strings.Contains(name, "/") {
		return true, nil // a container that could be listed
	}
	info, err := b.Stat(ctx, name)
	switch {
	case azblob.KindOf(err) == azblob.NotFound:
		return false, nil
	case err != nil:
		return false, err
	}
	return info.IsDir(), nil
}

// below is where a name of a directory is put. Names of blobs may hold what
// would lead elsewhere.
func below(local, rel string) (string, error) {
	if rel == "" {
		return local, nil
	}
	if !filepath.IsLocal(rel) || path.Clean(rel) != rel {
		return "", fmt.Errorf("`%s` is no name for a file here", rel)
	}
	return filepath.Join(local, rel), nil
}

func isMarker(item *container.BlobItem) bool {
	if item.Properties == nil || item.Properties.ContentLength == nil || *item.Properties.ContentLength != 0 {
		return false
	}
	for k, v := range item.Metadata {
		if strings.EqualFold(k, "hdi_isfolder") && v != nil && strings.EqualFold(*v, "true") {
			return true
		}
	}
	return strings.HasSuffix(*item.Name, "/")
}

// fetchPublic brings a file from somewhere else. No token goes there.
func (n *Node) fetchPublic(ctx context.Context, address, local string) error {
	fault := &Fault{Class: ClassInfra, Step: StepStageIn, Op: "GET", URL: withoutQuery(address)}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		fault.Class, fault.Message = ClassConfig, "no address of a file"
		return fault
	}
	resp, err := n.http().Do(req)
	if err != nil {
		fault.Message = unwrapURL(err)
		return fault
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		fault.Status, fault.Message = resp.StatusCode, http.StatusText(resp.StatusCode)
		if s := resp.StatusCode; s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout {
			fault.Class = ClassConfig
		}
		return fault
	}
	part := local + ".part"
	out, err := os.Create(part)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, resp.Body)
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, local)
}
