package engine

import (
	"strings"
	"testing"

	"sluice/internal/observe"

	"github.com/google/go-cmp/cmp"
)

// TestStats: the numbers that the original engine printed for this pipeline.
func TestStats(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": `
process A {
    errorStrategy { n == 2 ? 'ignore' : task.attempt < 2 && n == 3 ? 'retry' : 'terminate' }
    input:
    val n
    script:
    n == 2 || (n == 3 && task.attempt == 1) ? "exit 1" : "true"
}
workflow {
    A(channel.of(1, 2, 3))
    workflow.onComplete {
        def s = workflow.stats
        println "${s.succeedCount} ${s.succeededCount} ${s.cachedCount} ${s.failedCount} ${s.ignoredCount} ${s.retriesCount} ${s.abortedCount} ${s.totalCount}"
        println "${s.succeedCountFmt} ${s.cachedCountFmt} ${s.failedCountFmt} ${s.ignoredCountFmt}"
        println "${s.succeedPct} ${s.cachedPct} ${s.ignoredPct} ${s.computeTimeFmt}"
        println "${s.pendingCount} ${s.submittedCount} ${s.runningCount} ${s.loadCpus} ${s.loadMemory} ${s.peakMemory}"
        println "${s.cachedDuration} ${s.getClass().name} ${s.toString().take(39)}"
    }
}`})
	out, code := p.run(nil)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	i := strings.Index(out, "2 2 0 2")
	if i < 0 {
		t.Fatal(out)
	}
	want := "2 2 0 2 1 1 0 3\n2 0 2 1\n66.67 0.0 33.33 (a few seconds)\n0 0 0 0 0 0\n0ms nextflow.trace.WorkflowStats WorkflowStats[succeededCount=2; failedC\n"
	if d := cmp.Diff(want, out[i:]); d != "" {
		t.Errorf("stats (-want +got):\n%s", d)
	}
}

// TestStatsWrong: names that are not there are errors.
func TestStatsWrong(t *testing.T) {
	t.Parallel()
	for _, use := range []string{"zork", "succeededCountFmt", "succeededPct", "failedPct", "totalCountFmt", "retriesPct", "succeedcount", "Duration"} {
		p := newPipeline(t, map[string]string{"main.nf": "workflow { workflow.onComplete { println workflow.stats." + use + " } }"})
		if out, code := p.run(nil); code != 1 || !strings.Contains(out, "No such property: "+use+" for class: nextflow.trace.WorkflowStats") {
			t.Errorf("%s: exit %d: %s", use, code, out)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := observe.Grouped(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
