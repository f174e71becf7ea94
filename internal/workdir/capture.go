package workdir

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// captures is what follows the script to write .command.env:
//
//	NAME=value, over as many lines as it has
//	/NAME/            or, for a command, /NAME/=exit:0
func captures(t *task.Task) string {
	var b strings.Builder
	b.WriteString("\n\n# capture process environment\nset +u\nset +e\ncd \"$NXF_TASK_WORKDIR\"\n\n")
	b.WriteString("echo '' > " + EnvFile + "\n")
	for _, name := range t.CaptureEnv {
		fmt.Fprintf(&b, "#\nprintf '%%s\\n' %s=\"${%s[*]}\" /%s/ >> %s\n", name, name, name, EnvFile)
	}
	if len(t.CaptureEval) > 0 {
		b.WriteString(evalFunction)
	}
	for _, e := range t.CaptureEval {
		fmt.Fprintf(&b, "#\nnxf_eval_cmd %s %s\n", container.Quote(e.Name), container.Quote(e.Value))
	}
	return b.String()
}

const evalFunction = `#
nxf_eval_cmd() {
    local text status
    text=$(eval "$2" 2>.command.env.err)
    status=$?
    [ $status -eq 0 ] || text=$(cat .command.env.err)
    rm -f .command.env.err
    printf '%s\n' "$1=$text" "/$1/=exit:$status" >> .command.env
}
`

// A Capture is one variable or command of .command.env.
type Capture struct {
	Value string // of a failed command, its error output
	Exit  int    // of a command
}

// ReadCaptures reads .command.env of a work directory.
func ReadCaptures(dir Tree) (map[string]Capture, error) {
	data, err := dir.ReadFile(EnvFile)
	if err != nil {
		return nil, fmt.Errorf("read captured environment: %w", err)
	}
	out := map[string]Capture{}
	name, value := "", ""
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		if name == "" {
			name, value, _ = strings.Cut(line, "=")
			continue
		}
		if rest, ok := strings.CutPrefix(line, "/"+name+"/"); ok && (rest == "" || strings.HasPrefix(rest, "=exit:")) {
			c := Capture{Value: value}
			if rest != "" {
				if c.Exit, err = strconv.Atoi(rest[len("=exit:"):]); err != nil {
					return nil, fmt.Errorf("read captured environment: exit status of %s: %w", name, err)
				}
			}
			out[name] = c
			name, value = "", ""
			continue
		}
		value += "\n" + line
	}
	return out, nil
}
