package nfschema

import (
	"strings"

	"sluice/internal/lang/value"
)

// oldParamsHelp is the help text of nf-validation.
func oldParamsHelp(u *use) (value.Value, error) {
	command := ""
	if len(u.args) > 0 && u.args[0] != nil {
		command = value.ToString(u.args[0])
	}
	groups, err := u.groups(u.set.schema)
	if err != nil {
		return nil, err
	}
	c := u.set.colors
	var b strings.Builder
	b.WriteString("Typical pipeline command:\n\n  " + c.cyan() + command + c.reset() + "\n\n")
	w := &helper{u: u, groups: groups}
	if name, ok := value.Str(param(u.env, "help")); ok && name != "true" {
		p := w.find([]string{name})
		if p == nil {
			return nil, u.fail("Specified param '%s' does not exist in JSON schema.", name)
		}
		b.WriteString(w.oldDetailed(name, p) + c.rule())
		return value.String(b.String()), nil
	}
	width := longest(groups) + 1
	each(groups, func(title string, group *value.Map) {
		lines := w.oldLines(w.visible(group), width)
		if len(lines) > 0 {
			b.WriteString(c.underlined() + c.bold() + title + c.reset() + "\n" + strings.Join(lines, "") + "\n")
		}
	})
	if w.hidden > 0 {
		b.WriteString(c.dim() + " !! Hiding " + value.ToString(value.MakeInt(int64(w.hidden))) + " params, use --validationShowHiddenParams to show them !!\n" + c.reset())
	}
	b.WriteString(c.rule())
	return value.String(b.String()), nil
}

func (w *helper) oldDetailed(name string, p *value.Map) string {
	c := w.u.set.colors
	const indent = 17
	var b strings.Builder
	b.WriteString("--" + name + "\n")
	p.Entries(func(k, v value.Value) bool {
		if key := value.ToString(k); key != "fa_icon" {
			b.WriteString("    " + c.dim() + padRight(key, 11) + ": " + c.reset() + wrapText(value.ToString(v), w.u.set.help.width-indent, indent) + "\n")
		}
		return true
	})
	return b.String()
}

func (w *helper) oldLines(group *value.Map, width int) []string {
	c := w.u.set.colors
	indent := width + 14
	room := w.u.set.help.width - indent
	var lines []string
	each(group, func(name string, p *value.Map) {
		text := value.ToString(p.GetString("description")) + c.dim()
		if enum, ok := p.GetString("enum").(*value.List); ok {
			text += " (accepted: " + oldChoices(enum, room) + ")"
		}
		if d := p.GetString("default"); d != nil {
			text += " [default: " + value.ToString(d) + "]"
		}
		text += c.reset()
		lines = append(lines, "  --"+padRight(name, width)+c.dim()+padRight("["+value.ToString(p.GetString("type"))+"]", 10)+c.reset()+wrapText(text, room, indent)+"\n")
	})
	return lines
}

func oldChoices(enum *value.List, room int) string {
	var all []string
	for _, e := range enum.Elems {
		all = append(all, value.ToString(e))
	}
	text := strings.Join(all, ", ")
	if r := []rune(text); len(r) > room && room > 5 {
		cut := string(r[:room-5])
		if i := strings.LastIndexByte(cut, ','); i >= 0 {
			return cut[:i] + ", ..."
		}
	}
	return text
}
