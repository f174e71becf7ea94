package co2footprint

import (
	"math"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// A footprint is the estimate for a task, or the sum for a run.
type footprint struct {
	task                    *task.Task
	energy                  float64 // kWh, with what the place takes besides
	co2, market             float64 // g
	usage                   float64 // percent of a core
	memory                  float64 // GB
	hours                   float64
	cores                   int
	power                   float64 // W of a core
	fromCores, fromMemory   float64 // kWh
	assumedUse, assumedSize bool
}

// of is the estimate for a task:
//
//	energy = hours × (cores × use × power of a core + memory × power of memory) × PUE
//
// as published by Lannelongue, Grealey and Inouye: Green Algorithms, 2021.
func (s *settings) of(t *task.Task) footprint {
	m := &t.Result.Metrics
	f := footprint{task: t, cores: max(t.Resources.Cpus, 1)}
	// The figures of the trace file, as the plugin has no others.
	f.hours = float64(max(observe.Realtime(t), 0).Milliseconds()) / 3600000
	f.usage = math.Round(m.CPUPercent*10) / 10
	if f.usage <= 0 {
		f.usage, f.assumedUse = float64(100*f.cores), true
	}
	giga := float64(1 << 30)
	if s.old {
		giga = 1e9
	} else {
		f.cores = max(int(math.Ceil(f.usage/100)), f.cores)
	}
	if t.Resources.Memory > 0 {
		f.memory = float64(t.Resources.Memory) / giga
	} else {
		f.memory, f.assumedSize = float64(max(m.PeakRSS, 0))/giga, true
	}
	use := f.usage / float64(100*f.cores)
	f.power = s.corePower(m.CPUModel, use)
	f.fromCores = f.hours * float64(f.cores) * f.power * use / 1000
	f.fromMemory = f.hours * f.memory * s.powerMem / 1000
	f.energy = s.pue * (f.fromCores + f.fromMemory)
	f.co2, f.market = f.energy*s.ci, f.energy*s.ciMarket
	return f
}

// corePower is what a core takes at a use between 0 and 1.
func (s *settings) corePower(model string, use float64) float64 {
	if len(s.model) > 0 {
		power := 0.0
		for _, c := range s.model {
			power = power*use + c
		}
		return power
	}
	if watts, ok := s.custom[modelKey(model)]; ok && !s.ignoreModel {
		return watts
	}
	return s.powerCPU
}

// add sums up.
func (f *footprint) add(g footprint) {
	f.energy += g.energy
	f.co2 += g.co2
	f.market += g.market
}
