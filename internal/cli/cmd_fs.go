package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/storage/http"
	"sluice/internal/storage/local"
)

// fsActions are the words behind `fs`, in the order that help shows them.
var fsActions = []struct {
	name, args, doc string
	count           int
	run             func(*program, context.Context, []place) error
}{
	{"cp", "source_file target_file", "Copy a file", 2, (*program).fsCopy},
	{"mv", "source_file target_file", "Move a file", 2, (*program).fsMove},
	{"ls", "<path>", "List the content of a folder", 1, (*program).fsList},
	{"cat", "<path>", "Print a file to the stdout", 1, (*program).fsCat},
	{"rm", "<path>", "Remove a file", 1, (*program).fsRemove},
	{"stat", "<path>", "Print file to meta info", 1, (*program).fsStat},
}

// A place is a file or directory of a storage; it need not be there.
type place struct {
	storage.Storage
	given string
	name  string // for the storage
	local bool
	// writable is set for a storage elsewhere that is not only read.
	writable bool
}

func (p *program) place(given string) (place, error) {
	parsed := value.ParsePath(given)
	switch parsed.Scheme {
	case "", "file":
		return place{Storage: &local.Storage{}, given: given, name: p.abs(parsed.Name), local: true}, nil
	case "http", "https":
		return place{Storage: &http.Storage{Scheme: parsed.Scheme}, given: given, name: parsed.Name}, nil
	}
	if parsed.Scheme == "az" {
		s, err := p.storage(parsed.Scheme)
		return place{Storage: s, given: given, name: strings.TrimSuffix(parsed.Name, "/"), writable: true}, err
	}
	return place{}, &usageError{
		message: fmt.Sprintf("`%s` is in a storage that is not available: `%s`", given, parsed.Scheme),
		help:    "files of this machine and of az:// can be used, and those of http and https be read",
	}
}

// files works on files of all storages there are.
// Nextflow docs: reference/cli#fs
func (p *program) files(r *request) error {
	if len(r.args) == 0 {
		fmt.Fprintf(p.stdout, "Usage: %s fs <command> [arg]\n\nCommands:\n", p.brand)
		for _, a := range fsActions {
			fmt.Fprintf(p.stdout, "  %s\t%s\n", a.name, a.doc)
		}
		fmt.Fprintln(p.stdout)
		return nil
	}
	var names []string
	for _, a := range fsActions {
		names = append(names, a.name)
		if a.name != r.args[0] {
			continue
		}
		if len(r.args)-1 < a.count {
			return &plainError{fmt.Sprintf("Usage: %s fs %s %s", p.brand, a.name, a.args)}
		}
		var places []place
		for _, given := range r.args[1 : a.count+1] {
			at, err := p.place(given)
			if err != nil {
				return err
			}
			places = append(places, at)
		}
		return p.interruptible(func(ctx context.Context) error { return a.run(p, ctx, places) })
	}
	e := &usageError{message: fmt.Sprintf("`fs` has no command `%s`", r.args[0]), help: "it has " + strings.Join(names, ", ")}
	if near, ok := diag.Near(r.args[0], names); ok {
		e.note = fmt.Sprintf("a command `fs %s` exists", near)
	}
	return e
}

// matches are the files a place names: itself, or what its pattern finds.
func (a place) matches() ([]place, error) {
	if !a.local || !strings.ContainsAny(a.given, "*?[{") {
		return []place{a}, nil
	}
	found, err := filepath.Glob(a.name)
	if err != nil {
		return nil, &usageError{message: fmt.Sprintf("`%s` is no pattern of file names: %v", a.given, err)}
	}
	slices.Sort(found)
	var list []place
	for _, name := range found {
		list = append(list, place{Storage: a.Storage, given: filepath.Join(filepath.Dir(a.given), filepath.Base(name)), name: name, local: true})
	}
	return list, nil
}

// each does something with every file that a place names.
func (a place) each(do func(place) error) error {
	list, err := a.matches()
	if err != nil {
		return err
	}
	for _, one := range list {
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}

// problem says what happened where, in the words of the original engine where
// a file is missing.
func (a place) problem(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("No such file or directory: %s", a.given) //nolint:staticcheck // as it is looked for
	case errors.Is(err, http.ErrReadOnly):
		return &usageError{message: fmt.Sprintf("`%s` cannot be written: files of http and https can only be read", a.given)}
	}
	return err
}

func (p *program) fsList(_ context.Context, places []place) error {
	return places[0].each(func(a place) error {
		_, err := fmt.Fprintln(p.stdout, base(a.given))
		return err
	})
}

// base is the last part of a name.
func base(name string) string {
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	return path.Base(name)
}

