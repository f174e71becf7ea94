package batch

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// listFiles answers with what lies below root, one level of it unless
// recursive=true.
func (c *call) listFiles(root, base string) *failure {
	q, f := parseQuery(c, "name")
	if f != nil {
		return f
	}
	recursive := c.r.URL.Query().Get("recursive") == "true"
	var found []object
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == root {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if q.filter.match(func(string) any { return name }) {
			found = append(found, fileObject(name, base, info))
		}
		if d.IsDir() && !recursive {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		return fail(http.StatusNotFound, "FileNotFound", "The specified file does not exist: %v.", err)
	}
	page, next := slicePage(found, q)
	c.page("files", page, next)
	return nil
}

func fileObject(name, base string, info fs.FileInfo) object {
	m := object{"name": name, "isDirectory": info.IsDir(), "url": base + url.PathEscape(name)}
	if !info.IsDir() {
		m["properties"] = object{
			"creationTime": stamp(info.ModTime()), "lastModified": stamp(info.ModTime()), "contentLength": fmt.Sprint(info.Size()),
			"contentType": "application/octet-stream", "fileMode": fmt.Sprintf("0x%X", 0o100000|info.Mode().Perm()),
		}
	}
	return m
}

// getFile answers with a file below root, or with the part of ocp-range.
func (c *call) getFile(root, name string) *failure {
	if !filepath.IsLocal(name) {
		return badRequest("InvalidUri", "The file path %s leaves the directory.", name)
	}
	// Links may lead out of the node; os.Root does not follow those.
	dir, err := os.OpenRoot(root)
	if err != nil {
		return fail(http.StatusNotFound, "FileNotFound", "The specified file does not exist.")
	}
	defer dir.Close()
	file, err := dir.Open(filepath.FromSlash(name))
	if err != nil {
		return fail(http.StatusNotFound, "FileNotFound", "The specified file does not exist.")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fail(http.StatusNotFound, "FileNotFound", "The specified file does not exist.")
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	h.Set("ETag", fmt.Sprintf("0x%X", info.ModTime().UnixNano()))
	h.Set("ocp-creation-time", info.ModTime().UTC().Format(time.RFC1123))
	h.Set("ocp-batch-file-isdirectory", fmt.Sprint(info.IsDir()))
	h.Set("ocp-batch-file-mode", fmt.Sprintf("0x%X", 0o100000|info.Mode().Perm()))
	if info.IsDir() {
		if c.r.Method != http.MethodHead {
			return conflict("FileIsDirectory", "The specified path is a directory.")
		}
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	from, length := byteRange(c.r.Header.Get("ocp-range"), info.Size())
	h.Set("Content-Length", fmt.Sprint(length))
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	_, _ = io.Copy(c.w, io.NewSectionReader(file, from, length)) // a client that has gone needs no answer
	return nil
}

// byteRange reads `bytes=from-to`; what cannot be read is the whole.
func byteRange(text string, size int64) (from, length int64) {
	var a, b int64
	spec, ok := strings.CutPrefix(text, "bytes=")
	if !ok {
		return 0, size
	}
	switch n, _ := fmt.Sscanf(spec, "%d-%d", &a, &b); n {
	case 1:
		b = size - 1
	case 0:
		return 0, size
	}
	a = max(0, min(a, size))
	b = min(b, size-1)
	return a, max(b-a+1, 0)
}
