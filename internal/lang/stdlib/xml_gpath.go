package stdlib

import (
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

// A GPath is what XmlSlurper gives: some elements, or an attribute of them.
type GPath struct {
	list   []*XMLNode
	attr   string // its values instead of the elements; "" for elements
	called string // the name asked for
}

// Class is that of the children of elements.
func (*GPath) Class() *value.Class { return gpathClass }

func asGPath(n *XMLNode) value.Value { return &GPath{list: []*XMLNode{n}, called: n.name} }

// texts is the text of each element or attribute.
func (g *GPath) texts() []string {
	var all []string
	for _, n := range g.list {
		if g.attr == "" {
			all = append(all, n.text())
		} else if v := n.Attribute(g.attr); v != nil {
			all = append(all, value.ToString(v))
		}
	}
	return all
}

// ToString is the text of all.
func (g *GPath) ToString() string { return strings.Join(g.texts(), "") }

// Truth is true: what is not there is a path all the same.
func (g *GPath) Truth() bool { return true }

// Len is the number of elements or attributes.
func (g *GPath) Len() int { return len(g.texts()) }

// EqualTo compares the text.
func (g *GPath) EqualTo(other value.Value) bool {
	if o, ok := other.(*GPath); ok {
		return g.ToString() == o.ToString()
	}
	s, ok := value.Str(other)
	return ok && g.ToString() == s
}

// HashCode is that of the text.
func (g *GPath) HashCode() int32 { return value.HashCode(value.String(g.ToString())) }

// Iterate walks elements, or attributes.
func (g *GPath) Iterate(yield func(value.Value) bool) {
	for _, n := range g.list {
		one := &GPath{list: []*XMLNode{n}, attr: g.attr, called: g.called}
		if g.attr != "" && n.Attribute(g.attr) == nil {
			continue
		}
		if !yield(one) {
			return
		}
	}
}

// Property is the children of a name, an attribute (`@id`), all children (`*`),
// the elements around (`..`), or all below (`**`).
func (g *GPath) Property(name string) (value.Value, bool) {
	if a, ok := attributeName(name); ok {
		return g.Attribute(a), true
	}
	out := &GPath{called: name}
	switch name {
	case "..":
		for _, n := range g.list {
			if n.parent != nil && !slices.Contains(out.list, n.parent) {
				out.list = append(out.list, n.parent)
			}
		}
		return out, true
	case "**":
		return g.below(true), true
	}
	for _, n := range g.list {
		out.list = append(out.list, n.named(name)...)
	}
	return out, true
}

// Attribute is `node.@name`.
func (g *GPath) Attribute(name string) value.Value {
	return &GPath{list: g.list, attr: name, called: name}
}

func (g *GPath) below(deep bool) value.Value {
	l := value.NewList()
	for _, n := range g.list {
		l.Elems = append(l.Elems, nodes(n.below(deep), asGPath).Elems...)
	}
	return l
}

func gpathMethods() []def {
	get := func(c call) *GPath { return c.recv.(*GPath) }
	number := func(name string, class *value.Class) def {
		return def{name, "", "is the text as a number", func(c call) (value.Value, error) {
			return AsType(c.th, value.String(strings.TrimSpace(get(c).ToString())), class)
		}}
	}
	part := func(name string) func(c call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			v, _ := get(c).Property(name)
			return v, nil
		}
	}
	where := func(first bool) func(c call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			out := &GPath{attr: get(c).attr, called: get(c).called}
			for _, n := range get(c).list {
				ok, err := c.test(c.arg(0), &GPath{list: []*XMLNode{n}, attr: out.attr, called: out.called})
				if err != nil {
					return nil, err
				}
				if ok {
					out.list = append(out.list, n)
					if first {
						break
					}
				}
			}
			return out, nil
		}
	}
	return []def{
		{"text", "", "is the text of all", func(c call) (value.Value, error) { return value.String(get(c).ToString()), nil }},
		{"toString", "", "is the text of all", func(c call) (value.Value, error) { return value.String(get(c).ToString()), nil }},
		{"localText", "", "is the text right in the elements", func(c call) (value.Value, error) {
			l := value.NewList()
			for _, n := range get(c).list {
				for _, child := range n.children {
					if s, ok := child.(string); ok {
						l.Elems = append(l.Elems, value.String(s))
					}
				}
			}
			return l, nil
		}},
		{"name", "", "is the name of the element", func(c call) (value.Value, error) {
			if g := get(c); g.attr == "" && len(g.list) > 0 {
				return value.String(g.list[0].name), nil
			}
			return value.String(get(c).called), nil
		}},
		{"size", "", "is the number of elements", func(c call) (value.Value, error) { return value.Int(get(c).Len()), nil }},
		{"isEmpty", "", "says whether there are none", func(c call) (value.Value, error) { return value.MakeBool(get(c).Len() == 0), nil }},
		{"attributes", "", "is the attributes of the element", func(c call) (value.Value, error) {
			if len(get(c).list) == 0 {
				return value.NewMap(0), nil
			}
			return c.t.Construct(c.th, value.HashMapClass, []value.Value{get(c).list[0].attrs})
		}},
		{"children", "", "is all children", part("*")},
		{"parent", "", "is the elements around", part("..")},
		{"getProperty", "name: String", "is the children of a name", func(c call) (value.Value, error) { return part(c.strArg(0))(c) }},
		{"getAt", "index", "is one of them", func(c call) (value.Value, error) {
			if name, ok := value.Str(c.arg(0)); ok {
				return part(name)(c)
			}
			v := at(get(c).list, c.intArg(0), asGPath)
			if v == nil {
				return &GPath{called: get(c).called}, nil
			}
			v.(*GPath).attr = get(c).attr
			return v, nil
		}},
		{"find", "condition: Closure", "is the first for which condition holds", where(true)},
		{"findAll", "condition: Closure", "is those for which condition holds", where(false)},
		{"depthFirst", "", "is them and all below, first the children of each", func(c call) (value.Value, error) { return get(c).below(true), nil }},
		{"breadthFirst", "", "is them and all below, level by level", func(c call) (value.Value, error) { return get(c).below(false), nil }},
		{"list", "", "is the list of them", func(c call) (value.Value, error) { return nodes(get(c).list, asGPath), nil }},
		number("toInteger", value.IntegerClass), number("toLong", value.LongClass), number("toDouble", value.DoubleClass),
		number("toFloat", value.FloatClass), number("toBigDecimal", value.BigDecimalClass),
	}
}
