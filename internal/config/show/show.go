package show

import (
	"sort"
	"strings"

	"sluice/internal/lang/value"
)

// A Tree is a configuration as its files wrote it: text made by `"${…}"` is
// still a GString, and maps given as values are told from blocks.
type Tree struct {
	Root *value.Map
	// Inline says that the map at a path prints as a value, `x = [a:1]`.
	// Nil: every map prints as a block.
	Inline func(path []string) bool
}

// Formats lists the formats in the order in which help names them.
func Formats() []string {
	return []string{"canonical", "properties", "flat", "json", "yaml"}
}

// Print renders the tree in one of Formats; sorted orders options by name.
func Print(t Tree, format string, sorted bool) (text string, ok bool) {
	if sorted {
		inline := t.Inline
		if inline == nil || format == "json" || format == "yaml" {
			inline = func([]string) bool { return false }
		}
		t.Root = sortTree(t.Root, nil, inline)
	}
	switch format {
	case "canonical":
		return canonical(t), true
	case "flat":
		return flat(t), true
	case "properties":
		return properties(t.Root, sorted), true
	case "json":
		return printJSON(t.Root) + "\n", true
	case "yaml":
		return printYAML(t.Root), true
	}
	return "", false
}

// sortTree is a copy with keys in order; maps in lists and those that print
// as values stay.
func sortTree(m *value.Map, path []string, inline func([]string) bool) *value.Map {
	keys := m.Keys()
	sort.SliceStable(keys, func(i, j int) bool { return value.ToString(keys[i]) < value.ToString(keys[j]) })
	c := value.NewMap(m.Len())
	for _, k := range keys {
		v, _ := m.Get(k)
		at := join(path, value.ToString(k))
		if inner, ok := v.(*value.Map); ok && !inline(at) {
			v = sortTree(inner, at, inline)
		}
		c.Set(k, v)
	}
	return c
}

// Value is an option's value as -value prints it.
func Value(v value.Value) string {
	if c, ok := v.(*value.Closure); ok {
		return closureText(c)
	}
	return value.ToString(v)
}

// closureText is a closure as the file wrote it.
func closureText(c *value.Closure) string {
	if text := c.Source.Text(); text != "" {
		return text
	}
	return "{ ... }"
}

func join(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func entries(m *value.Map, f func(name string, v value.Value)) {
	m.Entries(func(k, v value.Value) bool {
		f(value.ToString(k), v)
		return true
	})
}

func pad(n int) string { return strings.Repeat(" ", n) }
