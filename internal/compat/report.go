package compat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/plugin"
)

// A Source is a pipeline as it was read, and what the program knows.
type Source struct {
	Name     string // as it was asked for
	Dir      string // of the project; places are relative to it
	Revision string
	Profile  string

	Scripts []*syntax.File // the main script and all it includes
	Lib     []*syntax.File // classes of lib/
	Config  *config.Config // with the profiles that were chosen
	All     *config.Config // with all profiles in the scope `profiles`; nil if they cannot be read
	Remote  []string       // configuration files at other addresses, which were not read
	Schema  Schema
	Uses    []plugin.Use

	Refused   diag.List // what ends a run before its first task
	IfUsed    diag.List // what ends a run that comes to it
	Warnings  diag.List
	Unlisted  diag.List          // why All is nil
	Switched  []Switch           // `scope.enabled` that is refused
	Ignored   []string           // scopes whose `enabled` gives a warning
	Plugins   *plugin.Registry   // all that are known
	Table     *stdlib.Table      // classes
	Executor  func(string) error // nil for one that runs tasks
	Storage   func(string) error // nil for a scheme that can be read
	Operators map[string]Tabled
	Factories map[string]Tabled
}

// A Switch is a scope that cannot be switched on.
type Switch struct{ Scope, What, Way string }

// Tabled is what a table says of a name.
type Tabled struct {
	Refused bool
	Instead string
}

// A Schema is nextflow_schema.json.
type Schema struct {
	Params int // parameters it describes
	Draft  string
	Err    error
}

// A Status is what becomes of a thing.
type Status int

const (
	Refused       Status = iota // the run ends before its first task
	IfUsed                      // the run ends when it comes to it
	WithoutEffect               // read, and nothing follows
	Supported
)

var statusNames = []string{"refused", "refused if used", "accepted without effect", "supported"}

func (s Status) String() string { return statusNames[s] }

// MarshalText is the status in words.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// An Item is one thing that a pipeline uses.
type Item struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Status   Status   `json:"status"`
	Count    int      `json:"count"`
	Why      string   `json:"why,omitempty"`      // what is lost, or why it is refused
	Way      string   `json:"way,omitempty"`      // what to do about it
	Profiles []string `json:"profiles,omitempty"` // the profiles that alone have it
	Places   []string `json:"places"`             // file:line:col
}

// A Report is all of them.
type Report struct {
	Pipeline string         `json:"pipeline"`
	Revision string         `json:"revision,omitempty"`
	Profile  string         `json:"profile,omitempty"`
	Runs     bool           `json:"runs"`         // nothing is refused
	Older    bool           `json:"olderGrammar"` // nothing is refused where the older grammar is asked for
	Files    int            `json:"files"`
	Counts   map[string]int `json:"counts"` // items by status
	Items    []*Item        `json:"items"`
	Notes    []string       `json:"notes,omitempty"`
}

// kinds are the kinds of items in the order of the report.
var kinds = []string{
	"problem", "construct", "section", "qualifier", "operator", "channel factory", "function", "object", "directive", "option", "profile",
	"plugin", "plugin function", "container engine", "executor", "storage", "class", "parameters",
}

// Make looks through a pipeline.
func Make(s *Source) *Report {
	c := &collector{src: s, items: map[key]*Item{}}
	for _, f := range s.Scripts {
		c.script(f)
	}
	for _, f := range s.Lib {
		c.lib(f)
	}
	c.config()
	c.plugins()
	c.schema()
	c.problems(s.Refused, Refused)
	c.problems(s.IfUsed, IfUsed)
	return c.report()
}

type key struct {
	kind, name string
	status     Status
}

// A collector gathers items.
type collector struct {
	src   *Source
	items map[key]*Item
	notes []string
}

// add counts one use of a thing.
func (c *collector) add(kind, name string, at source.Span, v verdict) *Item {
	k := key{kind, name, v.status}
	it := c.items[k]
	if it == nil {
		it = &Item{Kind: kind, Name: name, Status: v.status, Why: v.why, Way: v.way, Places: []string{}}
		c.items[k] = it
	}
	it.Count++
	if at.File != nil {
		p := at.Position()
		place := fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(at.File.Name, c.src.Dir+"/"), p.Line, p.Column)
		if len(it.Places) == 0 || it.Places[len(it.Places)-1] != place {
			it.Places = append(it.Places, place)
		}
	}
	return it
}

// A verdict is a status with its reason.
type verdict struct {
	status   Status
	why, way string
}

var fine = verdict{status: Supported}

// problems are mistakes and refusals with a message of their own.
func (c *collector) problems(list diag.List, s Status) {
	for _, d := range list {
		if d.Severity != diag.Error {
			continue
		}
		c.add("problem", d.Message, d.Span, verdict{status: s, why: strings.Join(append(labelled(d), d.Notes...), "; "), way: d.Help})
	}
}

func labelled(d *diag.Diagnostic) []string {
	if d.Label == "" {
		return nil
	}
	return []string{d.Label}
}

func (c *collector) report() *Report {
	s := c.src
	r := &Report{Pipeline: s.Name, Revision: s.Revision, Profile: s.Profile, Runs: true, Counts: map[string]int{}, Notes: c.notes}
	r.Files = len(s.Scripts) + len(s.Lib)
	if s.Config != nil {
		r.Files += len(s.Config.Files)
	}
	for _, name := range statusNames {
		r.Counts[name] = 0
	}
	for _, it := range c.items {
		r.Items = append(r.Items, it)
		r.Counts[it.Status.String()]++
		r.Runs = r.Runs && it.Status != Refused
		slices.Sort(it.Profiles)
	}
	slices.SortFunc(r.Items, func(a, b *Item) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return r
}

// by lists the items of a status.
func (r *Report) by(s Status) []*Item {
	var list []*Item
	for _, it := range r.Items {
		if it.Status == s {
			list = append(list, it)
		}
	}
	return list
}
