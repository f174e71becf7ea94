package nfschema

import (
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

// engineOptions are options of the engine that are mistaken for parameters
// when they are written with two hyphens.
var engineOptions = strings.Fields(`bg c C config d D dockerize h log q quiet syslog v
	ansi ansi-log bucket-dir cache dsl2 dump-channels dump-hashes E entry latest lib main-script N name offline params-file pi plugins
	poll-interval pool-size profile ps qs queue-size r resume revision stdin stub stub-run test w with-charliecloud with-conda with-dag
	with-docker with-mpi with-notification with-podman with-report with-singularity with-timeline with-tower with-trace with-weblog
	without-docker without-podman work-dir`)

// validateParameters checks the parameters of the run.
func validateParameters(u *use) (value.Value, error) {
	s, err := u.load(u.find(u.option("parameters_schema", u.set.schema)))
	if err != nil {
		return nil, err
	}
	params := u.parameters(u.flag("cast_cli_params", false))
	errs, err := s.violations(params, parameter)
	if err != nil {
		return nil, err
	}
	var odd []string
	for _, name := range s.unrecognised(params) {
		dotted := strings.ReplaceAll(name, "/", ".")
		if slices.Contains(engineOptions, name) {
			errs = append(errs, "You used a core Nextflow option with two hyphens: '--"+name+"'. Please resubmit with '-"+name+"'")
		} else if !u.ignores(dotted) {
			odd = append(odd, "* --"+dotted+": "+s.shown(inside(params, strings.Split(name, "/"))))
		}
	}
	if len(errs) > 0 && u.set.unknownParam == "error" { // all that is wrong at once
		errs, odd = append(errs, odd...), nil
	}
	if len(odd) > 0 {
		if err := u.tell(u.set.unknownParam, "The following invalid input values have been detected:\n\n"+strings.Join(odd, "\n")+"\n\n"); err != nil {
			return nil, err
		}
	}
	return nil, u.refuse(u.withoutIgnored(errs))
}

// refuse ends the run when there are errors.
func (u *use) refuse(errs []string) error {
	if len(errs) == 0 {
		return nil
	}
	u.th.Host.Log("error", "Validation of pipeline parameters failed!")
	return u.fail("%s", u.set.colors.red()+"The following invalid input values have been detected:\n\n"+strings.Join(errs, "\n")+"\n"+u.set.colors.reset())
}

func (u *use) ignores(dotted string) bool {
	return slices.ContainsFunc(u.set.ignored, func(name string) bool { return dotted == name || strings.HasPrefix(dotted, name+".") })
}

func (u *use) withoutIgnored(errs []string) []string {
	return slices.DeleteFunc(errs, func(e string) bool {
		return slices.ContainsFunc(u.set.ignored, func(name string) bool { return strings.HasPrefix(e, "* --"+name) })
	})
}

// parameters are those of the run as they are checked.
func (u *use) parameters(cast bool) *value.Map {
	m := u.clean(u.env.Params, cast)
	for _, name := range []string{u.set.help.short, u.set.help.full, u.set.help.hidden} {
		if key := value.String(name); name != "" {
			m.Replace(key, value.Bool(false))
		}
	}
	return m
}

// clean leaves out what is not checked: nulls, and in older releases all that
// is false.
func (u *use) clean(params *value.Map, cast bool) *value.Map {
	m := value.NewMap(params.Len())
	params.Entries(func(k, v value.Value) bool {
		if v == nil || u.set.dropFalse && !value.Truth(v) && (u.old || !isZero(v)) {
			return true
		}
		switch x := v.(type) {
		case *value.Map:
			if u.old {
				v = value.String(value.ToString(x))
			} else {
				v = u.clean(x, cast)
			}
		case value.String:
			if cast {
				if t := inferText(string(x)); t != nil {
					v = t
				}
			}
		}
		m.Set(k, v)
		return true
	})
	return m
}

func isZero(v value.Value) bool {
	f, ok := value.AsFloat64(v)
	return ok && value.IsNumber(v) && f == 0
}

// validate checks any value.
func validate(u *use) (value.Value, error) {
	input, rest := value.Value(nil), []value.Value(nil)
	switch {
	case len(u.given) == 2: // a map in front is the value
		input, rest, u.options = u.given[0], u.given[1:], value.NewMap(0)
	case len(u.given) == 3 && len(u.args) == 2:
		input, rest = u.args[0], u.args[1:]
	default:
		return nil, u.fail("validate takes a value and a schema: `validate(value, \"assets/schema.json\")`")
	}
	s, err := u.load(u.find(value.ToString(rest[0])))
	if err != nil {
		return nil, err
	}
	lines, err := s.violations(input, object)
	if err != nil {
		return nil, err
	}
	if len(lines) > 0 && u.flag("exitOnError", true) {
		return nil, u.fail("%s", u.set.colors.red()+strings.Join(lines, "\n")+u.set.colors.reset()+"\n")
	}
	list := value.NewList()
	for _, l := range lines {
		list.Elems = append(list.Elems, value.String(l))
	}
	return list, nil
}

// unrecognised are the parameters that no part of the schema speaks of, nested
// names joined by a slash.
func (s *schema) unrecognised(params *value.Map) []string {
	known := map[string]bool{}
	s.speaksOf(s.tree, params, "", known, 0)
	var odd []string
	var visit func(m *value.Map, prefix string)
	visit = func(m *value.Map, prefix string) {
		m.Entries(func(k, v value.Value) bool {
			name := prefix + value.ToString(k)
			if inner, ok := v.(*value.Map); ok {
				visit(inner, name+"/")
			} else if !known[name] && !known[camel(name)] {
				odd = append(odd, name)
			}
			return true
		})
	}
	visit(params, "")
	return odd
}

// camel turns kebab-case into camelCase: the command line makes both of one
// parameter.
func camel(name string) string {
	var b strings.Builder
	up := false
	for _, r := range name {
		if r == '-' {
			up = true
			continue
		}
		if up {
			b.WriteString(strings.ToUpper(string(r)))
			up = false
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// maxNesting bounds schemas that refer to themselves.
const maxNesting = 64

// speaksOf notes the names that a schema has something to say about.
func (s *schema) speaksOf(node value.Value, v *value.Map, prefix string, known map[string]bool, depth int) {
	m, ok := node.(*value.Map)
	if !ok || depth > maxNesting {
		return
	}
	if ref, ok := value.Str(m.GetString("$ref")); ok && strings.HasPrefix(ref, "#") {
		s.speaksOf(s.at(ref), v, prefix, known, depth+1)
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		elems, _ := value.Elements(m.GetString(key))
		for _, e := range elems {
			s.speaksOf(e, v, prefix, known, depth+1)
		}
	}
	for _, key := range []string{"if", "then", "else"} {
		s.speaksOf(m.GetString(key), v, prefix, known, depth+1)
	}
	props, _ := m.GetString("properties").(*value.Map)
	patterns, _ := m.GetString("patternProperties").(*value.Map)
	_, others := m.Get(value.String("additionalProperties"))
	v.Entries(func(k, e value.Value) bool {
		name := value.ToString(k)
		sub, matched := property(props, patterns, name)
		if !matched && !others {
			return true
		}
		known[prefix+name] = true
		if inner, ok := e.(*value.Map); ok {
			s.speaksOf(sub, inner, prefix+name+"/", known, depth+1)
		}
		return true
	})
}

// property finds the schema of a name.
func property(props, patterns *value.Map, name string) (value.Value, bool) {
	if props != nil {
		if sub, ok := props.Get(value.String(name)); ok {
			return sub, true
		}
	}
	var found value.Value
	ok := false
	if patterns != nil {
		patterns.Entries(func(k, sub value.Value) bool {
			p, err := compilePattern(value.ToString(k))
			if err == nil && p.MatchString(name) {
				found, ok = sub, true
			}
			return !ok
		})
	}
	return found, ok
}
