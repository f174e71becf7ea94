package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClients runs programs of others that call `nextflow` or read what it
// writes: SLUICE_CLIENTS is the directory where tools/need-clients installed
// them, and NFTEST_JAR the jar of nf-test, which is built from its sources.
// `make clients` sets the first; with -v the transcripts are shown.
func TestClients(t *testing.T) {
	tools := os.Getenv("SLUICE_CLIENTS")
	if tools == "" {
		t.Skip("`make clients` runs these: SLUICE_CLIENTS is not set")
	}
	c := clients{tools: tools}
	t.Run("nextflowpy", c.nextflowpy)
	t.Run("nf-audit", c.nfAudit)
	t.Run("nf-core", c.nfCore)
	t.Run("nf-test", c.nfTest)
}

type clients struct{ tools string }

// run runs a program of the clients in dir and returns what it printed.
func (c clients) run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	if !filepath.IsAbs(program) {
		program = filepath.Join(c.tools, "bin", program)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, "home"), "NXF_HOME="+filepath.Join(dir, "home", ".nextflow"),
		"NXF_OFFLINE=true", "NFCORE_NO_VERSION_CHECK=1", "COLUMNS=120", "PYTHONPATH="+testdata(t, "offline"),
		"PATH="+filepath.Join(c.tools, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	t.Logf("$ %s %s\n%s", filepath.Base(program), strings.Join(args, " "), out)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(program), err)
	}
	return string(out)
}

