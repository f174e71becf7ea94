package workdir

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// writeWrapper writes .command.run. image is the container that somebody
// else starts it in; "" for none.
func writeWrapper(b *bytes.Buffer, t *task.Task, image string) error {
	env, err := exports(t)
	if err != nil {
		return err
	}
	lines, err := containerLines(t, env != "")
	if err != nil {
		return err
	}
	w := wrapper{Buffer: b, t: t, dir: container.Quote(t.WorkDir), box: lines, env: env, image: image}
	if isAway(t) {
		w.dir = `"$PWD"`
	}
	w.header()
	b.WriteString("set -e\nset -u\nNXF_DEBUG=${NXF_DEBUG:=0}; [[ $NXF_DEBUG > 1 ]] && set -x\nNXF_ENTRY=${1:-nxf_main}\nnxf_dir=" + w.dir + "\n\n")
	b.WriteString(library)
	w.remote()
	w.traced()
	if len(t.Module) > 0 {
		b.WriteString(moduleFunction)
	}
	if t.Scratch != "" {
		b.WriteString(fsFunctions)
	}
	w.containerEnv()
	w.secrets()
	w.exits()
	w.function("nxf_launch", w.launch())
	if isAway(t) {
		w.function("nxf_stage", remoteStage(t))
		w.function("nxf_unstage_outputs", remoteUnstage(t))
	} else {
		w.function("nxf_stage", stageLines(t))
		w.function("nxf_unstage_outputs", unstageLines(t))
	}
	w.function("nxf_unstage_controls", w.controls())
	b.WriteString(unstageFunction)
	w.main()
	b.WriteString("$NXF_ENTRY\n")
	return nil
}

type wrapper struct {
	*bytes.Buffer
	t   *task.Task
	dir string // work directory as a shell word
	box container.Lines
	env string

	image string // that somebody else runs this wrapper in
}

func (w *wrapper) add(lines ...string) {
	for _, l := range lines {
		w.WriteString(l)
		w.WriteByte('\n')
	}
}

