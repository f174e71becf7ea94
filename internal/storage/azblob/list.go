package azblob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"sluice/internal/storage"
)

// Stat describes a file or directory. A file takes one call, a directory that
// has no marker two.
func (s *Storage) Stat(ctx context.Context, name string) (storage.Info, error) {
	p, err := s.at(ctx, "stat", name)
	if err != nil {
		return storage.Info{}, err
	}
	if p.path == "" {
		if _, err := s.hasChildren(ctx, p); err != nil {
			return storage.Info{}, rename(err, "stat")
		}
		return storage.Info{Name: p.container, Mode: fs.ModeDir}, nil
	}
	have, err := p.blob().GetProperties(ctx, nil)
	if err == nil {
		info := storage.Info{Name: p.base()}
		if have.LastModified != nil {
			info.Modified = *have.LastModified
		}
		if isMarker(have.ContentLength, have.Metadata) {
			info.Mode = fs.ModeDir
		} else if info.Mode = modeOf(have.Metadata); have.ContentLength != nil {
			info.Size = *have.ContentLength
		}
		return info, nil
	}
	err = fail(ctx, "stat", p.name, err)
	if !mayBeDirectory(err) {
		return storage.Info{}, err
	}
	found, listErr := s.hasChildren(ctx, p)
	if listErr != nil {
		return storage.Info{}, rename(listErr, "stat")
	}
	if !found {
		return storage.Info{}, err
	}
	return storage.Info{Name: p.base(), Mode: fs.ModeDir}, nil
}

// mayBeDirectory says whether what is no file may have files below it. The
// answer to HEAD names its code in a header only, and some services not at all.
func mayBeDirectory(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == NotFound && e.Code != "ContainerNotFound"
}

func rename(err error, op string) error {
	var e *Error
	if errors.As(err, &e) {
		e.Op = op
	}
	return err
}

// hasChildren says whether any blob's name begins with the directory's; it
// finds out whether a container exists.
func (s *Storage) hasChildren(ctx context.Context, p place) (bool, error) {
	// A page may be empty and yet not the last one.
	pager := p.in.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Prefix: prefixOf(p), MaxResults: to.Ptr(int32(1))})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return false, fail(ctx, "list", p.name, err)
		}
		if page.Segment != nil && len(page.Segment.BlobItems) > 0 {
			return true, nil
		}
	}
	return false, nil
}

func prefixOf(p place) *string {
	if p.path == "" {
		return nil
	}
	return to.Ptr(p.prefix())
}

// List describes what is directly in a directory.
func (s *Storage) List(ctx context.Context, dir string) ([]storage.Info, error) {
	p, err := s.at(ctx, "list", dir)
	if err != nil {
		return nil, err
	}
	found, dirs := []storage.Info{}, map[string]storage.Info{}
	any := false
	pager := p.in.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{
		Prefix: prefixOf(p), Include: container.ListBlobsInclude{Metadata: true},
	})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, fail(ctx, "list", p.name, err)
		}
		if page.Segment == nil {
			continue
		}
		for _, b := range page.Segment.BlobPrefixes {
			any = true
			if base := strings.TrimSuffix(strings.TrimPrefix(*b.Name, p.prefix()), "/"); base != "" {
				if _, known := dirs[base]; !known {
					dirs[base] = storage.Info{Name: base, Mode: fs.ModeDir}
				}
			}
		}
		for _, b := range page.Segment.BlobItems {
			any = true
			i := infoOf(b, p.prefix())
			switch {
			case i.Name == "": // the marker of dir itself
			case i.IsDir():
				dirs[i.Name] = i
			default:
				found = append(found, i)
				if s.o.Seen != nil {
					s.o.Seen(p.container+"/"+*b.Name, i)
				}
			}
		}
	}
	if !any && p.path != "" {
		if err := s.isEmptyDir(ctx, p); err != nil {
			return nil, err
		}
	}
	for _, i := range dirs {
		found = append(found, i)
	}
	slices.SortFunc(found, func(a, b storage.Info) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// infoOf describes a listed blob, by what its name has after prefix.
func infoOf(b *container.BlobItem, prefix string) storage.Info {
	i := storage.Info{Name: strings.TrimPrefix(*b.Name, prefix), Mode: modeOf(b.Metadata)}
	var size *int64
	if b.Properties != nil {
		size = b.Properties.ContentLength
		if b.Properties.LastModified != nil {
			i.Modified = *b.Properties.LastModified
		}
	}
	if size != nil {
		i.Size = *size
	}
	if isMarker(size, b.Metadata) || strings.HasSuffix(i.Name, "/") && i.Size == 0 {
		i.Name, i.Mode = strings.TrimSuffix(i.Name, "/"), fs.ModeDir
	}
	return i
}

// isEmptyDir says what is wrong with a directory in which nothing was found:
// nothing if it has a marker.
func (s *Storage) isEmptyDir(ctx context.Context, p place) error {
	have, err := p.blob().GetProperties(ctx, nil)
	if err != nil {
		return fail(ctx, "list", p.name, err)
	}
	if !isMarker(have.ContentLength, have.Metadata) {
		return &fs.PathError{Op: "list", Path: "az://" + p.name, Err: errors.New("is a file, not a directory")}
	}
	return nil
}

// Tree describes all files and empty directories below a directory, in one
// flat listing, 5,000 a call.
func (s *Storage) Tree(ctx context.Context, dir string) ([]storage.Info, error) {
	p, err := s.at(ctx, "list", dir)
	if err != nil {
		return nil, err
	}
	all, err := s.flat(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && p.path != "" {
		if err := s.isEmptyDir(ctx, p); err != nil {
			return nil, err
		}
	}
	files, markers := make([]storage.Info, 0, len(all)), map[string]storage.Info{}
	for _, b := range all {
		switch i := infoOf(b, p.prefix()); {
		case i.Name == "": // the marker of dir itself
		case i.IsDir():
			markers[i.Name] = i
		default:
			files = append(files, i)
		}
	}
	files = append(files, empty(files, markers)...)
	slices.SortFunc(files, func(a, b storage.Info) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// empty are the markers of directories that hold neither files nor markers.
func empty(files []storage.Info, markers map[string]storage.Info) (dirs []storage.Info) {
	if len(markers) == 0 {
		return nil
	}
	full := map[string]bool{}
	fill := func(name string) {
		for up := path.Dir(name); up != "." && !full[up]; up = path.Dir(up) {
			full[up] = true
		}
	}
	for _, f := range files {
		fill(f.Name)
	}
	for name := range markers {
		fill(name)
	}
	for name, i := range markers {
		if !full[name] {
			dirs = append(dirs, i)
		}
	}
	return dirs
}

// flat lists every blob below a directory, markers too.
func (s *Storage) flat(ctx context.Context, p place) ([]*container.BlobItem, error) {
	var all []*container.BlobItem
	pager := p.in.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Prefix: prefixOf(p), Include: container.ListBlobsInclude{Metadata: true}})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, fail(ctx, "list", p.name, err)
		}
		if page.Segment != nil {
			all = append(all, page.Segment.BlobItems...)
		}
	}
	return all, nil
}

// below is the place of a blob of the same container.
func (p place) below(blob string) place {
	return place{name: path.Join(p.container, blob), container: p.container, path: blob, in: p.in}
}
