package process

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/task"
)

// hasher builds a task's hash from parts, each with its name, so that no two
// lists of parts give the same bytes.
type hasher struct {
	sum     hash.Hash
	entries []observe.HashEntry
	dump    bool
	silent  bool // the part is dumped in another form
}

func (h *hasher) add(name, kind, text string) {
	var n [8]byte
	for _, s := range []string{name, kind, text} {
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.sum.Write(n[:])
		io.WriteString(h.sum, s)
	}
	if h.dump && !h.silent {
		h.entries = append(h.entries, observe.HashEntry{Digest: digest([]byte(kind + text)), Type: kind, Value: strings.ReplaceAll(text, "\x00", " ")})
	}
}

// input adds a part that goes by the name of an input; the dump has the name
// and the value as scripts see it.
func (h *hasher) input(name, kind, text, shown string) {
	h.silent = true
	h.add(name, kind, text)
	h.silent = false
	if h.dump {
		h.entries = append(
			h.entries, observe.HashEntry{Digest: digest([]byte(name)), Type: "java.lang.String", Value: name},
			observe.HashEntry{Digest: digest([]byte(kind + text)), Type: kind, Value: shown},
		)
	}
}

func digest(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:16])
}

func (in *instance) cacheMode() (directive.CacheMode, error) {
	v, err := in.setting("cache")
	if err != nil {
		return "", err
	}
	return directive.Cache(v)
}

// hash identifies the task: session, process, script, container, inputs, and
// whatever else of the wrapper can change the result.
func (in *instance) hash(mode directive.CacheMode) (task.Hash, error) {
	r, t := in.run(), in.task
	h := &hasher{sum: sha256.New(), dump: r.DumpHashes}
	h.add("session", "java.util.UUID", r.SessionID)
	h.add("process", "java.lang.String", t.Process)
	in.hashScript(h)
	in.hashGlobals(h, mode)
	for _, p := range in.hashed {
		if err := in.hashInput(h, p, mode); err != nil {
			return task.Hash{}, err
		}
	}
	for _, e := range t.CaptureEval {
		h.add("eval "+e.Name, "java.lang.String", e.Value)
	}
	if t.Stdin != nil {
		h.add("stdin", "java.lang.String", *t.Stdin)
	}
	for _, m := range t.Module {
		h.add("module", "java.lang.String", m)
	}
	for _, s := range t.Software {
		name := s.Prefix
		if !s.Given { // where it is kept does not matter
			name = filepath.Base(s.Prefix)
		}
		h.add(s.Tool, "java.lang.String", name)
		if s.Target != "" {
			h.add("arch", "java.lang.String", s.Target)
		}
	}
	for _, s := range []struct{ name, text string }{{"beforeScript", t.BeforeScript}, {"afterScript", t.AfterScript}} {
		if s.text != "" {
			h.add(s.name, "java.lang.String", s.text)
		}
	}
	bins, err := in.node.usedCommands(t.Script)
	if err != nil {
		return task.Hash{}, err
	}
	for _, b := range bins {
		h.add("bin", "sun.nio.fs.UnixPath", b)
	}
	if r.Stub {
		h.add("stub", "java.lang.String", "stub-run")
	}
	if in.node.def.madeStub() {
		h.add("stub", "java.lang.String", "auto-stub")
	}
	var out task.Hash
	copy(out[:], h.sum.Sum(nil))
	if r.DumpHashes {
		r.Post(observe.CacheHash{TaskName: t.Name, Hash: out, Mode: strings.ToUpper(string(mode)), JSON: r.DumpJSON, Entries: h.entries})
	}
	return out, nil
}

func (in *instance) hashScript(h *hasher) {
	text := in.task.Script
	if in.node.def.native() {
		text = in.node.def.ast.Body.Span().Text()
	}
	h.add("script", "java.lang.String", text)
	c := in.task.Container
	if c == nil {
		return
	}
	image := c.Image
	if c.Source != "" { // where it is kept does not matter
		image = c.Source
	}
	h.add("container", "java.lang.String", image)
}

func rehash(h task.Hash, try int) task.Hash {
	var b [24]byte
	copy(b[:], h[:])
	binary.LittleEndian.PutUint64(b[16:], uint64(try))
	s := sha256.Sum256(b[:])
	copy(h[:], s[:])
	return h
}

