package workdir

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sluice/internal/task"
)

// ControlFiles are the files that a task with a work directory in a storage
// needs there before it starts: .command.run, .command.sh and, where there is
// standard input, .command.in.
func ControlFiles(t *task.Task) (map[string][]byte, error) {
	away, image, err := elsewhere(t)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", t.Name, err)
	}
	script, err := scriptOf(away)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := writeWrapper(&b, away, image); err != nil {
		return nil, err
	}
	files := map[string][]byte{ScriptFile: []byte(script), RunFile: b.Bytes()}
	if t.Stdin != nil {
		files[InFile] = []byte(*t.Stdin)
	}
	return files, nil
}

// isAway says whether the wrapper moves files from and to a storage.
func isAway(t *task.Task) bool { return t.Remote != nil && t.Remote.Tool != toolFusion }

const (
	toolNative = "native"
	toolAzCopy = "azcopy"
	toolFusion = "fusion"
)

// elsewhere is t as the wrapper sees it there, and the image that it is
// started in by somebody else.
func elsewhere(t *task.Task) (*task.Task, string, error) {
	if t.Remote == nil {
		return nil, "", fmt.Errorf("work directory %s is on this machine", t.WorkDir)
	}
	if !strings.HasPrefix(t.WorkDir, "az://") {
		return nil, "", fmt.Errorf("work directory %s is not an az:// one", t.WorkDir)
	}
	if t.Exec != nil {
		return nil, "", fmt.Errorf("`exec:` runs on the head and not on a node")
	}
	away, image := *t, ""
	away.Scratch = "" // a node's work directory is local anyway
	if t.Container != nil && !t.Remote.Host {
		away.Container, image = nil, t.Container.Image
	}
	for _, in := range t.Stage {
		if !filepath.IsLocal(in.Name) {
			return nil, "", fmt.Errorf("stage %s: name `%s` leaves the work directory", in.Source, in.Name)
		}
		if t.Remote.Tool == toolFusion && !strings.HasPrefix(in.Source, "az://") {
			return nil, "", fmt.Errorf("stage %s: Fusion mounts az:// only", in.Source)
		}
		if !canFetch(in.Source) {
			return nil, "", fmt.Errorf("stage %s: a node can fetch az:// and https:// only", in.Source)
		}
	}
	for _, d := range t.BinDirs {
		if !strings.HasPrefix(d, "az://") {
			return nil, "", fmt.Errorf("directory of programs %s is not in the storage", d)
		}
	}
	switch t.Remote.Tool {
	case toolFusion:
		return throughMount(&away), image, nil
	case toolNative, toolAzCopy:
	default:
		return nil, "", fmt.Errorf("copy tool `%s` is not one of native, azcopy, fusion", t.Remote.Tool)
	}
	if t.Remote.Endpoint == "" {
		return nil, "", fmt.Errorf("no endpoint of the storage account")
	}
	if t.Remote.Host && away.Container != nil {
		box, err := isolated(away.Container)
		if err != nil {
			return nil, "", err
		}
		away.Container = box
	}
	return &away, image, nil
}

func canFetch(source string) bool {
	return strings.HasPrefix(source, "az://") || strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://")
}

// open are options that let a container reach what it must not.
var open = []string{"--privileged", "--net=host", "--network=host", "--net host", "--network host", "--pid=host", "--pid host", "docker.sock"}

// isolated is a container that the wrapper starts on the host so that it
// cannot reach the identity endpoint.
func isolated(c *task.Container) (*task.Container, error) {
	box := *c
	box.Engine = "docker"
	for _, options := range []string{c.Options, c.RunOptions, c.EngineOptions} {
		for _, o := range open {
			if strings.Contains(strings.Join(strings.Fields(options), " "), o) {
				return nil, fmt.Errorf("container option `%s` ends the isolation that azure.batch.isolation = 'host' asks for", o)
			}
		}
	}
	return &box, nil
}

// throughMount is t with every path as Fusion has it.
func throughMount(t *task.Task) *task.Task {
	t.WorkDir = FusionPath(t.WorkDir)
	t.StageInMode = "symlink"
	t.Stage = slices.Clone(t.Stage)
	for i := range t.Stage {
		t.Stage[i].Source = FusionPath(t.Stage[i].Source)
	}
	t.BinDirs = slices.Clone(t.BinDirs)
	for i := range t.BinDirs {
		t.BinDirs[i] = FusionPath(t.BinDirs[i])
	}
	return t
}

// FusionPath is where Fusion has a file: az://container/path is
// /fusion/az/container/path. What is not az:// stays as it is.
func FusionPath(uri string) string {
	if rest, ok := strings.CutPrefix(uri, "az://"); ok {
		return "/fusion/az/" + rest
	}
	return uri
}

