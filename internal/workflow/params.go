package workflow

import "sluice/internal/lang/value"

// Params is `params`: what the command line, the params file and the
// configuration gave, and defaults that scripts add. A default never
// overwrites, and the first default of a script wins.
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
	return p
}

func (*Params) Class() *value.Class { return value.LinkedMapClass }

// Copy is what an included module starts with: nothing of it can be
// overwritten by the module's defaults.
func (p *Params) Copy() *Params { return NewParams(p.m.Copy(), p.warn) }

// Override sets parameters whatever they were, as addParams does.
func (p *Params) Override(m *value.Map) {
	m.Entries(func(k, v value.Value) bool {
		p.m.Set(k, v)
		p.given[value.ToString(k)] = true
		return true
	})
}

// Has says whether a parameter has a value or default.
func (p *Params) Has(name string) bool { return p.m.Has(value.String(name)) }

// Default gives a parameter a value unless it has one.
func (p *Params) Default(name string, v value.Value) { p.SetProperty(name, v) }

func (p *Params) replace(name string, v value.Value) { p.m.Set(value.String(name), v) }

// Property reads a parameter; an unknown one is null, with a warning.
func (p *Params) Property(name string) (value.Value, bool) {
	v, ok := p.m.Get(value.String(name))
	if !ok && !p.missing[name] {
		p.missing[name] = true
		p.warn("Access to undefined parameter `" + name + "` -- Initialise it to a default value eg. `params." + name + " = some_value`")
	}
	return v, true
}

// SetProperty is a script's default.
func (p *Params) SetProperty(name string, v value.Value) bool {
	switch {
	case p.given[name]:
	case p.set[name]:
		p.warn("`params." + name + "` is defined multiple times -- Assignments following the first are ignored")
	default:
		p.set[name] = true
		p.m.Set(value.String(name), v)
	}
	return true
}

// Map is all parameters; do not change it.
func (p *Params) Map() *value.Map { return p.m }

// Iterate walks the entries.
func (p *Params) Iterate(yield func(value.Value) bool) { p.m.Iterate(yield) }

// Len counts them.
func (p *Params) Len() int { return p.m.Len() }

// Truth is a map's.
func (p *Params) Truth() bool { return p.m.Truth() }

// ToString is a map's.
func (p *Params) ToString() string { return value.ToString(p.m) }

// InvokeMethod offers the methods of maps.
func (p *Params) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if name == "getAt" && len(args) == 1 {
		if s, ok := value.Str(args[0]); ok {
			v, _ := p.Property(s)
			return v, true, nil
		}
	}
	v, err := th.Host.Call(th, p.m, name, args)
	return v, true, err
}
