package stdlib

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// filesStatics are java.nio.file.Files: methods of the path given first.
func filesStatics() []def {
	bare := func(name, method string) def {
		return def{name, "path: Path, options...", "does what path." + method + "() does", func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(0), method)
		}}
	}
	return []def{
		bare("exists", "exists"), bare("isDirectory", "isDirectory"), bare("isRegularFile", "isFile"), bare("isSymbolicLink", "isLink"),
		bare("size", "size"), bare("readString", "getText"), bare("readAllLines", "readLines"), bare("readAllBytes", "getBytes"),
		bare("isReadable", "canRead"), bare("isWritable", "canWrite"), bare("isExecutable", "canExecute"), bare("newBufferedReader", "newReader"),
		bare("newInputStream", "newInputStream"), bare("newBufferedWriter", "newWriter"), bare("newOutputStream", "newOutputStream"),
		{"copy", "source: Path, target: Path, options...", "copies a file; one that is there stays unless REPLACE_EXISTING is given", transferFile("copyTo")},
		{"move", "source: Path, target: Path, options...", "moves a file; one that is there stays unless REPLACE_EXISTING is given", transferFile("moveTo")},
		{"walk", "path: Path, depth = null", "is a stream of a directory and all below it", walkFiles},
		{"readSymbolicLink", "link: Path", "is what a link points to", func(c call) (value.Value, error) {
			target, err := os.Readlink(absolutePath(c.th, c.arg(0).(*value.Path)).Name)
			if err != nil {
				return nil, value.Throw("java.nio.file.NotLinkException", "%s", value.ToString(c.arg(0)))
			}
			return value.ParsePath(target), nil
		}},
		{"getLastModifiedTime", "path: Path", "is when the file was changed", func(c call) (value.Value, error) {
			info, err := c.t.Stat(c.th, c.arg(0).(*value.Path))
			if err != nil {
				return nil, err
			}
			return &Temporal{info.Modified.UTC(), instantClass}, nil
		}},
		bare("isHidden", "isHidden"),
		{"isSameFile", "a: Path, b: Path", "says whether two paths lead to the same file", func(c call) (value.Value, error) {
			a, b := absolutePath(c.th, c.arg(0).(*value.Path)).Normalize(), absolutePath(c.th, c.arg(1).(*value.Path)).Normalize()
			return value.MakeBool(value.KeyEqual(a, b)), nil
		}},
		{"notExists", "path: Path", "says whether there is no such file", func(c call) (value.Value, error) {
			_, err := c.t.Stat(c.th, c.arg(0).(*value.Path))
			return value.MakeBool(err != nil), nil
		}},
		{"lines", "path: Path", "is a stream of the lines", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.arg(0).(*value.Path))
			return &Stream{list: lineValues(s)}, err
		}},
		{"list", "path: Path", "is a stream of the files in a directory", func(c call) (value.Value, error) {
			c.recv = c.arg(0)
			list, err := c.children(nil)
			return &Stream{list: list}, err
		}},
		{"writeString", "path: Path, text, options...", "replaces the contents of a file", writeFile},
		{"write", "path: Path, text, options...", "replaces the contents of a file", writeFile},
		{"delete", "path: Path", "deletes a file", func(c call) (value.Value, error) {
			if _, err := c.t.Stat(c.th, c.arg(0).(*value.Path)); err != nil {
				return nil, err
			}
			_, err := c.t.Call(c.th, c.arg(0), "delete")
			return nil, err
		}},
		bare("deleteIfExists", "delete"),
		{"createDirectory", "path: Path", "makes a directory", func(c call) (value.Value, error) { return c.createDirectory(false) }},
		{"createDirectories", "path: Path", "makes a directory and those above it", func(c call) (value.Value, error) { return c.createDirectory(true) }},
		{"createFile", "path: Path", "makes an empty file", func(c call) (value.Value, error) {
			c.recv = c.arg(0)
			if _, err := c.stat(); err == nil {
				return nil, javaError(c.path(), fs.ErrExist)
			}
			return c.recv, c.write("", false)
		}},
		{"createSymbolicLink", "link: Path, target: Path", "makes a link", func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(1), "mklink", c.arg(0))
		}},
		{"createTempDirectory", "prefix: Object = ''", "makes a new directory", func(c call) (value.Value, error) {
			return c.tempFile(text(c.arg(0)), "", true, false)
		}},
		{"createTempFile", "prefix: Object = '', suffix: Object = '.tmp'", "makes a new file", func(c call) (value.Value, error) {
			return c.tempFile(text(c.arg(0)), c.strOr(1, ".tmp"), false, false)
		}},
	}
}

