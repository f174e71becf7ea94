package azurebatch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/node"
	"sluice/internal/storage"
)

// tools are the programs that nodes get, once they are in the storage.
type tools struct {
	busy           gate // held while they are uploaded
	done           bool // guarded by Executor.mu
	sluice, azcopy tool
}

// A tool is a program in the storage.
type tool struct {
	sha  string // SHA-256, hexadecimal; "" for none
	blob string // container/path
}

// uploadTools brings this program, and azcopy if it is wanted, into the
// storage, unless they are there.
func (e *Executor) uploadTools(ctx context.Context) (tools, error) {
	e.mu.Lock()
	t := e.tools
	e.mu.Unlock()
	if t.done {
		return t, nil
	}
	if err := t.busy.lock(ctx); err != nil {
		return t, err
	}
	defer t.busy.unlock()
	e.mu.Lock()
	t = e.tools
	e.mu.Unlock()
	if t.done {
		return t, nil
	}
	program, err := e.program()
	if err != nil {
		return t, err
	}
	if t.sluice, err = e.upload(ctx, program, node.ProgramFile, ""); err != nil {
		return t, err
	}
	c := &e.s.cfg
	if c.CopyTool == "azcopy" && c.Batch.CopyToolInstallMode != "off" {
		file, err := azcopyFile(&c.AzCopy)
		if err != nil {
			return t, err
		}
		if t.azcopy, err = e.upload(ctx, file, node.AzCopyFile, c.AzCopy.SHA256); err != nil {
			return t, err
		}
	}
	t.done = true
	e.mu.Lock()
	e.tools = t
	e.mu.Unlock()
	return t, nil
}

// CheckTools says whether the programs that nodes get are here, and are what
// they should be.
func CheckTools(c *config.Azure) error {
	if _, err := program(c.NodeBinary); err != nil {
		return err
	}
	if c.CopyTool != "azcopy" || c.Batch.CopyToolInstallMode == "off" {
		return nil
	}
	_, err := azcopyFile(&c.AzCopy)
	return err
}

// sumOf is the SHA-256 and the size of a file. It must be want, unless that is
// "". The file is not held in memory: most runs find it in the storage.
func sumOf(file, want string) (sum string, size int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("read %s: %w", file, err)
	}
	text := hex.EncodeToString(h.Sum(nil))
	if want != "" && !strings.EqualFold(want, text) {
		return "", 0, &azure.FindingError{Finding: azure.Finding{
			ID: findingProgram, Check: 3, What: fmt.Sprintf("%s has the SHA-256 %s, not %s", file, text, want),
			Cause: "azure.azcopy.sha256 pins another release", Fix: []string{"sha256sum " + file},
		}}
	}
	return text, size, nil
}

// program is the executable that nodes run.
func (e *Executor) program() (string, error) {
	if e.o.Program != "" {
		return program(e.o.Program)
	}
	return program(e.s.cfg.NodeBinary)
}

func program(file string) (string, error) {
	if file == "" {
		var err error
		if file, err = os.Executable(); err != nil {
			return "", fmt.Errorf("find this program, for the nodes: %w", err)
		}
	}
	f, err := elf.Open(file)
	if err != nil {
		return "", fmt.Errorf("nodes run linux, and %s is no program for it (azure.nodeBinary names one): %w", file, err)
	}
	return file, f.Close()
}

// upload brings a file into the storage under its hash. Two heads that do it
// at the same time write the same bytes.
func (e *Executor) upload(ctx context.Context, file, name, want string) (tool, error) {
	sum, size, err := sumOf(file, want)
	if err != nil {
		return tool{}, fmt.Errorf("read %s for the nodes: %w", name, err)
	}
	t := tool{sha: sum}
	t.blob = path.Join(strings.TrimPrefix(e.o.WorkDir, scheme), ".sluice/bin", t.sha, name)
	info, err := e.o.Store.Stat(ctx, t.blob)
	switch {
	case err == nil && info.Size == size:
		return t, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return tool{}, fmt.Errorf("look for %s in the work directory: %w", name, err)
	}
	data, err := os.ReadFile(file) // nodes check its hash once more
	if err != nil {
		return tool{}, fmt.Errorf("read %s for the nodes: %w", name, err)
	}
	if err := e.write(ctx, t.blob, data); err != nil && !errors.Is(err, fs.ErrExist) {
		return tool{}, fmt.Errorf("upload %s for the nodes: %w", name, err)
	}
	return t, nil
}

