package nfschema

import (
	"strings"

	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// help prints the help and ends the run, when `validation.help` is enabled and
// a parameter asks for it. From release 3 on scripts call paramsHelp instead.
func help(env *plugin.Env) error {
	if v, ok := env.Option("validation", "help", "enabled").(value.Bool); !ok || !bool(v) {
		return nil
	}
	if env.Version.Before(2, 1, 0) || !env.Version.Before(3, 0, 0) && env.Version != "" {
		return nil
	}
	u := newUse(env, env.Thread, nil, false)
	full, short := param(env, u.set.help.full), param(env, u.set.help.short)
	if !value.Truth(full) && !value.Truth(short) {
		return nil
	}
	groups, err := u.groups(u.set.schema)
	if err != nil {
		return err
	}
	w := &helper{u: u, groups: groups}
	w.addOwn()
	name, _ := value.Str(short)
	body, err := w.body(value.Truth(full), name)
	if err != nil {
		return err
	}
	env.Thread.Host.Log("info", w.before()+body+w.after())
	return &stdlib.ExitError{}
}

// paramsHelp is the help text.
func paramsHelp(u *use) (value.Value, error) {
	set := &u.set.help
	set.beforeText, set.afterText = u.set.colors.filter(u.option("beforeText", set.beforeText)), u.set.colors.filter(u.option("afterText", set.afterText))
	set.command = u.set.colors.filter(u.option("command", set.command))
	set.showHidden = u.flag("showHidden", false) || value.Truth(param(u.env, set.hidden))
	name := u.option("parameter", "")
	if len(u.args) > 0 && u.args[0] != nil {
		if u.env.Version.Before(2, 5, 0) {
			set.command = value.ToString(u.args[0])
		} else {
			name = value.ToString(u.args[0])
		}
	}
	if asked, ok := value.Str(param(u.env, set.short)); ok && name == "" && u.env.Version.Before(2, 5, 0) {
		name = asked
	}
	groups, err := u.groups(u.option("parameters_schema", u.set.schema))
	if err != nil {
		return nil, err
	}
	w := &helper{u: u, groups: groups}
	body, err := w.body(u.flag("fullHelp", false), name)
	if err != nil {
		return nil, err
	}
	return value.String(w.before() + strings.TrimRight(body, "\n") + "\n" + w.after()), nil
}

// A helper writes help texts.
type helper struct {
	u      *use
	groups *value.Map
	hidden int // parameters left out
}

// addOwn puts the parameters that ask for help beside those of the schema. A
// script that calls paramsHelp has its own.
func (w *helper) addOwn() {
	other, ok := w.groups.GetString(ungrouped).(*value.Map)
	if !ok {
		other = value.NewMap(3)
		w.groups.Set(value.String(ungrouped), other)
	}
	set := w.u.set.help
	own := func(name, doc string, types value.Value) {
		other.Replace(value.String(name), value.MapOf("type", types, "description", value.String(doc)))
	}
	own(set.short, "Show the help message for all top level parameters. When a parameter is given to `--"+set.short+
		"`, the full help message of that parameter will be printed.", value.NewList(value.String("boolean"), value.String("string")))
	own(set.full, "Show the help message for all non-hidden parameters.", value.String("boolean"))
	own(set.hidden, "Show all hidden parameters in the help message. This needs to be used in combination with `--"+set.short+
		"` or `--"+set.full+"`.", value.String("boolean"))
}

func (w *helper) before() string {
	set, c := w.u.set.help, w.u.set.colors
	text := set.beforeText + "\n"
	if set.command != "" {
		text += "Typical pipeline command:\n\n  " + c.cyan() + set.command + c.reset() + "\n\n"
	}
	return text
}

func (w *helper) after() string {
	set, c := w.u.set.help, w.u.set.colors
	text := ""
	if w.hidden > 0 {
		text = " " + c.dim() + "!! Hiding " + value.ToString(value.MakeInt(int64(w.hidden))) + " param(s), use the `--" + set.hidden + "` parameter to show them !!" + c.reset() + "\n"
	}
	return text + c.rule() + "\n" + set.afterText + "\n"
}

// body is the help of all parameters, nested ones too when it is full, or of
// the one that is named.
func (w *helper) body(full bool, name string) (string, error) {
	if full || name == "" || name == "true" {
		return w.groupsText(full), nil
	}
	p := w.find(strings.Split(name, "."))
	if p == nil || p.Len() == 0 {
		return "", w.u.fail("Unable to create help message: Specified param '%s' does not exist in JSON schema.", name)
	}
	return w.detailed(name, p) + w.fieldsOf(p), nil
}

// find finds a parameter, nested by the names of a path.
func (w *helper) find(path []string) *value.Map {
	var p *value.Map
	each(w.groups, func(_ string, group *value.Map) {
		if m, ok := group.GetString(path[0]).(*value.Map); ok {
			p = m
		}
	})
	for _, name := range path[1:] {
		if p == nil {
			return nil
		}
		p, _ = properties(p).GetString(name).(*value.Map)
	}
	return p
}

// detailed is all that the schema says of a parameter.
func (w *helper) detailed(name string, p *value.Map) string {
	c := w.u.set.colors
	width := 0
	p.Entries(func(k, _ value.Value) bool {
		n := len([]rune(value.ToString(k)))
		if value.ToString(k) == "properties" {
			n = len("options")
		}
		width = max(width, n)
		return true
	})
	var b strings.Builder
	b.WriteString(c.underlined() + c.bold() + "--" + name + c.reset() + "\n")
	p.Entries(func(k, v value.Value) bool {
		key := value.ToString(k)
		text := value.ToString(v)
		switch {
		case key == "fa_icon", key == "type" && text == "object":
		case key == "properties":
			nested := value.NewMap(4)
			flattenSchema(w.visible(properties(p))).Entries(func(k, v value.Value) bool {
				nested.Set(value.String(name+"."+value.ToString(k)), v)
				return true
			})
			b.WriteString("    " + c.dim() + padRight("options", width) + ": " + c.reset() + "\n")
			for _, l := range w.lines(nested, longestKey(nested)+1, name) {
				b.WriteString("      --" + l[4:] + "\n")
			}
			b.WriteString("\n")
		default:
			b.WriteString("    " + c.dim() + padRight(key, width) + ": " + c.reset() + w.wrap(text) + "\n")
		}
		return true
	})
	return b.String()
}

// groupsText is the help of all groups; nested parameters stand under their
// full names when asked for.
func (w *helper) groupsText(nested bool) string {
	c := w.u.set.colors
	w.hidden = 0
	shown := value.NewMap(w.groups.Len())
	each(w.groups, func(title string, group *value.Map) {
		v := w.visible(group)
		if nested {
			v = flattenSchema(v)
		}
		shown.Set(value.String(title), v)
	})
	set := w.u.set.help // the columns stand where they would with the plugin's own parameters
	width := max(longest(shown), len(set.short), len(set.full), len(set.hidden)) + 1
	var b strings.Builder
	other, ok := shown.Delete(value.String(ungrouped))
	if !ok {
		b.WriteString("\n")
	} else {
		lines := w.lines(other.(*value.Map), width+2, "")
		for i, l := range lines {
			lines[i] = l[2:]
		}
		b.WriteString(strings.Join(lines, "\n") + "\n\n")
	}
	each(shown, func(title string, group *value.Map) {
		if group.Len() > 0 {
			b.WriteString(c.underlined() + c.bold() + title + c.reset() + "\n" + strings.Join(w.lines(group, width, ""), "\n") + "\n\n")
		}
	})
	return b.String()
}

// visible leaves out hidden parameters and counts them.
func (w *helper) visible(group *value.Map) *value.Map {
	if w.u.set.help.showHidden {
		return group
	}
	shown := value.NewMap(group.Len())
	each(group, func(name string, p *value.Map) {
		switch {
		case !value.Truth(p.GetString("hidden")):
			shown.Set(value.String(name), p)
		case p.GetString("properties") != nil:
			copied := p.Copy()
			copied.Replace(value.String("properties"), w.visible(properties(p)))
			shown.Set(value.String(name), copied)
		default:
			w.hidden++
		}
	})
	return shown
}

// lines are the parameters of a group, one each.
func (w *helper) lines(group *value.Map, width int, parent string) []string {
	c := w.u.set.colors
	typeWidth := 0
	each(group, func(_ string, p *value.Map) { typeWidth = max(typeWidth, len([]rune(typeText(p)))) })
	var lines []string
	each(group, func(name string, p *value.Map) {
		text := ""
		if d := p.GetString("description"); value.Truth(d) {
			text = value.ToString(d) + " "
		}
		text += c.dim()
		if enum, ok := p.GetString("enum").(*value.List); ok {
			text += " (accepted: " + w.choices(enum) + ") "
		}
		if d := p.GetString("default"); d != nil {
			text += "[default: " + value.ToString(d) + "] "
		}
		text += c.reset()
		if nested, ok := p.GetString("properties").(*value.Map); ok && nested.Len() > 0 {
			full := name
			if parent != "" {
				full = parent + "." + name
			}
			text += "(This parameter has sub-parameters. Use '--help " + full + "' to see all sub-parameters) "
		}
		lines = append(lines, "  --"+padRight(name, width)+c.dim()+padRight(typeText(p), typeWidth+1)+c.reset()+w.wrap(text))
	})
	return lines
}

func typeText(p *value.Map) string {
	t := p.GetString("type")
	if s, ok := value.Str(t); ok && s != "" {
		return "[" + s + "]"
	}
	if t == nil {
		return ""
	}
	return value.ToString(t)
}

// choices are the accepted values, cut where the line would get too long.
func (w *helper) choices(enum *value.List) string {
	var all []string
	for _, e := range enum.Elems {
		all = append(all, value.ToString(e))
	}
	text, limit := strings.Join(all, ", "), w.u.set.help.enumLength
	if r := []rune(text); limit >= 0 && len(r) > limit {
		cut := string(r[:limit])
		if i := strings.LastIndexByte(cut, ','); i >= 0 {
			return cut[:i] + ", ..."
		}
		return "..."
	}
	return text
}

// wrap breaks a text that is wider than the terminal.
func (w *helper) wrap(text string) string { return wrapText(text, w.u.set.help.width, 0) }

func wrapText(text string, width, indent int) string {
	if len([]rune(text)) <= width {
		return text
	}
	var lines []string
	line := ""
	for _, word := range strings.Split(text, " ") {
		if len([]rune(line))+len([]rune(word)) <= width {
			line += word + " "
		} else {
			lines, line = append(lines, line), word+" "
		}
	}
	return strings.Join(append(lines, line), "\n"+strings.Repeat(" ", indent))
}