// testdata is a file of testdata/clients.
func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "clients", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// scratch is a directory with a home in it.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "home", ".nextflow"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pipeline is a copy of the pipeline of testdata in a directory of its own.
func pipeline(t *testing.T) string {
	t.Helper()
	dir := scratch(t)
	if err := os.CopyFS(dir, os.DirFS(testdata(t, "pipeline"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// nextflowpy starts runs and follows them in the log file.
func (c clients) nextflowpy(t *testing.T) {
	dir := pipeline(t)
	out := c.run(t, dir, "python", testdata(t, "look.py"), filepath.Join(dir, "main.nf"), dir)
	type task struct {
		Name, Process, Status, Code string
		Inputs, Outputs             []string
	}
	var got struct {
		Status, Code string
		Named, Dated bool
		Tasks        []task
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != "OK" || got.Code != "0" || !got.Named || !got.Dated || len(got.Tasks) != 2 {
		t.Fatalf("the run is not understood: %+v", got)
	}
	for i, sample := range []string{"one", "two"} {
		one := got.Tasks[i]
		if one.Name != "ALL:COUNT ("+sample+")" || one.Process != "ALL:COUNT" || one.Status != "COMPLETED" || one.Code != "0" ||
			strings.Join(one.Inputs, " ") != sample+".txt" || strings.Join(one.Outputs, " ") != sample+".count versions.yml" {
			t.Errorf("the task of %s is not understood: %+v", sample, one)
		}
	}
}

// nfAudit reads log and trace of a finished run.
func (c clients) nfAudit(t *testing.T) {
	dir := pipeline(t)
	c.run(t, dir, nextflow(t), "run", "main.nf", "-with-trace", "trace.txt")
	c.run(t, dir, "nf-audit", "audit", "run", "-d", dir, "-o", "audit", "-f", "text")
	report, err := os.ReadFile(filepath.Join(dir, "audit", "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Nextflow Version: 25.04.4", "ERROR: 0", "ALL:COUNT: 2 tasks, 0 failed"} {
		if !strings.Contains(string(report), want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
}

// nfCore makes a pipeline of nf-core's template, which calls `nextflow config`,
// works on it, and has its stub run and its containers listed.
func (c clients) nfCore(t *testing.T) {
	dir := scratch(t)
	gitconfig := "[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n"
	files := map[string]string{
		"home/.gitconfig": gitconfig,
		"sheet.csv":       "sample,fastq_1,fastq_2\nA," + dir + "/a_1.fastq.gz," + dir + "/a_2.fastq.gz\nB," + dir + "/b.fastq.gz,\n",
		"params.json":     `{"input": "` + dir + `/sheet.csv", "outdir": "results"}`,
		"a_1.fastq.gz":    "", "a_2.fastq.gz": "", "b.fastq.gz": "",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	made := filepath.Join(dir, "made")
	c.run(t, dir, "nf-core", "pipelines", "create", "-n", "counting", "-d", "Counts", "-a", "A", "-o", made)
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"pipelines", "schema", "lint", "made/nextflow_schema.json"}, `Pipeline schema looks valid`},
		{[]string{"pipelines", "schema", "validate", "made", "params.json"}, `Input parameters look valid`},
		{[]string{"pipelines", "create-params-file", "made", "-o", "params.yml"}, `Parameter file written`},
		{[]string{"pipelines", "bump-version", "-d", "made", "1.0.1dev"}, `1\.0\.1dev`},
		{[]string{"pipelines", "list"}, ``},
	} {
		if out := c.run(t, dir, "nf-core", step.args...); !regexp.MustCompile(step.want).MatchString(out) {
			t.Errorf("nf-core %s: no %q", strings.Join(step.args, " "), step.want)
		}
	}
	if out := c.run(t, dir, nextflow(t), "inspect", "-profile", "docker", "made/main.nf"); !strings.Contains(out, `"name": "FASTQC"`) {
		t.Error("inspect does not name FASTQC")
	}
	out := c.run(t, dir, nextflow(t), "run", "made", "-profile", "test", "-stub-run", "-params-file", "params.json", "-c", stubTools(t, dir))
	for _, want := range []string{"FASTQC (A)", "FASTQC (B)", "MULTIQC", "completed successfully"} {
		if !strings.Contains(out, want) {
			t.Errorf("the stub of the new pipeline lacks %q", want)
		}
	}
	c.multiQC(t, dir)
}

// multiQC reads the versions that the pipeline in dir left, and its trace as a
// table of its own.
func (c clients) multiQC(t *testing.T, dir string) {
	info := filepath.Join(dir, "results", "pipeline_info")
	traces, err := filepath.Glob(filepath.Join(info, "execution_trace_*.txt"))
	if err != nil || len(traces) != 1 {
		t.Fatalf("there is not one trace in %s: %v", info, traces)
	}
	trace, err := os.ReadFile(traces[0])
	if err != nil {
		t.Fatal(err)
	}
	table := "# id: trace\n# plot_type: table\n"
	for _, line := range strings.Split(strings.TrimSpace(string(trace)), "\n") {
		f := strings.Split(line, "\t")
		table += strings.Join([]string{f[3], f[4], f[7]}, "\t") + "\n"
	}
	if err := os.WriteFile(filepath.Join(info, "trace_mqc.tsv"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	c.run(t, dir, "multiqc", "-f", "-o", "mqc", info)
	for name, want := range map[string]string{"multiqc_software_versions.txt": "Nextflow", "multiqc_trace.txt": "NFCORE_COUNTING:COUNTING:FASTQC (A)\tCOMPLETED\t"} {
		data, err := os.ReadFile(filepath.Join(dir, "mqc", "multiqc_data", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), want) {
			t.Errorf("%s lacks %q:\n%s", name, want, data)
		}
	}
}

// stubTools is a configuration whose tasks find a fastqc that knows its version.
func stubTools(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "stubs")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{"fastqc": "FastQC v0.12.1", "multiqc": "multiqc, version 1.35"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\necho '"+says+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "stubs.config")
	if err := os.WriteFile(file, []byte("process.beforeScript = 'export PATH="+bin+":$PATH'\nprocess.resourceLimits = [cpus: 1, memory: 500.MB]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// nfTest runs tests of a process, a workflow, functions and a pipeline.
func (c clients) nfTest(t *testing.T) {
	jar := os.Getenv("NFTEST_JAR")
	if jar == "" {
		t.Skip("NFTEST_JAR is not set: no registry has nf-test; build it from its sources with `mvn package`")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Fatalf("NFTEST_JAR is set: %v", err)
	}
	out := c.run(t, pipeline(t), java, "-jar", jar, "test")
	if !strings.Contains(out, "Executed 13 tests") || strings.Contains(out, "FAILED") {
		t.Error("not all tests passed")
	}
}

// nextflow is the program under that name.
func nextflow(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("nextflow")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
