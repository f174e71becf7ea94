package nfschema

import (
	"strings"

	"sluice/internal/lang/value"
)

// coreGroup holds facts of the run in summaries.
const coreGroup = "Core Nextflow options"

// paramsSummaryMap is the parameters that differ from the defaults of the
// schema, by group.
func paramsSummaryMap(u *use) (value.Value, error) {
	if err := u.mapOption(); err != nil {
		return nil, err
	}
	return u.summaryMap(u.option("parameters_schema", u.set.schema))
}

// mapOption refuses options that are positional and no `workflow`.
func (u *use) mapOption() error {
	for _, a := range u.args {
		if _, isText := value.Str(a); isText {
			return u.fail("the schema is a named option: `parameters_schema: %s`", value.Inspect(a))
		}
	}
	return nil
}

func (u *use) summaryMap(schema string) (*value.Map, error) {
	groups, err := u.groups(schema)
	if err != nil {
		return nil, err
	}
	core, err := u.coreSummary()
	if err != nil {
		return nil, err
	}
	summary := value.NewMap(groups.Len() + 1)
	if u.set.coreFirst {
		summary.Set(value.String(coreGroup), core)
	}
	each(groups, func(title string, group *value.Map) {
		s := u.differing(u.env.Params, group)
		for _, name := range u.set.summary.hide {
			remove(s, strings.Split(name, "."))
		}
		summary.Replace(value.String(title), s)
	})
	if !u.set.coreFirst {
		summary.Set(value.String(coreGroup), core)
	}
	return summary, nil
}

func remove(m *value.Map, path []string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := m.GetString(name).(*value.Map)
		if !ok {
			return
		}
		m = inner
	}
	m.Delete(value.String(path[len(path)-1]))
}

// coreSummary is facts of the run.
func (u *use) coreSummary() (*value.Map, error) {
	fact := func(name string) value.Value {
		v, err := u.th.Host.Property(u.th, u.env.Workflow, name)
		if err != nil {
			return nil
		}
		return v
	}
	core := value.NewMap(10)
	set := func(name string, v value.Value) { core.Set(value.String(name), v) }
	for _, name := range []string{"revision", "runName", "containerEngine", "container"} {
		if v := fact(name); value.Truth(v) || name == "runName" {
			set(name, v)
		}
	}
	for _, name := range []string{"launchDir", "workDir", "projectDir"} {
		v := fact(name)
		if v != nil && len(u.set.summary.maskParts) > 0 {
			masked, err := u.mask(value.ToString(v))
			if err != nil {
				return nil, err
			}
			v = value.String(masked)
		}
		set(name, v)
	}
	set("userName", fact("userName"))
	set("profile", fact("profile"))
	files, _ := value.Elements(fact("configFiles"))
	if u.set.noFiles {
		files = nil
	}
	var names []string
	for _, f := range files {
		names = append(names, value.ToString(f))
	}
	masked, err := u.mask(strings.Join(names, ", "))
	set("configFiles", value.String(masked))
	return core, err
}

// mask hides the parts of a text that summary.maskSubpaths matches.
func (u *use) mask(text string) (string, error) {
	for _, part := range u.set.summary.maskParts {
		p, err := value.NewPattern(part, 0)
		if err != nil {
			return "", u.fail("`validation.summary.maskSubpaths`: %v", err)
		}
		if text, err = p.ReplaceAll(text, u.set.summary.mask); err != nil {
			return "", u.fail("`validation.summary.maskSubpaths`: %v", err)
		}
	}
	return text, nil
}

// differing are the parameters of a group that are not as the schema has them.
func (u *use) differing(params, group *value.Map) *value.Map {
	found := value.NewMap(group.Len())
	each(group, func(name string, p *value.Map) {
		v, ok := params.Get(value.String(name))
		if !ok {
			return
		}
		inner, isMap := v.(*value.Map)
		if _, nested := p.GetString("properties").(*value.Map); nested && isMap && !u.old {
			found.Set(value.String(name), u.differing(inner, properties(p)))
			return
		}
		if text, differs := u.differs(v, p); differs {
			if masked, err := u.mask(text); err == nil {
				text = masked
			}
			found.Set(value.String(name), value.String(text))
		}
	})
	return found
}

