package software

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/dchest/siphash"
	"github.com/twmb/murmur3"

	"sluice/internal/task"
)

// Environments finds and makes environments of one kind.
type Environments struct {
	once
	Tool      string // conda, mamba, micromamba, spack
	CacheDir  string // absolute
	LaunchDir string // relative names of definitions begin here
	Timeout   time.Duration

	Channels      []string // of conda
	CreateOptions string   // of conda
	NoChecksum    bool     // of spack
	Builds        int      // of spack: at once; 0 = as it likes
}

// NewEnvironments makes environments on a host.
func NewEnvironments(h *Host) *Environments { return &Environments{once: once{Host: h}} }

func (e *Environments) spack() bool { return e.Tool == "spack" }

// scope is the configuration scope of the tool.
func (e *Environments) scope() string {
	if e.spack() {
		return "spack"
	}
	return "conda"
}

func (e *Environments) title() string {
	if e.spack() {
		return "Spack"
	}
	return "Conda"
}

// Find tells where the environment of a directive is or will be. The names in
// the cache are Nextflow's, so that a cache of its runs serves ours:
//
//	env-<digest of the text>                          packages, addresses
//	env-<digest of the path>-<digest of the content>  conda, a definition in a file
//	<name>-<digest of the content>                    spack, a definition in a file
//
// A text with a slash that is no file name of a definition is a directory that
// holds an environment.
func (e *Environments) Find(spec, target string) (*task.Software, error) {
	s := &task.Software{Tool: e.Tool, Spec: spec, Target: target}
	switch {
	case strings.Contains(spec, "\n"):
		return nil, fmt.Errorf("Invalid %s environment definition: %s", e.title(), spec)
	case strings.HasPrefix(spec, "http://"), strings.HasPrefix(spec, "https://"):
		s.File = spec
		s.Prefix = filepath.Join(e.CacheDir, "env-"+digest(spec))
	case e.isDefinition(spec):
		s.File = e.abs(spec)
		text, err := os.ReadFile(s.File)
		if err != nil {
			return nil, fmt.Errorf("%s environment file does not exist: %s", e.title(), spec)
		}
		s.Prefix = filepath.Join(e.CacheDir, e.nameOf(s.File, string(text)))
	case strings.Contains(spec, "/"):
		s.Prefix, s.Given = e.abs(spec), true
		if st, err := os.Stat(s.Prefix); err != nil || !st.IsDir() {
			return nil, fmt.Errorf("%s prefix path does not exist or is not a directory: %s", e.title(), spec)
		}
	default:
		s.Prefix = filepath.Join(e.CacheDir, "env-"+digest(spec))
	}
	return s, nil
}

// isDefinition tells by its ending whether a text is the name of a definition.
func (e *Environments) isDefinition(spec string) bool {
	endings := []string{".yaml", ".yml", ".txt"}
	if e.spack() {
		endings = endings[:1]
	}
	return slices.Contains(endings, filepath.Ext(spec))
}

func (e *Environments) nameOf(file, text string) string {
	if e.spack() {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		return name + "-" + digest(text)
	}
	return "env-" + shortDigest(file) + "-" + digest(text)
}

func (e *Environments) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.LaunchDir, path)
}

// Prepare makes the environments of a task that are of this kind.
func (e *Environments) Prepare(t *task.Task) error {
	for _, s := range t.Software {
		if s.Tool != e.Tool || s.Given || t.Exec != nil {
			continue
		}
		if err := e.do(s.Prefix, func() error { return e.create(s) }); err != nil {
			return err
		}
	}
	return nil
}

func (e *Environments) create(s *task.Software) error {
	e.Notice(fmt.Sprintf("Creating env using %s: %s [cache %s]", e.Tool, s.Spec, s.Prefix))
	line := e.condaLine(s)
	if e.spack() {
		line = e.spackLine(s)
	}
	err := e.call(order{
		what: fmt.Sprintf("create %s environment", e.title()), shown: line, args: []string{"bash", "-c", line},
		dir: e.LaunchDir, timeout: e.Timeout, option: e.scope() + ".createTimeout",
	})
	if err != nil {
		return removed(s.Prefix, err)
	}
	return nil
}

// units are the bytes of a text's UTF-16 units, low byte first.
func units(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// digest is the 128 bit Murmur3 sum of a text's UTF-16 units.
func digest(s string) string {
	h1, h2 := murmur3.Sum128(units(s))
	b := binary.LittleEndian.AppendUint64(nil, h1)
	return hex.EncodeToString(binary.LittleEndian.AppendUint64(b, h2))
}

// shortDigest is the SipHash-2-4 sum of a text's UTF-16 units under the key 00 01 … 0f.
func shortDigest(s string) string {
	sum := siphash.Hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, units(s))
	return hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, sum))
}
