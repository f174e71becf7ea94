package prov

import (
	"strconv"
	"strings"
)

// legacy is the report of releases before 1.5: tasks by their number. Inputs
// and outputs are the files; values are not told.
func legacy(r *record) (string, error) {
	uri := func(path string) string {
		if strings.HasPrefix(path, "/") {
			return "file://" + path
		}
		return path
	}
	tasks := map[string]any{}
	for _, t := range r.tasks {
		inputs, outputs := []any{}, []any{}
		for _, in := range t.Stage {
			inputs = append(inputs, map[string]any{"name": in.Name, "value": uri(in.Source)})
		}
		for _, out := range t.Outputs {
			outputs = append(outputs, map[string]any{"name": strings.TrimPrefix(out, t.WorkDir+"/"), "emit": nil, "value": uri(out)})
		}
		script := strings.TrimPrefix(t.Script, "#!"+strings.Join(t.Shell, " ")+"\n")
		id := strconv.Itoa(t.ID)
		tasks[id] = map[string]any{
			"id": id, "name": t.Name, "cached": t.State.String() == "CACHED", "process": t.Process, "script": script, "inputs": inputs, "outputs": outputs,
		}
	}
	files := []any{}
	for _, p := range r.published {
		var maker any
		if t := r.makers[p.source]; t != nil {
			maker = strconv.Itoa(t.ID)
		}
		files = append(files, map[string]any{"source": uri(p.source), "target": uri(p.target), "publishingTaskId": maker})
	}
	return pretty(map[string]any{"pipeline": r.workflow["manifest"], "published": files, "tasks": tasks})
}