func (in *instance) hashInput(h *hasher, p hashed, mode directive.CacheMode) error {
	if p.files == nil {
		kind := "null"
		if p.value != nil {
			kind = p.value.Class().Name
		}
		var b strings.Builder
		if err := in.run().hashText(&b, p.value, mode); err != nil {
			return err
		}
		shown := ""
		if h.dump {
			shown = value.ToString(p.value)
		}
		h.input(p.name, kind, b.String(), shown)
		return nil
	}
	var text, shown strings.Builder
	for _, f := range p.files {
		key, err := in.run().fileKey(f.path, mode)
		if errors.Is(err, fs.ErrNotExist) { // staged as a link to nothing: some pipelines pass placeholders
			key, err = "missing", nil
		}
		if err != nil {
			return fmt.Errorf("an input of process `%s`: %w", in.node.name, err)
		}
		fmt.Fprintf(&text, "%s\x00%s\x00%s\x00", f.name, f.path.String(), key)
		fmt.Fprintf(&shown, ", FileHolder(sourceObj:%s, storePath:%s, stageName:%s)", f.path, f.path, f.name)
	}
	h.input(p.name, "nextflow.util.ArrayBag", text.String(), "["+strings.TrimPrefix(shown.String(), ", ")+"]")
	return nil
}

// hashText writes a value so that different values give different text; files
// inside count with their content key.
func (r *Run) hashText(b *strings.Builder, v value.Value, mode directive.CacheMode) error {
	switch x := v.(type) {
	case nil:
		b.WriteString("null")
	case *value.Map:
		b.WriteString("[:")
		var failed error
		x.Entries(func(k, v value.Value) bool {
			if failed = r.hashText(b, k, mode); failed == nil {
				b.WriteByte(':')
				failed = r.hashText(b, v, mode)
			}
			b.WriteByte(',')
			return failed == nil
		})
		b.WriteByte(']')
		return failed
	case *value.Path:
		if x.Scheme != "" { // a value that is not staged: its address is all that counts
			fmt.Fprintf(b, "%q", x.String())
			return nil
		}
		key, err := r.fileKey(x, mode)
		if err != nil {
			key = "" // a path to nothing is only its name
		}
		fmt.Fprintf(b, "%q|%s", x.String(), key)
	default:
		if s, ok := value.Str(v); ok {
			fmt.Fprintf(b, "%q", s)
			return nil
		}
		if value.IsCollection(v) {
			elems, _ := value.Elements(v)
			b.WriteByte('[')
			for _, e := range elems {
				if err := r.hashText(b, e, mode); err != nil {
					return err
				}
				b.WriteByte(',')
			}
			b.WriteByte(']')
			return nil
		}
		b.WriteString(v.Class().Name + " " + value.ToString(v))
	}
	return nil
}

// fileKey is what tells whether a file changed: size and time, size alone
// (lenient), or content (deep). Directories count with all they hold. Errors
// name the file.
func (r *Run) fileKey(p *value.Path, mode directive.CacheMode) (string, error) {
	if p.Scheme != "" {
		return r.storedKey(p, mode)
	}
	st, err := os.Stat(p.Name)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", p.Name, unwrapPath(err))
	}
	if st.IsDir() && mode != directive.CacheDeep {
		return fmt.Sprintf("dir %d", st.ModTime().UnixNano()), nil
	}
	switch mode {
	case directive.CacheLenient:
		return fmt.Sprintf("%d", st.Size()), nil
	case directive.CacheDeep:
		return contentKey(p.Name, st)
	}
	return fmt.Sprintf("%d %d", st.Size(), st.ModTime().UnixNano()), nil
}

func contentKey(path string, st os.FileInfo) (string, error) {
	h := sha256.New()
	if !st.IsDir() {
		if err := hashFile(h, path); err != nil {
			return "", err
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	var names []string
	err := filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	sort.Strings(names)
	for _, n := range names {
		io.WriteString(h, n+"\x00")
		if err := hashFile(h, n); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(h hash.Hash, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return unwrapPath(err)
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

var word = regexp.MustCompile(`[\w.\-]+`)

// usedCommands lists the commands of bin/ that a script names, with the key of
// their content: changing one runs the tasks that use it again.
func (n *node) usedCommands(script string) ([]string, error) {
	if len(n.binDirs()) == 0 || script == "" {
		return nil, nil
	}
	used := map[string]bool{}
	for _, w := range word.FindAllString(script, -1) {
		used[w] = true
	}
	var keys []string
	for _, dir := range n.binDirs() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", dir, unwrapPath(err))
		}
		for _, e := range entries {
			if !used[e.Name()] || e.IsDir() {
				continue
			}
			key, err := n.run.commandKey(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			keys = append(keys, e.Name()+" "+key)
		}
	}
	return keys, nil
}

func (r *Run) commandKey(path string) (string, error) {
	if k, ok := r.commands[path]; ok {
		return k, nil
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", unwrapPath(err)
	}
	k, err := contentKey(path, st)
	if err != nil {
		return "", err
	}
	if r.commands == nil {
		r.commands = map[string]string{}
	}
	r.commands[path] = k
	return k, nil
}
