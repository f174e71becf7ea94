package azblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"golang.org/x/sync/errgroup"

	"sluice/internal/storage"
)

// many is how many calls that move no bytes are made at a time for one directory.
const many = 16

// Remove deletes a file, an empty directory, or with all what is below a
// directory too. A container loses its contents, but stays. Without all, the
// marker of a directory that is not empty goes and the directory stays: it
// exists by what is in it.
func (s *Storage) Remove(ctx context.Context, name string, all bool) error {
	p, err := s.at(ctx, "remove", name)
	if err != nil {
		return err
	}
	if all {
		return s.removeAll(ctx, p)
	}
	if p.path == "" {
		return &fs.PathError{Op: "remove", Path: "az://" + name, Err: errors.New("this is a container")}
	}
	gone, err := s.remove(ctx, p)
	if err != nil || !gone {
		return err
	}
	// Nothing of this name: a directory, or nothing at all.
	left, err := s.flat(ctx, p)
	if err != nil && KindOf(err) != NotFound {
		return rename(err, "remove")
	}
	if len(left) == 0 {
		return nil
	}
	if len(left) > 1 || *left[0].Name != p.prefix() {
		return &fs.PathError{Op: "remove", Path: "az://" + name, Err: errors.New("directory is not empty")}
	}
	_, err = s.remove(ctx, p.below(p.prefix()))
	return err
}

// remove deletes one blob; gone says that there was none.
func (s *Storage) remove(ctx context.Context, p place) (gone bool, err error) {
	_, err = p.blob().Delete(ctx, &blob.DeleteOptions{DeleteSnapshots: to.Ptr(blob.DeleteSnapshotsOptionTypeInclude)})
	if err = fail(ctx, "remove", p.name, err); KindOf(err) == NotFound {
		return true, nil
	}
	return false, err
}

func (s *Storage) removeAll(ctx context.Context, p place) error {
	found, err := s.flat(ctx, p)
	if KindOf(err) == NotFound {
		return nil
	}
	if err != nil {
		return rename(err, "remove")
	}
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(many)
	for _, b := range found {
		g.Go(func() error {
			_, err := s.remove(within, p.below(*b.Name))
			return err
		})
	}
	if err := g.Wait(); err != nil || p.path == "" {
		return err
	}
	_, err = s.remove(ctx, p)
	return err
}

// Mkdir writes a marker. Directories with files in them need none, and those
// above exist by it.
func (s *Storage) Mkdir(ctx context.Context, name string, all bool) error {
	p, err := s.at(ctx, "make", name)
	if err != nil {
		return err
	}
	exists := &fs.PathError{Op: "make", Path: "az://" + name, Err: fs.ErrExist}
	if p.path == "" {
		return s.makeContainer(ctx, p, all)
	}
	if !all {
		if found, err := s.hasChildren(ctx, p); err != nil {
			return rename(err, "make")
		} else if found {
			return exists
		}
	}
	err = s.whole(ctx, p, bytes.NewReader(nil), properties{metadata: map[string]*string{"hdi_isfolder": to.Ptr("true")}, only: absent()})
	if KindOf(err) != Exists && KindOf(err) != Changed {
		return rename(err, "make")
	}
	info, err := s.Stat(ctx, name)
	if err != nil {
		return rename(err, "make")
	}
	if all && info.IsDir() {
		return nil
	}
	return exists
}

func (s *Storage) makeContainer(ctx context.Context, p place, all bool) error {
	_, err := s.hasChildren(ctx, p)
	if err == nil && all {
		return nil
	}
	if err == nil {
		return &fs.PathError{Op: "make", Path: "az://" + p.name, Err: fs.ErrExist}
	}
	if KindOf(err) != NotFound {
		return rename(err, "make")
	}
	_, err = p.in.Create(ctx, nil)
	if err = fail(ctx, "make", p.name, err); all && KindOf(err) == Exists {
		return nil
	}
	return err
}

