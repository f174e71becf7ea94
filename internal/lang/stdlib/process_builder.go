package stdlib

import (
	"os/exec"
	"path/filepath"
	"sort"

	"sluice/internal/lang/value"
)

var processBuilderClass = javaClass("java.lang.ProcessBuilder")

// A ProcessBuilder is java.lang.ProcessBuilder.
type ProcessBuilder struct {
	command *value.List
	env     *value.Map // nil until asked for
	dir     value.Value
	merged  bool // errors go to the output
}

// Class is java.lang.ProcessBuilder.
func (*ProcessBuilder) Class() *value.Class { return processBuilderClass }

// words is a command given as a list or as arguments.
func words(c call) *value.List {
	if c.n() == 1 {
		if l, ok := c.arg(0).(*value.List); ok {
			return l
		}
	}
	return value.NewList(c.args...)
}

func processBuilderConstructors() []def {
	return []def{{"<init>", "command...", "is a command to be started", func(c call) (value.Value, error) { return &ProcessBuilder{command: words(c)}, nil }}}
}

func processBuilderMethods() []def {
	get := func(c call) *ProcessBuilder { return c.recv.(*ProcessBuilder) }
	return []def{
		{"command", "command...", "sets the command, or is it", func(c call) (value.Value, error) {
			if c.n() == 0 {
				return get(c).command, nil
			}
			get(c).command = words(c)
			return c.recv, nil
		}},
		{"environment", "", "is the environment, which may be changed", func(c call) (value.Value, error) {
			if get(c).env == nil {
				m := environment(c.th.Host.Getenv)
				get(c).env = value.NewMap(m.Len())
				m.Entries(func(k, v value.Value) bool { get(c).env.Set(k, v); return true })
			}
			return get(c).env, nil
		}},
		{"directory", "dir = null", "sets the directory, or is it", func(c call) (value.Value, error) {
			if c.n() == 0 {
				return get(c).dir, nil
			}
			get(c).dir = c.arg(0)
			return c.recv, nil
		}},
		{"redirectErrorStream", "on: Boolean = true", "sends errors where the output goes", func(c call) (value.Value, error) {
			get(c).merged = c.boolOr(0, true)
			return c.recv, nil
		}},
		{"start", "", "starts the command", func(c call) (value.Value, error) { return get(c).start(c) }},
	}
}

func (b *ProcessBuilder) start(c call) (value.Value, error) {
	if len(b.command.Elems) == 0 {
		return nil, value.Throw("java.lang.IndexOutOfBoundsException", "Index 0 out of bounds for length 0")
	}
	argv := make([]string, len(b.command.Elems))
	for i, e := range b.command.Elems {
		argv[i] = value.ToString(e)
	}
	cmd := exec.CommandContext(threadContext(c.th), argv[0], argv[1:]...)
	cmd.Dir = workingDir(c.th)
	if b.dir != nil {
		if cmd.Dir = pathText(b.dir); !filepath.IsAbs(cmd.Dir) {
			cmd.Dir = filepath.Join(workingDir(c.th), cmd.Dir)
		}
	}
	if b.env != nil {
		cmd.Env = []string{}
		b.env.Entries(func(k, v value.Value) bool {
			cmd.Env = append(cmd.Env, value.ToString(k)+"="+value.ToString(v))
			return true
		})
		sort.Strings(cmd.Env)
	}
	return startProcess(c, cmd, b.merged)
}
