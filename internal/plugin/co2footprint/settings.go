package co2footprint

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// Options are what the plugin needs of a run.
type Options struct {
	Version  plugin.Version
	Option   func(path ...string) value.Value // of the configuration
	Executor string                           // of processes, as the configuration names it; "" if it does not
	Dir      string                           // relative files are below it
	Stamp    string                           // in the names of files that are not given
	Warn     func(string)
}

// An output is one of the files.
type output struct {
	enabled, overwrite bool
	file               string // absolute
	shown              string // as given
}

// settings are the scope co2footprint.
type settings struct {
	old                    bool // the table of releases before 1.1
	version                string
	trace, summary, report output
	location, machine      string
	ci                     float64
	ciMarket               float64 // 0: none
	pue, powerMem          float64
	ignoreModel            bool
	powerCPU               float64 // of a core whose model is not known
	powerGiven             string
	model                  []float64 // coefficients, highest degree first
	custom                 map[string]float64
	customFile             string
}

// machines are the kinds of machines: how much more energy than its computers
// the place takes, and the mean power of a core.
var machines = map[string]struct{ pue, power float64 }{
	"local": {1, 12.32}, "compute cluster": {1.67, 10.77}, "cloud": {1.56, 1.52},
}

// places are executors whose places publish their figure.
var places = map[string]struct {
	machine string
	pue     float64
}{
	"local": {"local", 1}, "awsbatch": {"cloud", 1.15}, "azurebatch": {"cloud", 1.18}, "google-batch": {"cloud", 1.1}, "google-lifesciences": {"cloud", 1.1},
	"bridge": {"compute cluster", 1.67}, "flux": {"compute cluster", 1.67}, "condor": {"compute cluster", 1.67}, "hq": {"compute cluster", 1.67},
	"k8s": {"compute cluster", 1.67}, "lsf": {"compute cluster", 1.67}, "moab": {"compute cluster", 1.67}, "nqsii": {"compute cluster", 1.67},
	"oar": {"compute cluster", 1.67}, "pbs": {"compute cluster", 1.67}, "pbspro": {"compute cluster", 1.67}, "sge": {"compute cluster", 1.67}, "slurm": {"compute cluster", 1.67},
}

// read reads the scope and says what is wrong with it.
func read(o Options) (*settings, error) {
	s := &settings{old: o.Version.Before(1, 1, 0), version: string(o.Version)}
	if s.version == "" {
		s.version = "1.2.1"
	}
	s.trace, s.summary, s.report = o.output("trace", "txt"), o.output("summary", "txt"), o.output("report", "html")
	s.location, s.machine = o.text("location"), o.text("machineType")
	place := places[o.Executor]
	if s.machine == "" {
		s.machine = place.machine
	}
	kind, known := machines[s.machine]
	if s.machine != "" && !known {
		return nil, fmt.Errorf("config option `co2footprint.machineType` is `%s`: it is `local`, `compute cluster` or `cloud`", s.machine)
	}
	pue, power, ci := 1.0, 11.41, 480.0
	switch {
	case s.old:
		pue, power, ci = 1.67, 12, 475
	case place.pue > 0:
		pue, power = place.pue, kind.power
	case known:
		pue, power = kind.pue, kind.power
	}
	var err error
	number := func(name string, otherwise float64) float64 {
		v := o.Option("co2footprint", name)
		if v == nil || err != nil {
			return otherwise
		}
		x, nerr := strconv.ParseFloat(value.ToString(v), 64)
		if nerr != nil || x < 0 {
			err = fmt.Errorf("config option `co2footprint.%s` is `%s`: a number of zero or more is expected", name, value.ToString(v))
		}
		return x
	}
	s.ci, s.ciMarket, s.pue, s.powerMem = number("ci", ci), number("ciMarket", 0), number("pue", pue), number("powerdrawMem", 0.3725)
	s.powerCPU, s.powerGiven = number("powerdrawCpuDefault", power), o.text("powerdrawCpuDefault")
	s.ignoreModel = value.Truth(o.Option("co2footprint", "ignoreCpuModel"))
	if list, ok := value.Elements(o.Option("co2footprint", "cpuPowerModel")); ok {
		for _, e := range list {
			x, nerr := strconv.ParseFloat(value.ToString(e), 64)
			if nerr != nil {
				return nil, fmt.Errorf("config option `co2footprint.cpuPowerModel` holds `%s`: a list of numbers is expected", value.ToString(e))
			}
			s.model = append(s.model, x)
		}
	}
	if err != nil {
		return nil, err
	}
	if s.customFile = o.text("customCpuTdpFile"); s.customFile != "" {
		if s.custom, err = powers(o.path(s.customFile), s.old); err != nil {
			return nil, err
		}
	}
	if s.location != "" && o.Option("co2footprint", "ci") == nil {
		o.Warn(fmt.Sprintf("co2footprint: there is no table of regions for the location `%s`: %g gCO₂e/kWh is used, the mean of the world; `co2footprint.ci` sets another", s.location, s.ci))
	}
	return s, nil
}

func (o *Options) text(name string) string {
	v := o.Option("co2footprint", name)
	if v == nil {
		return ""
	}
	return value.ToString(v)
}

func (o *Options) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(o.Dir, name)
}

// output reads `trace { file = … }`, or the older `traceFile = …`.
func (o *Options) output(kind, ext string) output {
	out := output{enabled: true, overwrite: true, shown: fmt.Sprintf("co2footprint_%s_%s.%s", kind, o.Stamp, ext)}
	if v := o.text(kind + "File"); v != "" {
		out.shown = v
	}
	if v := o.Option("co2footprint", kind, "file"); v != nil {
		out.shown = value.ToString(v)
	}
	if v := o.Option("co2footprint", kind, "enabled"); v != nil {
		out.enabled = value.Truth(v)
	}
	if v := o.Option("co2footprint", kind, "overwrite"); v != nil {
		out.overwrite = value.Truth(v)
	}
	out.file = o.path(out.shown)
	return out
}

// powers reads a table of processors: watts of one core by the model's name.
func powers(file string, old bool) (map[string]float64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %s is empty", file)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimSpace(name)] = i
	}
	name, okName := at["name"]
	tdp, okTDP := at["tdp (W)"]
	cores, okCores := at["logicalCores"]
	if old {
		name, tdp, cores, okName, okTDP, okCores = 0, 3, -1, true, true, true
	}
	if !okName || !okTDP || !okCores {
		return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %s has the columns %s; `name`, `tdp (W)` and `logicalCores` are expected", file, strings.Join(rows[0], ", "))
	}
	all := map[string]float64{}
	for i, row := range rows[1:] {
		if len(row) <= max(name, tdp, cores) {
			return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %s:%d: %d columns, not %d", file, i+2, len(row), max(name, tdp, cores)+1)
		}
		watts, err := strconv.ParseFloat(strings.TrimSpace(row[tdp]), 64)
		n := 1.0
		if err == nil && cores >= 0 {
			n, err = strconv.ParseFloat(strings.TrimSpace(row[cores]), 64)
		}
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("read `co2footprint.customCpuTdpFile`: %s:%d: the power and the number of cores are numbers", file, i+2)
		}
		all[modelKey(row[name])] = watts / n
	}
	return all, nil
}

// modelKey is a processor's name as it is compared.
func modelKey(name string) string {
	name = strings.ToLower(strings.NewReplacer("(R)", "", "(TM)", "", "(r)", "", "(tm)", "", "®", "", "™", "").Replace(name))
	name, _, _ = strings.Cut(name, "@")
	return strings.Join(strings.Fields(name), " ")
}
