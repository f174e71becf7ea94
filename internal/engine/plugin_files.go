package engine

import (
	"sluice/internal/observe"
	"sluice/internal/plugin"
	"sluice/internal/plugin/co2footprint"
	"sluice/internal/plugin/prov"
)

// used is the version of a plugin that the pipeline asks for.
func (r *run) used(name string) (v string, ok bool) {
	for _, u := range r.uses { // the last one counts
		if u.Name == name {
			v, ok = string(u.Version), true
		}
	}
	return v, ok
}

// openPluginFiles opens what plugins write about a run.
func (r *run) openPluginFiles() ([]observe.Observer, error) {
	return r.openAll(r.openFootprint, r.openProvenance)
}

// openFootprint is nf-co2footprint.
func (r *run) openFootprint() (keeper, error) {
	version, ok := r.used(co2footprint.Name)
	if !ok {
		return nil, nil
	}
	r.measures = true
	w, err := co2footprint.Open(co2footprint.Options{
		Version: plugin.Version(version), Option: r.config.Get, Executor: r.mainExecutor(), Dir: r.fileRoot(), Stamp: observe.FileStamp(r.start), Warn: r.warnLate,
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// openProvenance is nf-prov.
func (r *run) openProvenance() (keeper, error) {
	if _, ok := r.used(prov.Name); !ok {
		return nil, nil
	}
	w, err := prov.Open(prov.Options{Option: r.config.Get, Plain: plain, Getenv: r.o.Getenv, Dir: r.fileRoot(), Warn: r.warnLate})
	if w == nil || err != nil {
		return nil, err
	}
	r.tells, r.files = true, true
	return w, nil
}
