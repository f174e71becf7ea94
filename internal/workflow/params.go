package workflow

import "sluice/internal/lang/value"

// Params is `params`: what the command line, the params file and the
// configuration gave, and defaults that scripts add. A default never
// overwrites, and the first default of a script wins. Scripts see Map.
type Params struct {
	m       *value.Map
	given   map[string]bool // by command line, file or configuration
	set     map[string]bool // by this script
	warn    func(string)
	missing map[string]bool
}

// NewParams takes ownership of given.
func NewParams(given *value.Map, warn func(string)) *Params {
	p := &Params{m: given, given: map[string]bool{}, set: map[string]bool{}, warn: warn, missing: map[string]bool{}}
	given.Entries(func(k, _ value.Value) bool { p.given[value.ToString(k)] = true; return true })
	given.Missing, given.Guard = p.unknown, p.mayBeSet
	return p
}

// Map is all parameters as the script sees and sets them: a map that tells of
// unknown names and keeps what was given.
func (p *Params) Map() *value.Map { return p.m }

// Copy is what an included module starts with: nothing of it can be
// overwritten by the module's defaults.
func (p *Params) Copy() *Params { return NewParams(p.m.Copy(), p.warn) }

// Override sets parameters whatever they were, as addParams does.
func (p *Params) Override(m *value.Map) {
	m.Entries(func(k, v value.Value) bool {
		p.m.Replace(k, v)
		p.given[value.ToString(k)] = true
		return true
	})
}

// Has says whether a parameter has a value or default.
func (p *Params) Has(name string) bool { return p.m.Has(value.String(name)) }

// Default gives a parameter a value unless it has one.
func (p *Params) Default(name string, v value.Value) { p.m.Set(value.String(name), v) }

func (p *Params) replace(name string, v value.Value) { p.m.Replace(value.String(name), v) }

// unknown warns of a parameter that has no value, once.
func (p *Params) unknown(key value.Value) {
	name := value.ToString(key)
	if !p.missing[name] {
		p.missing[name] = true
		p.warn("Access to undefined parameter `" + name + "` -- Initialise it to a default value eg. `params." + name + " = some_value`")
	}
}

// mayBeSet says whether a script's value for a parameter counts.
func (p *Params) mayBeSet(key value.Value) bool {
	name := value.ToString(key)
	switch {
	case p.given[name]:
		return false
	case p.set[name]:
		p.warn("`params." + name + "` is defined multiple times -- Assignments following the first are ignored")
		return false
	}
	p.set[name] = true
	return true
}
