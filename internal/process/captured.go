package process

import (
	"sluice/internal/cache"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/workdir"
)

// maxKept is the size up to which a file is kept in the cache.
const maxKept = 8 << 10

// captures are the small files that outputs of the task are read from, for the
// cache: with a work directory in a storage each would take a call when the
// run is resumed, one after the other.
func (in *instance) captures(tree workdir.Tree) []byte {
	t := in.task
	var names []string
	if t.StdoutWanted {
		names = append(names, workdir.OutFile)
	}
	if len(t.CaptureEnv)+len(t.CaptureEval) > 0 {
		names = append(names, workdir.EnvFile)
	}
	m := value.NewMap(len(names))
	for _, name := range names {
		// Who cannot read it here reads it then.
		if data, err := tree.ReadFile(name); err == nil && len(data) <= maxKept {
			m.Set(value.String(name), value.String(data))
		}
	}
	if m.Len() == 0 {
		return nil
	}
	b, err := cache.Encode(m)
	if err != nil {
		return nil
	}
	return b
}

// A recalled tree has the contents of some files from the cache.
type recalled struct {
	workdir.Tree
	files *value.Map
}

// recall is the tree with what captures kept of it.
func recall(tree workdir.Tree, kept []byte) workdir.Tree {
	if len(kept) == 0 {
		return tree
	}
	v, err := cache.Decode(kept)
	if m, ok := v.(*value.Map); ok && err == nil {
		return &recalled{tree, m}
	}
	return tree
}

// ReadFile reads a file: from the cache if the one in the directory still has
// the size.
func (r *recalled) ReadFile(name string) ([]byte, error) {
	if v, ok := r.files.Get(value.String(name)); ok {
		text, _ := value.Str(v)
		if l, ok := r.Tree.(interface {
			Stat(string) (storage.Info, bool)
		}); ok {
			if info, ok := l.Stat(name); ok && info.Size == int64(len(text)) {
				return []byte(text), nil
			}
		}
	}
	return r.Tree.ReadFile(name)
}