// BlobURL is the address of az://container/path at a storage account, with
// every byte that is not plain written as %XX.
func BlobURL(endpoint, uri string) string {
	rest, ok := strings.CutPrefix(uri, "az://")
	if !ok {
		return uri
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(endpoint, "/"))
	b.WriteByte('/')
	for i := range len(rest) {
		switch c := rest[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// remote writes what a wrapper that moves files needs before all else.
func (w *wrapper) remote() {
	r := w.t.Remote
	if r == nil {
		return
	}
	w.add("nxf_sluice=${SLUICE_NODE:-$(command -v sluice || command -v nextflow || true)}")
	if !isAway(w.t) {
		// Nothing started this that would say where the program is: the job
		// preparation task has put it there.
		w.add(`[[ $nxf_sluice || ! ${SLUICE_SHA:-} ]] || nxf_sluice=${AZ_BATCH_NODE_SHARED_DIR:-}/sluice/$SLUICE_SHA/sluice`)
	}
	w.add("export HOME=${HOME:-$PWD}")
	if !isAway(w.t) {
		w.add(`cd "$nxf_dir"`, "")
		return
	}
	w.add(
		"nxf_endpoint="+word(strings.TrimRight(r.Endpoint, "/")),
		"nxf_remote="+word(BlobURL(r.Endpoint, w.t.WorkDir)),
		`export AZCOPY_LOG_LOCATION=${AZCOPY_LOG_LOCATION:-$PWD/.azcopy/log} AZCOPY_JOB_PLAN_LOCATION=${AZCOPY_JOB_PLAN_LOCATION:-$PWD/.azcopy/plan}`,
		"",
	)
	if r.Tool == toolAzCopy {
		w.azcopy()
		return
	}
	w.add("nxf_tool() {", `    [[ $nxf_sluice ]] || { echo "error: no program sluice on PATH" >&2; return 127; }`,
		`    local what=$1; shift`, `    "$nxf_sluice" node $what `+nativeOptions(r)+` "$@"`, "}", "")
	w.WriteString(nativeFunctions)
}

// nativeOptions are those of `sluice node` that the task decides.
func nativeOptions(r *task.Remote) string {
	o := `--endpoint "$nxf_endpoint"`
	if r.Parallel > 0 {
		o += " --parallel " + strconv.Itoa(r.Parallel)
	}
	if r.Attempts > 0 {
		o += " --attempts " + strconv.Itoa(r.Attempts)
	}
	if r.Delay > 0 {
		o += " --delay " + r.Delay.String()
	}
	if r.BlockSizeMB > 0 {
		o += " --block-size-mb " + strconv.Itoa(r.BlockSizeMB)
	}
	if tierOf(r) != "" {
		o += " --tier " + word(r.Tier)
	}
	if r.SAS {
		o += " --sas"
	}
	return o
}

// tierOf is the access tier for uploads, "" for the account's.
func tierOf(r *task.Remote) string {
	if strings.EqualFold(r.Tier, "none") {
		return ""
	}
	return r.Tier
}

// remoteStage are the commands of nxf_stage.
func remoteStage(t *task.Task) []string {
	out := removeLines(t.Stage)
	made := map[string]bool{}
	for _, in := range t.Stage {
		if dir := path.Dir(path.Clean(in.Name)); dir != "." && !made[dir] {
			made[dir] = true
			out = append(out, "mkdir -p -- "+word(dir))
		}
	}
	out = append(out, "nxf_list=()")
	add := func(url, name string) { out = append(out, "nxf_list+=("+word(url)+" "+word(name)+")") }
	control := []string{ScriptFile}
	if t.Stdin != nil {
		control = append(control, InFile)
	}
	for _, f := range control {
		out = append(out, "[[ -e "+f+` ]] || nxf_list+=("$nxf_remote"/`+f+" "+f+")")
	}
	for i, d := range t.BinDirs {
		out = append(out, "rm -rf -- "+binDir(i))
		add(BlobURL(t.Remote.Endpoint, d), binDir(i))
	}
	for _, in := range t.Stage {
		add(BlobURL(t.Remote.Endpoint, in.Source), path.Clean(in.Name))
	}
	out = append(out, `nxf_az_stage "${nxf_list[@]}"`)
	for i := range t.BinDirs {
		out = append(out, "chmod -R a+rx -- "+binDir(i))
	}
	return out
}

// binDir is where the i-th directory of programs is put.
func binDir(i int) string {
	if i == 0 {
		return ".nextflow-bin"
	}
	return ".nextflow-bin-" + strconv.Itoa(i+1)
}

// remotePath puts the directories of programs in front.
func remotePath(t *task.Task) string {
	if len(t.BinDirs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`export PATH="`)
	for i := range t.BinDirs {
		b.WriteString("$PWD/" + binDir(i) + ":")
	}
	return b.String() + "$PATH\"\n"
}

// remoteUnstage are the commands of nxf_unstage_outputs.
func remoteUnstage(t *task.Task) []string {
	if len(t.OutputGlobs) == 0 {
		return nil
	}
	line := "nxf_az_unstage"
	for _, g := range t.OutputGlobs {
		line += " " + bashGlob(g)
	}
	return []string{"shopt -s nullglob globstar", "set +f", line}
}

// vaultLines are the commands of nxf_secrets on a node: the values come over
// a pipe, and the shell does not show what it does with them.
func vaultLines(names []string) []string {
	n := strconv.Itoa(len(names))
	out := []string{
		"{ set +x; } 2>/dev/null",
		"local nxf_values=()",
		`mapfile -d '' -t nxf_values < <("$nxf_sluice" node secrets ` + strings.Join(names, " ") + `; printf '%s' $?)`,
		`(( ${#nxf_values[@]} == ` + n + ` + 1 )) || return "${nxf_values[-1]:-1}"`,
		`(( nxf_values[` + n + `] == 0 )) || return "${nxf_values[` + n + `]}"`,
	}
	for i, name := range names {
		out = append(out, "export "+name+`="${nxf_values[`+strconv.Itoa(i)+`]}"`)
	}
	return out
}
