package batch

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestSplitLine(t *testing.T) {
	t.Parallel()
	lines := []string{
		`/bin/sh -c 'a "b" $C'`, `a  b	c`, `a "b c" d`, `a\ b`, `"a\"b"`, `'a\b'`, `"a\b"`, `a'b'"c"`, `''`, `a "" b`, `"$"`,
		`/bin/sh -c '"$AZ_BATCH_NODE_SHARED_DIR"/sluice node run az://c/x'`,
	}
	for _, line := range lines {
		// A shell that expands nothing splits in the same way.
		quoted := strings.ReplaceAll(line, "$", `\$`)
		if strings.Contains(line, "'") {
			quoted = line
		}
		out, err := exec.Command("bash", "-c", `printf '%s\n' `+quoted).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(splitLine(line), "\n") + "\n"; got != string(out) {
			t.Errorf("%s: %q, bash %q", line, got, out)
		}
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, d := range map[string]time.Duration{
		"PT1H30M": 90 * time.Minute, "P1D": 24 * time.Hour, "PT0.5S": 500 * time.Millisecond, "P1DT1S": 24*time.Hour + time.Second,
		"P10675199DT2H48M5.4775807S": forever, "PT0S": 0, "P7D": 7 * 24 * time.Hour,
	} {
		got, err := parseDuration(text)
		if err != nil || got != d {
			t.Errorf("%s: %v %v, want %v", text, got, err, d)
		}
		if text != "PT1H30M" && formatDuration(d) != text {
			t.Errorf("%v is written %s, want %s", d, formatDuration(d), text)
		}
	}
	for _, text := range []string{"", "P", "1h", "PT", "PT1", "PT1D", "P1H", "PTxS"} {
		if d, err := parseDuration(text); err == nil && text != "PT" {
			t.Errorf("%q is %v", text, d)
		}
	}
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC) // a Wednesday
	s := &scope{now: now, current: map[string]float64{"$PendingTasks": 7, "$CurrentDedicatedNodes": 2, "$TargetDedicatedNodes": 2, "$PreemptedNodeCount": 1, "$TaskSlotsPerNode": 4}}
	for i := range 10 {
		s.samples = append(s.samples, sample{now.Add(time.Duration(i-9) * sampleInterval), map[string]float64{"$PendingTasks": float64(i)}})
	}
	tests := []struct {
		formula   string
		dedicated int
		fails     string
	}{
		{`$TargetDedicatedNodes = 3;`, 3, ""},
		{`x = 1 + 2 * 3 - 4 / 2; $TargetDedicatedNodes = x;`, 5, ""},
		{`$TargetDedicatedNodes = -4;`, 0, ""},
		{`$TargetDedicatedNodes = 2.6;`, 3, ""},
		{`$TargetDedicatedNodes = $PendingTasks;`, 7, ""},
		{`$TargetDedicatedNodes = $PendingTasks.GetSample(1);`, 9, ""},
		{`$TargetDedicatedNodes = avg($PendingTasks.GetSample(TimeInterval_Second * 60));`, 8, ""},
		{`$TargetDedicatedNodes = max($PendingTasks.GetSample(1 * TimeInterval_Minute, 0, 50));`, 9, ""},
		{`$TargetDedicatedNodes = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 10);`, 50, ""},
		{`$TargetDedicatedNodes = val($PendingTasks.GetSample(3), 0);`, 7, ""},
		{`$TargetDedicatedNodes = len($PendingTasks.GetSample(3));`, 3, ""},
		{`$TargetDedicatedNodes = sum($PendingTasks.GetSample(2) * 2);`, 34, ""},
		{`$TargetDedicatedNodes = time() > time("2026-03-04T15:00:00Z") && $PendingTasks == 7 ? 1 : 0;`, 1, ""},
		{`$TargetDedicatedNodes = time() + TimeInterval_Hour > time("2026-03-04T16:45:00Z") ? 1 : 5;`, 5, ""},
		{`t = time(); work = t.weekday >= 1 && t.weekday <= 5; hours = t.hour >= 8 && t.hour < 18; $TargetDedicatedNodes = work && hours ? 20 : 10;`, 20, ""},
		{"// a remark\n$TargetDedicatedNodes = /* here too */ min(2, 9, 4);\n$NodeDeallocationOption = taskcompletion;", 2, ""},
		{`lifespan = time() - time("2026-03-04T15:00:00Z"); $TargetDedicatedNodes = lifespan > 10 * TimeInterval_Minute ? 0 : 1;`, 0, ""},
		{`$TargetDedicatedNodes = ceil(7 / 4) + floor(7 / 4) + round(2.5);`, 6, ""},
		{`$TargetDedicatedNodes = !($PendingTasks > 10) || 0 ? 4 : 2;`, 4, ""},
		{`$TargetDedicatedNodes = 1 / 0;`, 2, "division by zero"},
		{`$TargetDedicatedNodes = nope;`, 2, "nope is not defined"},
		{`$TargetDedicatedNodes = avg();`, 2, "at least one value"},
		{`$TargetDedicatedNodes = frob(1);`, 2, "frob is not known"},
		{`$TargetDedicatedNodes = len($PendingTasks.GetSample(11));`, 10, ""},
		{`$TargetDedicatedNodes = max($PendingTasks.GetSample(TimeInterval_Hour, 90));`, 2, "not enough samples"},
		{`$TargetDedicatedNodes = max(3, $CurrentDedicatedNodes.GetSample(0));`, 3, ""},
		{`$TargetDedicatedNodes = time();`, 2, "is not a number"},
	}
	for _, test := range tests {
		f, err := parseFormula(test.formula)
		if err != nil {
			t.Errorf("%s: %v", test.formula, err)
			continue
		}
		got := scaled{dedicated: 2}
		_, err = f.run(s, &got)
		if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
			t.Errorf("%s: %v, want %q", test.formula, err, test.fails)
		}
		if got.dedicated != test.dedicated {
			t.Errorf("%s: %d, want %d", test.formula, got.dedicated, test.dedicated)
		}
	}
	for _, text := range []string{"x", "x = ", "x = 1", "= 1;", "x = (1;", "x = 1 ? 2;", "x = @;", `x = "a;`, "/* x", "x = f(1;", "x = 1..2.3.;"} {
		if _, err := parseFormula(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func FuzzParsers(f *testing.F) {
	f.Add("state eq 'completed' and stateTransitionTime ge DateTime'2026-01-02T15:04:05Z'")
	f.Add("not (startswith(id,'a''b') or priority le 3)")
	f.Add("$x = max(1, $PendingTasks.GetSample(1)); $TargetDedicatedNodes = $x ? 1 : 2;")
	f.Fuzz(func(t *testing.T, text string) {
		if p, bad := parseFilter(text, "id", "state", "priority", "stateTransitionTime"); bad == nil {
			p.match(func(string) any { return nil })
			p.bounds()
		}
		if p, err := parseFormula(text); err == nil {
			_, _ = p.run(&scope{current: map[string]float64{"$PendingTasks": 1}}, &scaled{}) // any outcome but a panic
		}
		splitLine(text)
		_, _ = parseDuration(text)
	})
}
