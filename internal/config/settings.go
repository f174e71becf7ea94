package config

import (
	"sluice/internal/directive"
	"sluice/internal/lang/value"
)

// ProcessSettings are the directives of one process with the configuration
// applied. Base is the name in its script, alias the name under which it was
// included (the same without an alias), full the name with its workflows,
// own what its definition says. From weakest to strongest:
//
//	process scope < definition < withLabel < withName on base < on alias < on full name
//
// and later selectors over earlier ones. The entries of ext merge by key at
// every step; other settings replace. Labels for selectors are those of the
// definition. Nothing handed in is changed.
//
// Nextflow docs: config#process-selectors
func (c *Config) ProcessSettings(base, alias, full string, labels []string, own *value.Map) *value.Map {
	settings := value.NewMap(16)
	apply(settings, c.Scope("process"), nil)
	if own != nil {
		apply(settings, own, nil)
	}
	for _, s := range c.Selectors("withLabel") {
		if s.MatchesLabels(labels) {
			apply(settings, s.Settings, c.Scope("process"))
		}
	}
	byName := c.Selectors("withName")
	previous := ""
	for _, name := range []string{base, alias, full} {
		if name == previous || name == "" {
			continue
		}
		previous = name
		for _, s := range byName {
			if s.MatchesName(name) {
				apply(settings, s.Settings, c.Scope("process"))
			}
		}
	}
	return settings
}

func apply(settings, over, defaults *value.Map) {
	over.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		if _, _, isSelector := IsSelector(name); isSelector {
			return true
		}
		if l, ok := v.(*value.List); ok && name == "publishDir" && len(l.Elems) == 0 && defaults != nil {
			v = defaults.GetString(name) // an empty list takes back what the definition says
		}
		if name == "ext" {
			old, _ := settings.Get(k)
			v = directive.Merge(old, v)
		}
		settings.Set(k, v)
		return true
	})
}