func (w *wrapper) function(name string, body []string) {
	w.add(name + "() {")
	if len(body) == 0 {
		w.add("    true")
	}
	for _, l := range body {
		w.add("    " + l)
	}
	w.add("}", "")
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ", "'", "''")

// header is YAML for tools that look into work directories.
func (w *wrapper) header() {
	w.add("#!/bin/bash", "### ---", "### name: '"+oneLine.Replace(w.t.Name)+"'")
	if c := w.t.Container; c != nil {
		w.add("### container: '" + oneLine.Replace(c.Image) + "'")
	} else if w.image != "" {
		w.add("### container: '" + oneLine.Replace(w.image) + "'")
	}
	if len(w.t.OutputGlobs) > 0 {
		w.add("### outputs:")
		for _, g := range w.t.OutputGlobs {
			w.add("### - '" + oneLine.Replace(g) + "'")
		}
	}
	w.add("### ...")
}

// usesTrace says whether the task is started by nxf_trace.
func usesTrace(t *task.Task) bool {
	return t.WantMetrics || t.Container != nil && t.Container.FixOwnership
}

// scriptLine runs .command.sh, stdin apart.
func scriptLine(t *task.Task) string {
	var words []string
	for _, s := range Interpreter(t) {
		words = append(words, container.Quote(s))
	}
	return strings.Join(append(words, inDir(t, ScriptFile)), " ")
}

func stdinOf(t *task.Task) string {
	if t.Stdin == nil {
		return ""
	}
	return " < " + inDir(t, InFile)
}

// shellOf is the shell for the wrapper itself when it runs again as nxf_trace.
func traceLine(t *task.Task) string {
	return "/bin/bash " + inDir(t, RunFile) + " nxf_trace"
}

// inDir is the shell word for a control file.
func inDir(t *task.Task, name string) string {
	if isAway(t) {
		return `"$NXF_TASK_WORKDIR"/` + name // in containers too
	}
	return container.Quote(filepath.Join(t.WorkDir, name))
}

func containerLines(t *task.Task, hasEnv bool) (container.Lines, error) {
	if t.Container == nil {
		return container.Lines{}, nil
	}
	s := container.Spec{
		Container: t.Container,
		WorkDir:   t.WorkDir,
		BinDirs:   t.BinDirs,
		Scratch:   t.Scratch != "",
		Cpus:      t.Resources.Cpus,
		MemoryMB:  int64(t.Resources.Memory) >> 20,
		HasEnv:    hasEnv,
		Secrets:   secretNames(t),
		Traced:    usesTrace(t),
		Here:      isAway(t),
	}
	for _, in := range t.Stage {
		if s.Here {
			break
		}
		real, err := filepath.EvalSymlinks(in.Source)
		if err != nil {
			real = in.Source // the task will see what is missing
		}
		s.Inputs = append(s.Inputs, real)
	}
	if s.Traced {
		s.Command = traceLine(t)
	} else {
		s.Command, s.Redirect = scriptLine(t), stdinOf(t)
	}
	lines, err := container.Build(s)
	if err != nil {
		return lines, fmt.Errorf("prepare %s: %w", t.Name, err)
	}
	return lines, nil
}

func (w *wrapper) traced() {
	if usesTrace(w.t) {
		w.WriteString(strings.Replace(traceFunctions, "NXF_SCRIPT", scriptLine(w.t)+stdinOf(w.t), 1))
	}
}

func (w *wrapper) containerEnv() {
	if w.t.Container != nil && w.env != "" {
		w.function("nxf_container_env", []string{"printf '%s' " + container.Quote(container.Quote(w.env))})
	}
}

func secretNames(t *task.Task) []string {
	if t.Secrets == nil {
		return nil
	}
	return t.Secrets.Names
}

// showEnv prints the environment for NXF_DEBUG, without secrets.
func (w *wrapper) showEnv() string {
	if w.t.Secrets == nil || w.t.Remote != nil {
		return "nxf_env"
	}
	return "( unset " + strings.Join(w.t.Secrets.Names, " ") + "; nxf_env )"
}

// secrets is the function that sets the task's secrets. The engine hands them
// over in the environment; called by hand, the wrapper asks for them. From
// there on the shell does not show what it does.
func (w *wrapper) secrets() {
	s := w.t.Secrets
	if s == nil {
		return
	}
	if w.t.Remote != nil {
		w.function("nxf_secrets", vaultLines(s.Names))
		return
	}
	body := []string{
		"{ set +x; } 2>/dev/null",
		"local nxf_name nxf_program",
		`if [[ ! ${NXF_SECRETS_SET:-} ]]; then`,
		"    nxf_program=$(command -v " + container.Quote(s.Program) + " sluice nextflow | head -n 1)",
		"    for nxf_name in " + strings.Join(s.Names, " ") + "; do",
		`        printf -v "$nxf_name" '%s' "$(NXF_SECRETS_FILE=` + container.Quote(s.Store) + ` "$nxf_program" secrets get "$nxf_name" && printf x)"`,
		`        [[ ${!nxf_name} == *$'\nx' ]] || exit 1`,
		`        printf -v "$nxf_name" '%s' "${!nxf_name%$'\nx'}"`,
		"    done",
		"fi",
		"unset NXF_SECRETS_SET",
		"export " + strings.Join(s.Names, " "),
	}
	w.function("nxf_secrets", body)
}

// launch is what runs the task and gives its exit status.
func (w *wrapper) launch() []string {
	if w.t.Remote != nil && w.t.Secrets != nil {
		// Known to the script, and not to what moves the files.
		return []string{"nxf_secrets || exit $?", w.run()}
	}
	return []string{w.run()}
}

func (w *wrapper) run() string {
	switch {
	case w.t.Container != nil:
		return w.box.Run
	case usesTrace(w.t):
		return traceLine(w.t)
	}
	return scriptLine(w.t) + stdinOf(w.t)
}

func (w *wrapper) exits() {
	body := []string{
		"local last=$? status=${nxf_main_ret:=0}",
		"[[ $status -eq 0 ]] && status=${nxf_unstage_ret:=0}",
		"[[ $status -eq 0 ]] && status=$last",
		"printf '%s' $status > \"$nxf_dir/" + ExitFile + "\"",
	}
	if w.t.Scratch != "" {
		body = append(body, `[[ ${NXF_SCRATCH:-} ]] && cd "$nxf_dir" && rm -rf -- "$NXF_SCRATCH" || true`)
	}
	if w.box.Remove != "" {
		body = append(body, w.box.Remove)
	}
	w.function("on_exit", append(body, "set +u", "exit $status"))

	body = []string{"set +e"}
	if w.box.Kill != "" {
		body = append(body, w.box.Kill)
	}
	w.function("on_term", append(body, `[[ "${pid:-}" ]] && nxf_kill $pid`))
}

// controls brings the control files back from a scratch directory.
func (w *wrapper) controls() []string {
	if w.t.Scratch == "" {
		return nil
	}
	files := []string{OutFile, ErrFile}
	if usesTrace(w.t) {
		files = append(files, TraceFile)
	}
	if len(w.t.CaptureEnv)+len(w.t.CaptureEval) > 0 {
		files = append(files, EnvFile)
	}
	var out []string
	for _, f := range files {
		out = append(out, "cp "+f+` "$nxf_dir/`+f+`" || true`)
	}
	return out
}

func (w *wrapper) main() {
	w.add(
		"nxf_main() {",
		"    trap on_exit EXIT",
		"    trap on_term TERM INT USR2",
		"    trap '' USR1",
		"",
		`    [[ "${NXF_CHDIR:-}" ]] && cd "$NXF_CHDIR"`,
	)
	if w.t.Remote != nil && !isAway(w.t) {
		// Nobody else keeps what the wrapper prints.
		w.add("    exec > >(trap '' TERM INT HUP; exec tee " + LogFile + ") 2>&1")
	}
	if w.box.Named {
		w.add(`    export NXF_BOXID="${NXF_BOX:-nxf-$(< /proc/sys/kernel/random/uuid)}"`, "    unset NXF_BOX")
	}
	w.add(
		"    NXF_SCRATCH="+scratch(w.t.Scratch),
		"    [[ $NXF_DEBUG > 0 ]] && "+w.showEnv(),
		`    : > "$nxf_dir/`+BeginFile+`"`,
		"    set +u",
	)
	if w.t.BeforeScript != "" {
		w.add("    # beforeScript directive", w.t.BeforeScript)
	}
	for _, list := range w.t.Module {
		for m := range strings.SplitSeq(list, ":") {
			name, version, _ := strings.Cut(m, "/")
			w.add(strings.TrimRight("    nxf_module_load "+container.Quote(name)+" "+container.Quote(version), " '"))
		}
	}
	for _, s := range w.t.Software {
		w.add("    # environment of "+s.Tool, "    "+activation(s))
	}
	w.add("    set -u")
	if w.t.Container == nil {
		w.WriteString(w.env)
	}
	if w.t.Secrets != nil && w.t.Remote == nil {
		w.add("    nxf_secrets")
	}
	w.add(
		`    [[ $NXF_SCRATCH ]] && cd "$NXF_SCRATCH"`,
		`    export NXF_TASK_WORKDIR="$PWD"`,
	)
	if isAway(w.t) {
		w.WriteString(awayLines)
	} else if w.t.Scratch == "" {
		w.add("    [[ ${NXF_STAGED:-} ]] || nxf_stage", "    unset NXF_STAGED")
	} else {
		w.add("    nxf_stage")
	}
	w.WriteString(runLines)
	if w.t.AfterScript != "" {
		w.add("    # 'afterScript' directive", w.t.AfterScript)
	}
	w.add("}", "")
}

// scratch is the shell word for the directory the task runs in.
// Nextflow docs: reference/process#scratch
func scratch(s string) string {
	switch {
	case s == "":
		return "''"
	case s == "true":
		return `"$(set +u; nxf_mktemp "$TMPDIR")"`
	case s == "ram-disk":
		return `"$(nxf_mktemp /dev/shm/)"`
	case strings.HasPrefix(s, "$"):
		return `"$(set +u; nxf_mktemp "` + s + `")"`
	}
	return `"$(set +u; nxf_mktemp ` + container.Quote(s) + `)"`
}

// activation is the shell line that puts a task into its environment.
func activation(s *task.Software) string {
	dir := container.Quote(filepath.Clean(s.Prefix))
	switch s.Tool {
	case "spack":
		return `eval "$(spack env activate --sh -d ` + dir + `)"`
	case "micromamba":
		return `eval "$(micromamba shell hook --shell bash)" && micromamba activate ` + dir
	}
	return `source $(conda info --json | awk '/conda_prefix/ { gsub(/"|,/, "", $2); print $2 }')/bin/activate ` + dir
}
