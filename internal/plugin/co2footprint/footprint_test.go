package co2footprint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/plugin"
	"sluice/internal/task"
)

// scope makes the configuration of pairs of a dotted name and a value.
func scope(pairs map[string]value.Value) func(path ...string) value.Value {
	return func(path ...string) value.Value { return pairs[strings.Join(path[1:], ".")] }
}

// measured is a task as a run of the plugin saw it.
func measured(id int, name string, ms int, cpu float64, memory int64) *task.Task {
	t := &task.Task{ID: id, Name: name, State: task.Completed}
	t.Resources.Memory = value.Memory(memory)
	t.Result.Metrics = task.Metrics{Realtime: time.Duration(ms) * time.Millisecond, CPUPercent: cpu, CPUModel: "Intel(R) Xeon(R) Processor"}
	return t
}

func run(t *testing.T, o Options, tasks ...*task.Task) (table []string, summary string, warnings []string) {
	t.Helper()
	o.Dir, o.Stamp = t.TempDir(), "now"
	o.Warn = func(s string) { warnings = append(warnings, s) }
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tk := range tasks {
		w.Observe(observe.Event{Body: observe.TaskChanged{Step: observe.Completed, Task: tk}})
	}
	w.Observe(observe.Event{Body: observe.RunEnded{}})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "co2footprint_trace_now.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(o.Dir, "co2footprint_summary_now.txt"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(o.Dir, "co2footprint_report_now.html"))
	if err != nil || len(tasks) > 0 && !strings.Contains(string(page), "<td>"+tasks[0].Name+"</td>") {
		t.Errorf("the page does not show the first task: %v %s", err, page)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), string(sum), warnings
}

