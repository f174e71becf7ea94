package engine

import (
	"sluice/internal/config"
	"sluice/internal/lang/value"
	"sluice/internal/workflow"
)

// selectedImages is `workflow.container`: the image of all processes, or a map of
// those that selectors give, by name, that of the others last.
func (r *run) selectedImages() value.Value {
	images := value.NewMap(4)
	// In the older grammar a name that is not known is an empty block.
	known := &workflow.Facts{Of: manifestClass, Values: value.MapOf("workflow", emptyBlock(), "task", emptyBlock())}
	image := func(m *value.Map, key string) {
		v, ok := m.Get(value.String("container"))
		if !ok || !value.Truth(v) {
			return
		}
		if f, isClosure := v.(value.Callable); isClosure {
			if c, ok := v.(*value.Closure); ok && r.config.Older {
				f = c.WithDelegate(known)
			}
			var err error
			if v, err = f.CallWith(r.thread, nil); err != nil {
				v = value.String("(dynamic resolved)") // a task is needed to know
			}
		}
		images.Set(value.String(key), value.String(value.ToString(v)))
	}
	process := r.config.Scope("process")
	process.Entries(func(k, v value.Value) bool {
		kind, pattern, isSelector := config.IsSelector(value.ToString(k))
		if m, isMap := v.(*value.Map); isMap && isSelector {
			if kind == "withLabel" {
				pattern = config.SelectorKey(kind, pattern)
			}
			image(m, pattern)
		}
		return true
	})
	selected := images.Len()
	image(process, "default")
	if one := images.GetString("default"); selected == 0 && one != nil {
		return one
	}
	return images
}

// emptyBlock is a block of a configuration in which every name is one.
func emptyBlock() *value.Map {
	m := value.NewMap(0)
	m.Shy = true
	m.Default = func(*value.Thread, value.Value) (value.Value, error) { return emptyBlock(), nil }
	return m
}