// differs compares a parameter with the default of the schema. Defaults that
// name the project directory or the output directory are compared by the rest.
func (u *use) differs(v value.Value, p *value.Map) (string, bool) {
	d := p.GetString("default")
	if v == nil {
		return "null", d != nil && u.old
	}
	text := value.ToString(v)
	if path, ok := v.(*value.Path); ok {
		text = path.URI()
	}
	if d == nil {
		return text, text != "" && text != "false"
	}
	want := value.ToString(d)
	if t, ok := value.Str(p.GetString("type")); ok && t == "string" {
		if rest := strings.NewReplacer("$projectDir", "", "${projectDir}", "").Replace(want); rest != want && strings.Contains(text, rest) {
			return text, false
		}
		outdir := value.ToString(param(u.env, "outdir"))
		if rest := strings.NewReplacer("$params.outdir", "", "${params.outdir}", "").Replace(want); rest != want && outdir+rest == text {
			return text, false
		}
	}
	return text, text != want
}

// paramsSummaryLog is the same as a text for the terminal.
func paramsSummaryLog(u *use) (value.Value, error) {
	if err := u.mapOption(); err != nil {
		return nil, err
	}
	before, after := u.option("beforeText", ""), u.option("afterText", "")
	if before == "" {
		before = u.set.summary.beforeText
	}
	if after == "" {
		after = u.set.summary.afterText
	}
	if v := u.options.GetString("monochrome_logs"); value.Truth(v) {
		u.set.colors.off = true
	}
	text, err := u.summaryText(!u.env.Version.Before(2, 7, 0))
	return value.String(u.set.colors.filter(before) + text + u.set.colors.filter(after)), err
}

// oldParamsSummaryLog is that of nf-validation.
func oldParamsSummaryLog(u *use) (value.Value, error) {
	text, err := u.summaryText(false)
	return value.String(text), err
}

// summaryText writes the groups that are not empty.
func (u *use) summaryText(withoutContainers bool) (string, error) {
	summary, err := u.summaryMap(u.option("parameters_schema", u.set.schema))
	if err != nil {
		return "", err
	}
	if core, ok := summary.GetString(coreGroup).(*value.Map); ok && withoutContainers {
		core.Delete(value.String("container"))
	}
	flat := value.NewMap(summary.Len())
	each(summary, func(title string, group *value.Map) { flat.Set(value.String(title), u.flatten(group)) })
	width := longest(flat)
	c := u.set.colors
	var b strings.Builder
	each(flat, func(title string, group *value.Map) {
		if group.Len() == 0 {
			return
		}
		b.WriteString(c.bold() + title + c.reset() + "\n")
		group.Entries(func(k, v value.Value) bool {
			b.WriteString("  " + c.blue() + padRight(value.ToString(k), width) + ": " + c.green() + value.ToString(v) + c.reset() + "\n")
			return true
		})
		b.WriteString("\n")
	})
	b.WriteString("!! Only displaying parameters that differ from the pipeline defaults !!\n" + c.rule())
	return b.String(), nil
}

// flatten puts nested values beside the others, under their full name.
func (u *use) flatten(m *value.Map) *value.Map {
	if u.old {
		return m
	}
	flat := value.NewMap(m.Len())
	m.Entries(func(k, v value.Value) bool {
		inner, nested := v.(*value.Map)
		if !nested {
			flat.Set(k, v)
			return true
		}
		u.flatten(inner).Entries(func(name, e value.Value) bool {
			flat.Set(value.String(value.ToString(k)+"."+value.ToString(name)), e)
			return true
		})
		return true
	})
	return flat
}
