package stdlib

import (
	"fmt"
	"os"
	"os/user"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"sluice/internal/lang/value"
)

var started = time.Now()

func systemStatics() []def {
	return []def{
		{"getenv", "name: String", "is a variable of the environment", func(c call) (value.Value, error) { return getenv(c, c.strArg(0)), nil }},
		{"getenv", "", "is the environment", func(c call) (value.Value, error) {
			return environment(c.th.Host.Getenv), nil
		}},
		{"getProperty", "name: String, fallback = null", "is a property of the machine", func(c call) (value.Value, error) {
			if v := systemProperty(c, c.strArg(0)); v != nil {
				return v, nil
			}
			return c.arg(1), nil
		}},
		{"getProperties", "", "are the properties of the machine", func(c call) (value.Value, error) {
			m := value.NewHashMap(16)
			for _, name := range systemProperties {
				m.Set(value.String(name), systemProperty(c, name))
			}
			return &Properties{m}, nil
		}},
		{"setProperty", "name: String, value", "is not kept", func(c call) (value.Value, error) { return systemProperty(c, c.strArg(0)), nil }},
		{"currentTimeMillis", "", "is the time in milliseconds since 1970", func(c call) (value.Value, error) { return value.Long(time.Now().UnixMilli()), nil }},
		{"nanoTime", "", "is a time to measure with", func(c call) (value.Value, error) { return value.Long(time.Since(started).Nanoseconds()), nil }},
		{"lineSeparator", "", "is the end of a line", func(c call) (value.Value, error) { return value.String("\n"), nil }},
		{"identityHashCode", "value", "is a number of the object", func(c call) (value.Value, error) { return value.Int(value.HashCode(c.arg(0))), nil }},
		{"gc", "", "does nothing", func(c call) (value.Value, error) { return nil, nil }},
		{"exit", "status: Number", "ends the run", func(c call) (value.Value, error) { return nil, &ExitError{Code: c.intArg(0)} }},
	}
}

// environment is the variables of the process as look finds them.
func environment(look func(string) (string, bool)) *value.Map {
	m := value.NewMap(0)
	for _, kv := range os.Environ() {
		name, _, ok := strings.Cut(kv, "=")
		if v, found := look(name); ok && found {
			m.Set(value.String(name), value.String(v))
		}
	}
	return m
}

func systemConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"out": &Writer{of: printStreamClass},
		"err": &Writer{of: printStreamClass, toErr: true},
		"in":  newReader(inputStreamClass, os.Stdin, nil),
		"env": environment(os.LookupEnv),
	}
}

var systemProperties = []string{
	"user.dir", "user.home", "user.name", "os.name", "os.arch", "os.version", "java.io.tmpdir", "file.separator",
	"path.separator", "line.separator", "file.encoding", "java.version", "java.vendor",
}

func systemProperty(c call, name string) value.Value {
	home := func() (string, string) {
		u, err := user.Current()
		if err != nil {
			return text(getenv(c, "HOME")), text(getenv(c, "USER"))
		}
		return u.HomeDir, u.Username
	}
	var s string
	switch name {
	case "user.dir":
		s = workingDir(c.th)
	case "user.home":
		s, _ = home()
	case "user.name":
		_, s = home()
	case "os.name":
		s = "Linux"
		if runtime.GOOS == "darwin" {
			s = "Mac OS X"
		}
	case "os.arch":
		s = runtime.GOARCH
		if s == "arm64" {
			s = "aarch64"
		}
	case "os.version":
		s = kernelRelease()
	case "java.io.tmpdir":
		s = tempDir(c.th)
	case "file.separator":
		s = "/"
	case "path.separator":
		s = ":"
	case "line.separator":
		s = "\n"
	case "file.encoding":
		s = "UTF-8"
	case "java.version":
		s = "17.0.15"
	case "java.vendor":
		s = "sluice"
	default:
		return nil
	}
	return value.String(s)
}

// kernelRelease is what `uname -r` prints.
func kernelRelease() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// A JavaRuntime is java.lang.Runtime.
type JavaRuntime struct{}

// Class is java.lang.Runtime.
func (JavaRuntime) Class() *value.Class { return value.RuntimeClass }

func runtimeStatics() []def {
	return []def{{"getRuntime", "", "is the runtime", func(c call) (value.Value, error) { return JavaRuntime{}, nil }}}
}

// sysHelperStatics tell what machine this is: pipelines ask in their
// configuration, to lower what they request.
func sysHelperStatics() []def {
	return []def{
		{"getAvailCpus", "", "is the number of processors", func(c call) (value.Value, error) { return value.Int(runtime.NumCPU()), nil }},
		{"getAvailMemory", "", "is the memory of this machine", func(c call) (value.Value, error) {
			var si unix.Sysinfo_t
			if err := unix.Sysinfo(&si); err != nil {
				return nil, fmt.Errorf("read memory size: %w", err)
			}
			return value.Memory(int64(si.Totalram) * int64(si.Unit)), nil
		}},
		{"getAvailDisk", "", "is the free disk of the launch directory", func(c call) (value.Value, error) {
			var st unix.Statfs_t
			if err := unix.Statfs(c.th.Host.LaunchDir(), &st); err != nil {
				return nil, fmt.Errorf("read free disk: %w", err)
			}
			return value.Memory(int64(st.Bavail) * st.Bsize), nil
		}},
	}
}

func runtimeMethods() []def {
	memory := func(c call) (value.Value, error) {
		if limit := debug.SetMemoryLimit(-1); limit > 0 && limit < 1<<50 {
			return value.Long(limit), nil
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return value.Long(m.Sys), nil
	}
	return []def{
		{"availableProcessors", "", "is the number of processors", func(c call) (value.Value, error) { return value.Int(runtime.NumCPU()), nil }},
		{"totalMemory", "", "is the memory in use", memory},
		{"maxMemory", "", "is the memory allowed", memory},
		{"freeMemory", "", "is the memory not in use", func(c call) (value.Value, error) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return value.Long(m.HeapIdle), nil
		}},
		{"exit", "status: Number", "ends the run", func(c call) (value.Value, error) { return nil, &ExitError{Code: c.intArg(0)} }},
		{"exec", "command", "starts a child process", func(c call) (value.Value, error) {
			c.recv, c.args = c.arg(0), nil
			return executeMethod(c)
		}},
		{"gc", "", "does nothing", func(c call) (value.Value, error) { return nil, nil }},
	}
}

func threadStatics() []def {
	return append(threadStartStatics(), def{"sleep", "milliseconds: Number", "waits", sleepFunction})
}

// tempDir is where temporary files go: NXF_TEMP, else TMPDIR.
func tempDir(th *value.Thread) string {
	if th != nil && th.Host != nil {
		if dir, ok := th.Host.Getenv("NXF_TEMP"); ok && dir != "" {
			return dir
		}
	}
	return os.TempDir()
}

// workingDir is where the program was started. NXF_FILE_ROOT moves where
// relative paths begin, not this.
func workingDir(th *value.Thread) string {
	if root, ok := th.Host.Getenv("NXF_FILE_ROOT"); ok && root != "" {
		if dir, err := os.Getwd(); err == nil {
			return dir
		}
	}
	return th.Host.LaunchDir()
}