// TestTable: energy and emissions are those that the plugin 1.2.1 wrote for
// tasks with the same trace.
func TestTable(t *testing.T) {
	t.Parallel()
	o := Options{Option: scope(map[string]value.Value{"ci": value.Long(300), "pue": value.Double(1.4)})}
	table, summary, warnings := run(t, o, measured(2, "P (1)", 123, 14.3, 104857600), measured(5, "P (4)", 600, 3.2, 104857600), measured(3, "P (2)", 233, 5.3, 104857600))
	want := []string{
		"task_id\tstatus\tname\tenergy_consumption\tCO2e\tCO2e_market\tcarbon_intensity\t%cpu\tmemory\trealtime\tcpus\tpowerdraw_cpu\tcpu_model\traw_energy_processor\traw_energy_memory",
		"2\tCOMPLETED\tP (1)\t79.79 uWh\t23.94 ug\t-\t300 gCO₂e/kWh\t14.3 %\t100 MB\t123ms\t1\t11.41 W\tIntel(R) Xeon(R) Processor\t55.75 uWh\t1.24 uWh",
		"5\tCOMPLETED\tP (4)\t93.68 uWh\t28.1 ug\t-\t300 gCO₂e/kWh\t3.2 %\t100 MB\t600ms\t1\t11.41 W\tIntel(R) Xeon(R) Processor\t60.85 uWh\t6.06 uWh",
		"3\tCOMPLETED\tP (2)\t58.09 uWh\t17.43 ug\t-\t300 gCO₂e/kWh\t5.3 %\t100 MB\t233ms\t1\t11.41 W\tIntel(R) Xeon(R) Processor\t39.14 uWh\t2.35 uWh",
	}
	if d := cmp.Diff(want, table); d != "" {
		t.Errorf("table (-want +got):\n%s", d)
	}
	for _, line := range []string{"  CO₂e emissions: 69.47 ug\n", "  Energy consumption: 231.56 uWh\n", "  pue: 1.4\n", "  traceFile: co2footprint_trace_now.txt\n"} {
		if !strings.Contains(summary, line) {
			t.Errorf("the summary lacks %q:\n%s", line, summary)
		}
	}
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

func TestOlderTable(t *testing.T) {
	t.Parallel()
	table, _, _ := run(t, Options{Version: "1.0.0-beta", Option: scope(nil)}, measured(1, "A", 65000, 150, 2000000000))
	want := []string{
		"task_id\tname\tstatus\tenergy_consumption\tCO2e\ttime\tcpus\tpowerdraw_cpu\tcpu_model\tcpu_usage\trequested_memory",
		"1\tA\tCOMPLETED\t565.21 mWh\t268.48 mg\t1m 5s\t1\t12.0\tIntel(R) Xeon(R) Processor\t1.5\t1.862645149230957 GB",
	}
	if d := cmp.Diff(want, table); d != "" {
		t.Errorf("table (-want +got):\n%s", d)
	}
}

// TestPower: where the power of a core is from, and the place's own use.
func TestPower(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tdp.csv")
	if err := os.WriteFile(file, []byte("name,tdp (W),logicalCores\nIntel Xeon Processor @ 2GHz,160,8\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name     string
		options  map[string]value.Value
		executor string
		power    string
		energy   string
	}{
		{"mean", nil, "", "11.41 W", "11.78 Wh"},
		{"local", nil, "local", "12.32 W", "12.69 Wh"},
		{"slurm", nil, "slurm", "10.77 W", "18.61 Wh"},
		{"machine type", map[string]value.Value{"machineType": value.String("compute cluster")}, "", "10.77 W", "18.61 Wh"},
		{"given", map[string]value.Value{"powerdrawCpuDefault": value.Long(8)}, "", "8 W", "8.37 Wh"},
		{"model", map[string]value.Value{"customCpuTdpFile": value.String(file)}, "", "20 W", "20.37 Wh"},
		{"model ignored", map[string]value.Value{"customCpuTdpFile": value.String(file), "ignoreCpuModel": value.Bool(true)}, "", "11.41 W", "11.78 Wh"},
		{"polynomial", map[string]value.Value{"cpuPowerModel": value.NewList(value.Long(2), value.Long(10))}, "", "12 W", "12.37 Wh"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			table, _, _ := run(t, Options{Option: scope(tc.options), Executor: tc.executor}, measured(1, "A", 3600000, 100, 1<<30))
			cells := strings.Split(table[1], "\t")
			if d := cmp.Diff([]string{tc.power, tc.energy}, []string{cells[11], cells[3]}); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) value.Value {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return value.String(file)
	}
	for _, tc := range []struct {
		options map[string]value.Value
		want    string
	}{
		{map[string]value.Value{"machineType": value.String("toaster")}, "`co2footprint.machineType` is `toaster`: it is `local`, `compute cluster` or `cloud`"},
		{map[string]value.Value{"ci": value.String("much")}, "`co2footprint.ci` is `much`: a number of zero or more is expected"},
		{map[string]value.Value{"pue": value.Long(-1)}, "`co2footprint.pue` is `-1`"},
		{map[string]value.Value{"cpuPowerModel": value.NewList(value.String("x"))}, "holds `x`: a list of numbers is expected"},
		{map[string]value.Value{"customCpuTdpFile": value.String("/no/such")}, "no such file"},
		{map[string]value.Value{"customCpuTdpFile": write("a", "")}, "is empty"},
		{map[string]value.Value{"customCpuTdpFile": write("b", "x,y\n1,2\n")}, "has the columns x, y"},
		{map[string]value.Value{"customCpuTdpFile": write("c", "name,tdp (W),logicalCores\na,b,c\n")}, "c:2: the power and the number of cores are numbers"},
		{map[string]value.Value{"customCpuTdpFile": write("d", "name,tdp (W),logicalCores\na,1\n")}, "d:2: 2 columns, not 3"},
		{map[string]value.Value{"trace.file": write("e", ""), "trace.overwrite": value.Bool(false)}, "file already exists"},
	} {
		_, err := Open(Options{Option: scope(tc.options), Dir: dir, Warn: func(string) {}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v", tc.options, err)
		}
	}
	_, _, warnings := run(t, Options{Version: plugin.Version("1.2.1"), Option: scope(map[string]value.Value{"location": value.String("DE")})}, measured(1, "A", 1, 0, 0))
	if len(warnings) != 3 || !strings.Contains(warnings[0], "no table of regions for the location `DE`: 480 gCO₂e/kWh is used") {
		t.Errorf("warnings: %q", warnings)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0 Wh": readable(0, "k", "Wh", 1000), "1.5 kWh": readable(1.5, "k", "Wh", 1000), "4 GB": readable(4, "G", "B", 1024), "512 MB": readable(0.5, "G", "B", 1024),
		"1h 1s": readableHours(3601.0/3600, "ms"), "7min 1.28s": readableHours(421.28/3600, "s"), "8.39E-4": scientific(0.000839), "2.5": scientific(2.5), "1.00E3": scientific(1000),
		"2days 1h": readableHours(49, "s"),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