// Rename copies and removes: blobs have no other way. A failure leaves what
// there was.
func (s *Storage) Rename(ctx context.Context, from, to string) error {
	if err := s.Copy(ctx, from, to); err != nil {
		return err
	}
	return s.Remove(ctx, from, true)
}

// Copy copies a file, or a directory with all that is in it, within the
// account. The service moves the bytes.
func (s *Storage) Copy(ctx context.Context, from, to string) error {
	src, err := s.at(ctx, "copy", from)
	if err != nil {
		return err
	}
	dst, err := s.at(ctx, "copy", to)
	if err != nil {
		return err
	}
	info, err := s.Stat(ctx, from)
	if err != nil {
		return rename(err, "copy")
	}
	if !info.IsDir() {
		if dst, err = s.file(ctx, "copy", to); err != nil {
			return err
		}
		return s.copyFile(ctx, src, dst)
	}
	return s.copyTree(ctx, src, dst, info)
}

func (s *Storage) copyTree(ctx context.Context, src, dst place, info storage.Info) error {
	if strings.HasPrefix(dst.container+"/"+dst.prefix(), src.container+"/"+src.prefix()) {
		return &fs.PathError{Op: "copy", Path: "az://" + src.name, Err: fmt.Errorf("az://%s lies within it", dst.name)}
	}
	found, err := s.flat(ctx, src)
	if err != nil {
		return rename(err, "copy")
	}
	if len(found) == 0 && dst.path != "" {
		return s.Mkdir(ctx, dst.name, true)
	}
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(many)
	for _, b := range found {
		g.Go(func() error {
			return s.copyFile(within, src.below(*b.Name), dst.below(dst.prefix()+strings.TrimPrefix(*b.Name, src.prefix())))
		})
	}
	return g.Wait()
}

// copyFile lets the service copy, and waits. Within an account the caller's
// token covers the source too; no token is handed on for it.
func (s *Storage) copyFile(ctx context.Context, src, dst place) error {
	if src.container == dst.container && src.path == dst.path {
		return nil
	}
	o := &blob.StartCopyFromURLOptions{Tier: s.tier()}
	resp, err := dst.blob().StartCopyFromURL(ctx, src.blob().URL(), o)
	if err != nil {
		return fail(ctx, "copy", src.name, err)
	}
	err = s.await(ctx, src, dst, resp.CopyID, resp.CopyStatus)
	if err != nil && ctx.Err() != nil {
		err = errors.Join(err, s.abortCopy(ctx, dst, resp.CopyID))
	}
	return err
}

// await asks until a copy has ended.
func (s *Storage) await(ctx context.Context, src, dst place, id *string, status *blob.CopyStatusType) error {
	text := ""
	for wait := 20 * time.Millisecond; status != nil && *status == blob.CopyStatusTypePending; wait = min(2*wait, 5*time.Second) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("copy az://%s: %w", src.name, context.Cause(ctx))
		}
		have, err := dst.blob().GetProperties(ctx, nil)
		if err != nil {
			return fail(ctx, "copy", src.name, err)
		}
		if have.CopyID == nil || id == nil || *have.CopyID != *id {
			return &Error{Op: "copy", Name: src.name, Kind: Changed, Message: "another wrote az://" + dst.name + " meanwhile"}
		}
		if status = have.CopyStatus; have.CopyStatusDescription != nil {
			text = *have.CopyStatusDescription
		}
	}
	if status == nil || *status == blob.CopyStatusTypeSuccess {
		return nil
	}
	return &Error{Op: "copy", Name: src.name, Kind: Busy, Message: fmt.Sprintf("the copy to az://%s ended %s: %s", dst.name, *status, text)}
}

// abortCopy stops a copy that nobody waits for any more.
func (s *Storage) abortCopy(ctx context.Context, dst place, id *string) error {
	if id == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := dst.blob().AbortCopyFromURL(ctx, *id, nil)
	return fail(ctx, "copy", dst.name, err)
}
