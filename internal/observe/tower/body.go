package tower

import (
	"sort"
	"strings"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// taskBody is the record of a task with names and times as the service takes them.
func taskBody(record map[string]any, t *task.Task) map[string]any {
	m := make(map[string]any, len(record)+4)
	for k, v := range record {
		k = camelCase(k)
		switch k {
		case "submit", "start", "complete":
			v = moment(v)
		}
		m[k] = v
	}
	executor := t.Executor
	if executor == "" {
		executor = "local"
	}
	m["executor"], m["machineType"], m["cloudZone"], m["priceModel"] = executor, orNil(t.Resources.Machine), nil, nil
	return m
}

// moment is milliseconds as a date.
func moment(v any) any {
	n, ok := v.(int64)
	if !ok || n == 0 {
		return nil
	}
	return time.UnixMilli(n).Format("2006-01-02T15:04:05.999Z07:00")
}

// camelCase is pcpu for %cpu, and peakRss for peak_rss.
func camelCase(name string) string {
	if strings.HasPrefix(name, "%") {
		return "p" + name[1:]
	}
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// progress is how far the run is.
func progress(c *observe.Counts) map[string]any {
	m := c.Total.Load()
	processes := c.ProcessLoads()
	for _, p := range processes {
		for _, name := range []string{"hash", "taskName", "errored", "completedCount", "totalCount"} {
			delete(p, name)
		}
	}
	m["processes"] = processes
	return m
}

// pairs is a map as one text.
func pairs(m map[string]any) any {
	if len(m) == 0 {
		return nil
	}
	var list []string
	for k, v := range m {
		text, _ := v.(string)
		list = append(list, k+":"+text)
	}
	sort.Strings(list)
	return strings.Join(list, ",")
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