func (p *program) fsCat(ctx context.Context, places []place) error {
	return places[0].each(func(a place) error {
		if info, err := a.Stat(ctx, a.name); err == nil && info.IsDir() {
			return &usageError{message: fmt.Sprintf("`%s` is a directory", a.given), help: "`fs cat` prints files"}
		}
		f, err := a.Open(ctx, a.name)
		if err != nil {
			return a.problem(err)
		}
		out := &lastByte{w: p.stdout, b: '\n'}
		_, err = io.Copy(out, f)
		if err == nil && out.b != '\n' { // the original ends every line
			_, err = io.WriteString(p.stdout, "\n")
		}
		return errors.Join(err, f.Close())
	})
}

// lastByte remembers what was written last.
type lastByte struct {
	w io.Writer
	b byte
}

func (l *lastByte) Write(data []byte) (int, error) {
	if len(data) > 0 {
		l.b = data[len(data)-1]
	}
	return l.w.Write(data)
}

func (p *program) fsRemove(ctx context.Context, places []place) error {
	return places[0].each(func(a place) error { return a.problem(a.Remove(ctx, a.name, true)) })
}

func (p *program) fsStat(ctx context.Context, places []place) error {
	return places[0].each(func(a place) error {
		info, err := a.Stat(ctx, a.name)
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(p.stderr, "WARN: Unable to read attributes for file: %s - cause: %s\n", a.given, a.given)
			return nil
		}
		if err != nil {
			return err
		}
		made := info.Modified // stands for it where no time of creation is kept
		if at, ok := birth(a.name); ok && a.local {
			made = at
		}
		fmt.Fprintf(p.stdout, "name          : %s\nsize          : %d\nis directory  : %t\nlast modified : %s\ncreation time : %s                    \n",
			base(a.given), info.Size, info.IsDir(), instant(info.Modified), instant(made))
		return nil
	})
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func (p *program) fsCopy(ctx context.Context, places []place) error {
	return places[0].each(func(a place) error { return a.copyTo(ctx, places[1]) })
}

func (p *program) fsMove(ctx context.Context, places []place) error {
	return places[0].each(func(a place) error {
		if !a.local && !a.writable { // before the copy: half a move is none
			return a.problem(http.ErrReadOnly)
		}
		if err := a.copyTo(ctx, places[1]); err != nil {
			return err
		}
		return a.Remove(ctx, a.name, true)
	})
}

// copyTo copies a file or directory to a name, or into a directory.
func (a place) copyTo(ctx context.Context, to place) error {
	if !to.local && !to.writable {
		return to.problem(http.ErrReadOnly)
	}
	info, err := a.Stat(ctx, a.name)
	if err != nil {
		return a.problem(err)
	}
	if into, err := to.Stat(ctx, to.name); err == nil && into.IsDir() {
		to.name = strings.TrimSuffix(to.name, "/") + "/" + base(a.given)
	}
	if a.local && inside(a.name, to.name) {
		return &usageError{message: fmt.Sprintf("`%s` cannot be copied to itself: `%s`", a.given, to.given)}
	}
	if d, ok := to.Storage.(storage.Directories); ok && to.local {
		if err := d.Mkdir(ctx, filepath.Dir(to.name), true); err != nil {
			return err
		}
	}
	if a.Storage == to.Storage || a.local && to.local {
		return a.Copy(ctx, a.name, to.name)
	}
	if info.IsDir() {
		return a.copyTree(ctx, to)
	}
	return a.download(ctx, to)
}

// inside says whether a name is that of a directory or below it.
func inside(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// copyTree copies a directory from one storage to another.
func (a place) copyTree(ctx context.Context, to place) error {
	list, err := a.List(ctx, a.name)
	if err != nil {
		return a.problem(err)
	}
	if d, ok := to.Storage.(storage.Directories); ok && (to.local || len(list) == 0) {
		if err := d.Mkdir(ctx, to.name, true); err != nil {
			return err
		}
	}
	for _, e := range list {
		from, into := a, to
		from.name, into.name = a.name+"/"+e.Name, to.name+"/"+e.Name
		info, err := from.Stat(ctx, from.name)
		switch {
		case err != nil:
			return err
		case info.IsDir():
			err = from.copyTree(ctx, into)
		default:
			err = from.download(ctx, into)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a place) download(ctx context.Context, to place) (err error) {
	from, err := a.Open(ctx, a.name)
	if err != nil {
		return a.problem(err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	out, err := to.Create(ctx, to.name, false)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, from); err != nil {
		return errors.Join(err, out.Close(), to.Remove(ctx, to.name, false))
	}
	return out.Close()
}