func transferFile(method string) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		target := c.arg(1).(*value.Path)
		replace := false
		for _, o := range c.args[2:] {
			replace = replace || value.ToString(o) == "REPLACE_EXISTING"
		}
		if _, err := c.t.Stat(c.th, target); err == nil && !replace {
			return nil, value.Throw("java.nio.file.FileAlreadyExistsException", "%s", target.ToString())
		}
		if dir := target.Parent(); dir != nil {
			if _, err := c.t.Stat(c.th, dir); err != nil { // made by the methods, not by these functions
				missing := target.ToString()
				if method == "moveTo" {
					missing = value.ToString(c.arg(0)) + " -> " + missing
				}
				return nil, value.Throw("java.nio.file.NoSuchFileException", "%s", missing)
			}
		}
		if _, err := c.t.Call(c.th, c.arg(0), method, target); err != nil {
			return nil, err
		}
		return target, nil
	}
}

func walkFiles(c call) (value.Value, error) {
	top := c.arg(0).(*value.Path)
	if _, err := c.t.Stat(c.th, top); err != nil {
		return nil, err
	}
	found := []value.Value{top}
	add := native(1, func(_ *value.Thread, args []value.Value) (value.Value, error) {
		found = append(found, args[0])
		return nil, nil
	})
	err := c.eachPath(top, anyEntry, nil, add, true)
	return &Stream{list: found}, err
}

func copyOptions(*Table) map[string]value.Value {
	return map[string]value.Value{"REPLACE_EXISTING": value.String("REPLACE_EXISTING"), "COPY_ATTRIBUTES": value.String("COPY_ATTRIBUTES"), "ATOMIC_MOVE": value.String("ATOMIC_MOVE")}
}

func openOptions(*Table) map[string]value.Value {
	out := map[string]value.Value{}
	for _, name := range []string{"APPEND", "CREATE", "CREATE_NEW", "READ", "TRUNCATE_EXISTING", "WRITE"} {
		out[name] = value.String(name)
	}
	return out
}

func linkOptions(*Table) map[string]value.Value {
	return map[string]value.Value{"NOFOLLOW_LINKS": value.String("NOFOLLOW_LINKS")}
}

func writeFile(c call) (value.Value, error) {
	c.recv = c.arg(0)
	appending := false
	for _, o := range c.args[2:] {
		appending = appending || value.ToString(o) == "APPEND"
	}
	data := value.ToString(c.arg(1))
	switch v := c.arg(1).(type) {
	case Bytes:
		data = string(v)
	case *value.List:
		data = string(joinText(v.Elems, "\n")) + "\n"
	}
	return c.recv, c.write(data, appending)
}

func (c call) createDirectory(all bool) (value.Value, error) {
	p := c.arg(0).(*value.Path)
	c.recv = p
	return p, c.disk(func(ctx context.Context, s storage.Storage) error {
		if d, ok := s.(storage.Directories); ok {
			return d.Mkdir(ctx, p.Name, all)
		}
		return nil
	})
}

func (c call) tempFile(prefix, suffix string, dir, isFile bool) (value.Value, error) {
	p := &value.Path{Name: strings.TrimSuffix(tempDir(c.th), "/") + "/" + prefix + fmt.Sprint(rand.Uint64()) + suffix, IsFile: isFile}
	c.recv = p
	if dir {
		c.args = []value.Value{p}
		return c.createDirectory(false)
	}
	return p, c.write("", false)
}

func fileStatics() []def {
	return []def{{"createTempFile", "prefix: String, suffix: Object? = '.tmp'", "makes a new file", func(c call) (value.Value, error) {
		if len(c.strArg(0)) < 3 {
			return nil, value.Throw("java.lang.IllegalArgumentException", "Prefix string \"%s\" too short: length must be at least 3", c.strArg(0))
		}
		suffix := ".tmp"
		if c.arg(1) != nil {
			suffix = c.strArg(1)
		}
		return c.tempFile(c.strArg(0), suffix, false, true)
	}}}
}

// filesExStatics are nextflow.extension.FilesEx: methods of the path given first.
func filesExStatics() []def {
	var out []def
	for _, d := range ofFiles() {
		name := d.name
		out = append(out, def{name, "path: Path, args...", d.doc, func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(0), name, c.args[1:]...)
		}})
	}
	return out
}
