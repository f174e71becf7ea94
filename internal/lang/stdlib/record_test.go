package stdlib_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "ask the original engine, the command in $ORACLE, about the lines of testdata/*.txt that have no result yet")

// perScript is how many expressions one script of the recorder has: few enough
// for the size of a Java class.
const perScript = 400

// record completes the lines that are an expression and nothing else. All
// lines of the file run, in order, because some depend on what earlier ones
// wrote.
func record(t *testing.T, file string) {
	t.Helper()
	lines := readLines(t, file)
	missing := false
	for _, line := range lines {
		missing = missing || !strings.Contains(line, "\t")
	}
	if !missing {
		return
	}
	dir := fixture(t)
	for first := 0; first < len(lines); first += perScript {
		part := lines[first:min(first+perScript, len(lines))]
		results := ask(t, dir, part)
		for i, line := range part {
			if !strings.Contains(line, "\t") && results[i] != "" {
				part[i] = line + "\t" + results[i]
			}
		}
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	compileError = regexp.MustCompile(`(?m)^Error [^:\n]*t\.nf:(\d+):\d+: (.*)$`)
	recorded     = regexp.MustCompile(`(?m)^@@(\d+)\t(.*)$`)
)

// ask gives the original engine's result of each line; none for those that do
// not compile there, which it reports.
func ask(t *testing.T, dir string, lines []string) []string {
	t.Helper()
	out := make([]string, len(lines))
	rejected := map[int]bool{}
	for range 25 {
		output := runOracle(t, dir, recordingScript(lines, rejected))
		found := compileError.FindAllStringSubmatch(output, -1)
		for _, m := range found {
			n, err := strconv.Atoi(m[1])
			if err != nil || n > len(lines) {
				t.Fatalf("the recording script does not compile:\n%s", output)
			}
			rejected[n-1] = true
			t.Errorf("does not compile: %s\n%s", lines[n-1], m[2])
		}
		if len(found) > 0 {
			continue
		}
		for _, m := range recorded.FindAllStringSubmatch(output, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			out[n] = clean(m[2], dir)
		}
		if len(recorded.FindAllString(output, -1)) == 0 {
			t.Fatalf("nothing recorded:\n%s", output)
		}
		return out
	}
	t.Fatal("the recording script never compiles")
	return nil
}

// recordingScript has the n-th expression on its n-th line, so that errors
// name it.
func recordingScript(lines []string, rejected map[int]bool) string {
	var b, calls strings.Builder
	for i, line := range lines {
		expr, _, _ := strings.Cut(line, "\t")
		if rejected[i] {
			expr = ""
		} else {
			fmt.Fprintf(&calls, "    show(%d) { q%d() }\n", i, i)
		}
		fmt.Fprintf(&b, "def q%d() { %s }\n", i, expr)
		if i%50 == 49 {
			fmt.Fprintf(&calls, "}\ndef from%d() {\n", i)
		}
	}
	b.WriteString(`def text(v) {
    if (v == null) return '=> null\t: null'
    def array = v.getClass().isArray()
    return '=> ' + (array ? v.toList() : v).toString() + '\t: ' + (array ? 'array' : v.getClass().getName())
}
def show(n, f) {
    def line = ''
    try { line = text(f.call()) }
    catch (Throwable e) { line = '!! ' + e.getClass().getName() + ': ' + e.getMessage() }
    println('\n@@' + n + '\t' + line.replace('\n', '\\n'))
}
def first() {
`)
	b.WriteString(calls.String())
	b.WriteString("}\nworkflow {\n    first()\n")
	for i := 49; i < len(lines); i += 50 {
		fmt.Fprintf(&b, "    from%d()\n", i)
	}
	b.WriteString("}\n")
	return b.String()
}

func runOracle(t *testing.T, dir, script string) string {
	t.Helper()
	scratch := t.TempDir()
	file := filepath.Join(scratch, "t.nf")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Getenv("ORACLE"), "-log", filepath.Join(scratch, "log"), "run", file, "-ansi-log", "false", "-w", filepath.Join(scratch, "work"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME=/root", "TZ=UTC", "NXF_ANSI_LOG=false")
	output, err := cmd.CombinedOutput()
	if err != nil && !compileError.Match(output) {
		t.Fatalf("%s: %v\n%s", cmd, err, output)
	}
	return string(output)
}
