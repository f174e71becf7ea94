package azblob

import (
	"context"
	"io/fs"
	"mime"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
)

// modeKey is the metadata that says who may do what with a file, as azcopy
// writes it with --preserve-posix-properties. We write it for files that may
// be run, and look at nothing else of it: all others are plain.
const modeKey = "posix_mode"

// metadataOf is what a blob keeps of a local file besides its contents.
func metadataOf(mode fs.FileMode) map[string]*string {
	if mode&0o111 == 0 {
		return nil
	}
	return map[string]*string{modeKey: to.Ptr(strconv.FormatUint(0o100000|uint64(mode.Perm()), 10))}
}

// Executable says whether the metadata is that of a file that may be run.
func Executable(metadata map[string]*string) bool {
	for k, v := range metadata {
		if strings.EqualFold(k, modeKey) && v != nil {
			mode, err := strconv.ParseUint(*v, 10, 32)
			return err == nil && mode&0o111 != 0
		}
	}
	return false
}

// modeOf is the mode of a file with this metadata.
func modeOf(metadata map[string]*string) fs.FileMode {
	if Executable(metadata) {
		return 0o755
	}
	return 0
}

// allow lets those run a local file who may read it.
func allow(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return f.Chmod(info.Mode().Perm() | info.Mode().Perm()&0o444>>2)
}

// SetExecutable notes that a file may be run, where another has written it.
func (s *Storage) SetExecutable(ctx context.Context, name string) error {
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return err
	}
	_, err = p.blob().SetMetadata(ctx, metadataOf(0o755), nil)
	return fail(ctx, "write", p.name, err)
}

// SetAttributes sets the content type of a file; "true" is that of its
// extension. Tags are left: index tags need a role of their own, and as in
// Nextflow they are for other storages.
func (s *Storage) SetAttributes(ctx context.Context, name, contentType string, _ []string) error {
	if contentType == "true" {
		contentType = mime.TypeByExtension(path.Ext(name))
	}
	if contentType == "" {
		return nil
	}
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return err
	}
	_, err = p.blob().SetHTTPHeaders(ctx, blob.HTTPHeaders{BlobContentType: &contentType}, nil)
	return fail(ctx, "write", p.name, err)
}
