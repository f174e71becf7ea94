package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/internal/rehearsal/state"
)

// BenchmarkAzureRecovery kills a head with -9 that has submitted many tasks,
// and takes the time until the next one has adopted all of them. The number is
// SLUICE_RECOVERY_TASKS, 2000 if it is not set.
func BenchmarkAzureRecovery(b *testing.B) {
	n := 2000
	if v, err := strconv.Atoi(os.Getenv("SLUICE_RECOVERY_TASKS")); err == nil {
		n = v
	}
	for b.Loop() {
		b.StopTimer()
		// No machine is to be had: the tasks wait in the service.
		a := newAzureWorld(b, &state.State{Faults: []state.Fault{{Event: "resize"}}}, map[string]string{
			"main.nf": fmt.Sprintf("process P {\n input:\n val x\n script:\n \"echo $x\"\n}\nworkflow { P(channel.of(1..%d)) }\n", n),
		})
		submitted := func(h *head) func() bool {
			return func() bool { return strings.Count(a.read(".nextflow.log"), "Submitted process") >= n }
		}
		args := []string{"run", "main.nf", "-ansi-log", "false", "-qs", strconv.Itoa(n)}
		begin := time.Now()
		first := a.start(args...)
		a.until("all tasks are submitted", first, submitted(first))
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "tasks/s")
		first.kill()
		if err := os.Remove(a.dir + "/.nextflow.log"); err != nil {
			b.Fatal(err)
		}
		before := a.called("head", "")
		begin = time.Now()
		b.StartTimer()
		next := a.start(append(args, "-resume")...)
		a.until("all tasks are adopted", next, submitted(next))
		b.StopTimer()
		b.ReportMetric(time.Since(begin).Seconds(), "s/recovery")
		b.ReportMetric(float64(a.called("head", "")-before), "calls")
		next.kill()
		b.StartTimer()
	}
}