// write writes a file whole: a blob appears only once it is complete. A
// storage that can refuse to replace a file is asked to.
func (e *Executor) write(ctx context.Context, name string, data []byte) error {
	if s, ok := e.o.Store.(interface {
		PutNew(ctx context.Context, name string, data []byte) error
	}); ok {
		return s.PutNew(ctx, name, data)
	}
	if d, ok := e.o.Store.(storage.Directories); ok {
		if err := d.Mkdir(ctx, path.Dir(name), true); err != nil {
			return err
		}
	}
	w, err := e.o.Store.Create(ctx, name, false)
	if err != nil {
		return err
	}
	return copyClose(w, data)
}

func copyClose(w io.WriteCloser, data []byte) error {
	_, err := io.Copy(w, bytes.NewReader(data))
	return errors.Join(err, w.Close())
}

// azcopyFile is the azcopy for nodes: the configured one, else that of PATH.
// Another one than was pinned is not even started.
func azcopyFile(c *config.AzCopy) (string, error) {
	file := c.Source
	if file == "" {
		var err error
		if file, err = exec.LookPath(node.AzCopyFile); err != nil {
			return "", &azure.FindingError{Finding: azure.Finding{
				ID: findingProgram, Check: 3, What: "azure.copyTool is azcopy, and there is none on PATH", Cause: err.Error(),
				Fix: []string{"azure.azcopy.source = '<path of azcopy for linux>'", "azure.copyTool = 'native'"},
			}}
		}
	}
	if c.SHA256 != "" {
		_, _, err := sumOf(file, c.SHA256)
		if wrong := (*azure.FindingError)(nil); err != nil && !errors.As(err, &wrong) {
			err = unreadable(file, err)
		}
		if err != nil {
			return "", err
		}
	}
	v, err := azcopyVersion(file)
	if err != nil {
		return "", unreadable(file, err)
	}
	if !atLeast(v, node.MinAzCopy) {
		return "", &azure.FindingError{Finding: azure.Finding{
			ID: findingProgram, Check: 3, What: fmt.Sprintf("%s is azcopy %s; nodes need %s or newer", file, v, node.MinAzCopy),
			Cause: "older ones do not log in with every kind of identity", Fix: []string{"npm install @azure-tools/azcopy-linux", "azure.copyTool = 'native'"},
		}}
	}
	return file, nil
}

// unreadable is an azcopy that cannot be used at all.
func unreadable(file string, err error) error {
	return &azure.FindingError{Finding: azure.Finding{
		ID: findingProgram, Check: 3, What: file + " is no azcopy that runs here", Cause: err.Error(),
		Fix: []string{"azure.azcopy.source = '<path of azcopy for linux>'", "azure.copyTool = 'native'"},
	}}
}

// azcopyVersion reads `azcopy version 10.32.2`.
func azcopyVersion(file string) (string, error) {
	out, err := exec.Command(file, "--version").Output()
	if err != nil {
		return "", err
	}
	words := strings.Fields(string(out))
	if len(words) == 0 {
		return "", errors.New("it says nothing")
	}
	return words[len(words)-1], nil
}

// atLeast compares versions number by number.
func atLeast(v, least string) bool {
	have, want := strings.Split(v, "."), strings.Split(least, ".")
	for i := range want {
		w, _ := strconv.Atoi(want[i]) // a constant
		h := 0
		if i < len(have) {
			var err error
			if h, err = strconv.Atoi(strings.TrimFunc(have[i], func(r rune) bool { return r < '0' || r > '9' })); err != nil {
				return false
			}
		}
		if h != w {
			return h > w
		}
	}
	return true
}
