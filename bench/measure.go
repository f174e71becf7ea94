package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A usage is what one run took.
type usage struct {
	wall time.Duration
	rss  int64 // bytes, of the engine's process alone
}

// measureCommand runs the engine in dir. The maximum resident set that wait4
// gives is that of the process or of the largest child it waited for, whichever is
// larger; tasks here are shells of a few MB, far below either engine. The original's
// launcher is a shell script that ends in exec, so its process is Java's.
func measureCommand(dir, engine string, args []string) (usage, error) {
	env := append(os.Environ(), "NXF_OFFLINE=true", "NXF_ANSI_LOG=false", "NXF_DISABLE_CHECK_LATEST=true", "PWD="+dir)
	return measureIn(dir, env, engine, args...)
}

// measureIn runs a program with an environment.
func measureIn(dir string, env []string, program string, args ...string) (usage, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		tail := out.String()
		if len(tail) > 2000 {
			tail = tail[len(tail)-2000:]
		}
		return usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail)
	}
	ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return usage{}, fmt.Errorf("no resource usage on %s", runtime.GOOS)
	}
	return usage{wall, ru.Maxrss * 1024}, nil
}

// median of time and of memory, each by itself.
func median(us []usage) usage {
	if len(us) == 0 {
		return usage{}
	}
	walls, sizes := make([]time.Duration, len(us)), make([]int64, len(us))
	for i, u := range us {
		walls[i], sizes[i] = u.wall, u.rss
	}
	slices.Sort(walls)
	slices.Sort(sizes)
	return usage{walls[len(walls)/2], sizes[len(sizes)/2]}
}

// floorScript makes the work directories of n tasks on all cores and runs the
// tasks, as little as a program can do that leaves the same on disk.
const floorScript = `#!/bin/bash
set -eu
one() {
    d=work/${1:0:2}/$1
    mkdir -p "$d"
    cd "$d"
    printf '#!/bin/bash -ue\necho %s > out.txt\n' "$2" > .command.sh
    printf '#!/bin/bash\n# wrapper of %s\n' "$2" > .command.run
    : > .command.begin
    bash -ue .command.sh > .command.out 2> .command.err
    printf 0 > .exitcode
    cat_out=$(<.command.out)
    printf '%s' "$cat_out" > .command.log
    cd "$OLDPWD"
}
worker() {
    local i h
    for ((i = $1; i < N; i += CORES)); do
        printf -v h '%02x%028x' $((i * 7919 % 256)) "$i"
        one "$h" "$i"
    done
}
for ((c = 0; c < CORES; c++)); do worker "$c" & done
wait
cat work/*/*/out.txt | wc -l
`

// runFloor times floorScript for n tasks.
func runFloor(dir string, n int) (time.Duration, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "floor.sh")
	if err := os.WriteFile(path, []byte(floorScript), 0o755); err != nil {
		return 0, err
	}
	cmd := exec.Command("bash", path)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("N=%d", n), fmt.Sprintf("CORES=%d", runtime.NumCPU()))
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	if got := strings.TrimSpace(string(out)); got != fmt.Sprint(n) {
		return 0, fmt.Errorf("%s of %d tasks left a result", got, n)
	}
	return wall, nil
}
