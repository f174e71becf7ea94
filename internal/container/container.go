package container

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sluice/internal/task"
)

// A Spec says what is to run in which container.
type Spec struct {
	Container *task.Container
	WorkDir   string   // of the task, absolute
	Inputs    []string // absolute paths of the inputs, links resolved
	BinDirs   []string
	Scratch   bool // the task runs in another directory, mounted too
	Here      bool // all that the task needs is in the directory where the wrapper runs
	Cpus      int
	MemoryMB  int64    // 0 = not set
	Secrets   []string // names of variables to pass on, whose values must not be seen
	HasEnv    bool     // the wrapper has nxf_container_env
	Traced    bool     // Command is the wrapper itself, which needs NXF_DEBUG
	Command   string   // shell text to run inside
	Redirect  string   // shell text after the command, such as ` < file`
}

// Lines are what the wrapper needs of an engine; empty where it needs nothing.
type Lines struct {
	Run    string // runs the task and gives its exit status
	Kill   string // ends it from outside
	Remove string // cleans up afterwards
	Named  bool   // the lines use $NXF_BOXID
}

type engine func(Spec) Lines

// engines is the only list of engines.
var engines = map[string]engine{
	"docker":       docker,
	"podman":       podman,
	"singularity":  singularity,
	"apptainer":    apptainer,
	"charliecloud": charliecloud,
	"shifter":      shifter,
	"sarus":        sarus,
}

// Build makes the lines for the engine that s.Container names.
func Build(s Spec) (Lines, error) {
	e := engines[s.Container.Engine]
	if e == nil {
		return Lines{}, fmt.Errorf("container engine `%s` is not one of %s", s.Container.Engine, strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
	}
	if s.Cpus < 1 {
		s.Cpus = 1
	}
	return e(s), nil
}

// A words collects the words of a command line.
type words []string

func (w *words) add(more ...string) {
	for _, s := range more {
		if s != "" {
			*w = append(*w, s)
		}
	}
}

func (w *words) String() string { return strings.Join(*w, " ") }

// program is the engine's name with what stands before its subcommand.
func program(c *task.Container, name string) words {
	var w words
	if c.Sudo {
		w.add("sudo")
	}
	w.add(name, c.EngineOptions)
	return w
}

// limits are the options for CPUs and memory that docker and podman share.
func limits(s Spec) []string {
	var w []string
	if !s.Container.Legacy {
		w = append(w, "--cpu-shares "+strconv.Itoa(s.Cpus*1024))
	}
	if s.MemoryMB > 0 {
		w = append(w, fmt.Sprintf("--memory %dm", s.MemoryMB))
	}
	return w
}

// volumes are the -v options of docker and podman.
func volumes(s Spec) []string {
	c := s.Container
	flags := func(more ...string) string {
		if c.MountFlags != "" {
			more = append(more, c.MountFlags)
		}
		if len(more) == 0 {
			return ""
		}
		return ":" + strings.Join(more, ",")
	}
	var w []string
	if t := temporary(s, "-v ", ":/tmp"); t != "" {
		w = append(w, t)
	}
	if s.Here {
		return append(w, `-v "$NXF_TASK_WORKDIR":"$NXF_TASK_WORKDIR"`+flags())
	}
	mount := func(p string, flag string) { w = append(w, "-v "+Quote(p)+":"+Quote(p)+flag) }
	if c.ReadOnlyInputs {
		for _, p := range Mounts(append(slices.Clone(s.Inputs), s.BinDirs...)) {
			mount(p, flags("ro"))
		}
		mount(s.WorkDir, flags())
	} else {
		for _, p := range mounts(s) {
			mount(p, flags())
		}
	}
	if s.Scratch {
		w = append(w, `-v "$NXF_TASK_WORKDIR":"$NXF_TASK_WORKDIR"`+flags())
	}
	return w
}

// mounts are the directories that hold inputs, the work directory, and the
// project: scripts name files beside bin/ by projectDir.
func mounts(s Spec) []string {
	all := append(slices.Clone(s.Inputs), s.BinDirs...)
	return Mounts(append(all, filepath.Join(s.WorkDir, "x"))) // x: itself, not its parent
}

// Mounts is the shortest list of directories to mount for these files: the
// directories they are in, those below one top-level directory joined to what
// they have in common. The order is that of first appearance.
func Mounts(files []string) []string {
	var order []string
	common := map[string][]string{} // top directory -> path elements
	for _, f := range files {
		dir := strings.Split(strings.Trim(filepath.Dir(filepath.Clean(f)), "/"), "/")
		have, ok := common[dir[0]]
		if !ok {
			order = append(order, dir[0])
			common[dir[0]] = dir
			continue
		}
		n := 0
		for n < len(have) && n < len(dir) && have[n] == dir[n] {
			n++
		}
		common[dir[0]] = have[:n]
	}
	out := make([]string, len(order))
	for i, top := range order {
		out[i] = "/" + strings.Join(common[top], "/")
	}
	return out
}

// inner is the shell text with the task's variables set in front.
func inner(s Spec) string {
	if s.HasEnv {
		return "eval $(nxf_container_env); " + InDouble(s.Command)
	}
	return InDouble(s.Command)
}
