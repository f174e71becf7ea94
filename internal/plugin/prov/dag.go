package prov

import (
	"fmt"
	"html"
	"path"
	"strings"

	"sluice/internal/storage"
	"sluice/internal/task"
)

const dagPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tasks of %s</title></head>
<body>
<pre class="mermaid">
%s
</pre>
<script type="module">
import mermaid from 'https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.esm.min.mjs';
mermaid.initialize({ startOnLoad: true });
</script>
</body></html>
`

// dag is the report as a graph of tasks and the files between them.
func dag(r *record) (string, error) {
	return fmt.Sprintf(dagPage, html.EscapeString(r.launch.RunName), html.EscapeString(r.diagram())), nil
}

// A group is a workflow with its tasks, or with workflows inside.
type group struct {
	name  string
	parts []any // *group, or the text of a task
}

// diagram is the graph in Mermaid's language.
func (r *record) diagram() string {
	names := map[*task.Task]string{}
	root := &group{}
	for i, t := range r.tasks {
		names[t] = fmt.Sprintf("t%d", i)
		root.add(t, names[t])
	}
	lines := []string{"flowchart TD", `    subgraph " "`}
	inputs := map[string]string{}
	for _, t := range r.tasks {
		for _, in := range t.Stage {
			if r.makers[in.Source] != nil || inputs[in.Source] != "" {
				continue
			}
			id := fmt.Sprintf("in%d", len(inputs))
			inputs[in.Source] = id
			lines = append(lines, fmt.Sprintf(`    %s["%s"]`, id, path.Base(in.Source)))
			if storage.IsRemote(in.Source) {
				lines = append(lines, fmt.Sprintf(`    click %s href "%s" _blank`, id, in.Source))
			}
		}
	}
	lines = root.write(append(lines, "    end"))
	used := map[string]bool{}
	for _, t := range r.tasks {
		for _, in := range t.Stage {
			if maker := r.makers[in.Source]; maker != nil {
				used[in.Source] = true
				lines = append(lines, fmt.Sprintf("    %s -->|%s| %s", names[maker], path.Base(in.Source), names[t]))
			} else {
				lines = append(lines, fmt.Sprintf("    %s --> %s", inputs[in.Source], names[t]))
			}
		}
	}
	var last []string
	for _, t := range r.tasks {
		for _, out := range t.Outputs {
			if !used[out] {
				used[out] = true
				lines = append(lines, fmt.Sprintf("    %s --> out%d", names[t], len(last)))
				last = append(last, fmt.Sprintf("    out%d[%s]", len(last), path.Base(out)))
			}
		}
	}
	lines = append(lines, `    subgraph " "`)
	return strings.Join(append(append(lines, last...), "    end"), "\n")
}

// add puts a task into the workflows of its name.
func (g *group) add(t *task.Task, id string) {
	parts := strings.Split(t.Process, ":")
	for _, name := range parts[:len(parts)-1] {
		g = g.inner(name)
	}
	label := strings.Replace(t.Name, t.Process, parts[len(parts)-1], 1)
	g.parts = append(g.parts, fmt.Sprintf(`    %s(["%s"])`, id, label))
}

func (g *group) inner(name string) *group {
	for _, p := range g.parts {
		if x, ok := p.(*group); ok && x.name == name {
			return x
		}
	}
	x := &group{name: name}
	g.parts = append(g.parts, x)
	return x
}

func (g *group) write(lines []string) []string {
	if g.name != "" {
		lines = append(lines, "    subgraph "+g.name)
	}
	for _, p := range g.parts {
		switch p := p.(type) {
		case string:
			lines = append(lines, p)
		case *group:
			lines = p.write(lines)
		}
	}
	if g.name != "" {
		lines = append(lines, "    end")
	}
	return lines
}
