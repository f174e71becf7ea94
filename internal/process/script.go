package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// buildScript evaluates the body to the text that the shell will run.
func (in *instance) buildScript() error {
	d := in.node.def
	body, kind := d.script, d.ast.BodyKind
	if d.native() {
		return nil
	}
	if in.run().Stub && d.stub != nil {
		body, kind = d.stub, "script"
	}
	if body == nil {
		return fmt.Errorf("process `%s` has no script", d.ast.Name)
	}
	v, err := body.Run(in.frame)
	if err != nil {
		return err
	}
	text, err := in.scriptText(v, kind)
	if err != nil {
		return err
	}
	in.task.Script = in.normalize(text)
	return nil
}

// scriptText is the script of a body's value: text, or the path of a template.
func (in *instance) scriptText(v value.Value, kind string) (string, error) {
	shell := kind == "shell"
	if p, ok := v.(*value.Path); ok {
		raw, err := os.ReadFile(p.Name)
		if err != nil {
			return "", fmt.Errorf("read the template %s: %w", p.Name, unwrapPath(err))
		}
		return in.render(string(raw), shell)
	}
	if v == nil {
		return "", fmt.Errorf("Missing script in process `%s` -- the last statement of its body must give the script text", in.node.name)
	}
	if _, ok := value.Str(v); !ok {
		return "", fmt.Errorf("Process `%s` script must give text, not %s: %s", in.node.name, v.Class().Simple(), value.ToString(v))
	}
	text, err := value.Text(v)
	if err != nil || !shell {
		return text, err
	}
	return in.render(text, shell)
}

// render fills in the !{…} of a shell block, or the ${…} of a template.
func (in *instance) render(text string, shell bool) (string, error) {
	if shell {
		return fill(text, '!', func(expr string) (string, error) { return in.embedded(expr) })
	}
	return fill(text, '$', func(expr string) (string, error) { return in.embedded(expr) })
}

func (in *instance) embedded(expr string) (string, error) {
	v, err := in.run().Eval(expr, in.node.def.inst, in.frame)
	if err != nil {
		return "", err
	}
	return value.Text(v)
}

// fill replaces marker{expr}, and for `$` also $name.prop; a backslash keeps
// the marker.
func fill(text string, marker byte, eval func(string) (string, error)) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && marker == '$' && i+1 < len(text) && (text[i+1] == '$' || text[i+1] == '\\') {
			i++
			b.WriteByte(text[i])
			continue
		}
		if c != marker || i+1 >= len(text) {
			b.WriteByte(c)
			continue
		}
		end := i + 1
		expr := ""
		if text[i+1] == '{' {
			depth := 0
			for end < len(text) {
				if text[end] == '{' {
					depth++
				}
				if text[end] == '}' {
					if depth--; depth == 0 {
						break
					}
				}
				end++
			}
			if end == len(text) {
				return "", fmt.Errorf("%c{ without its closing brace: %s", marker, firstLine(text[i:]))
			}
			expr = text[i+2 : end]
			end++
		} else if marker == '$' {
			for end < len(text) && (isNameByte(text[end], end > i+1) || text[end] == '.' && end+1 < len(text) && isNameByte(text[end+1], false)) {
				end++
			}
			expr = text[i+1 : end]
		}
		if expr == "" {
			b.WriteByte(c)
			continue
		}
		s, err := eval(expr)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		i = end - 1
	}
	return b.String(), nil
}

func isNameByte(c byte, digits bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digits && c >= '0' && c <= '9'
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// blockText is the text of a block from the start of its first line.
func blockText(at source.Span) string {
	start := int(at.Start)
	for start > 0 && (at.File.Text[start-1] == ' ' || at.File.Text[start-1] == '\t') {
		start--
	}
	return at.File.Text[start:at.End]
}

// normalize removes the common indentation and puts the interpreter in front.
func (in *instance) normalize(text string) string {
	text = strings.TrimSpace(task.StripIndent(text))
	if !strings.HasPrefix(text, "#!") {
		text = in.task.Shebang() + text
	}
	return text + "\n"
}

// TemplatePath finds a template: beside the module, else in the project.
func (r *Run) TemplatePath(modulePath, name string) (*value.Path, error) {
	if filepath.IsAbs(name) {
		return &value.Path{Name: name}, nil
	}
	dirs := []string{filepath.Join(filepath.Dir(modulePath), "templates"), filepath.Join(r.ProjectDir, "templates")}
	for _, dir := range dirs {
		p := filepath.Join(dir, name)
		if _, err := os.Stat(p); err == nil {
			return &value.Path{Name: p}, nil
		}
	}
	return nil, fmt.Errorf("the template `%s` is neither in %s nor in %s", name, dirs[0], dirs[1])
}
