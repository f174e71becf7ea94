package stdlib

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"sluice/internal/lang/value"
)

var (
	xmlSlurperClass = javaClass("groovy.xml.XmlSlurper")
	xmlParserClass  = javaClass("groovy.xml.XmlParser")
	gpathClass      = javaClass("groovy.xml.slurpersupport.NodeChildren", value.CollectionClass)
	xmlNodeClass    = javaClass("groovy.util.Node")
	nodeListClass   = javaClass("groovy.util.NodeList", value.CollectionClass)
)

// An XMLNode is an element: what XmlParser gives, and what a GPath is about.
type XMLNode struct {
	name     string
	attrs    *value.Map
	children []any // *XMLNode and string
	parent   *XMLNode
}

// Class is groovy.util.Node.
func (*XMLNode) Class() *value.Class { return xmlNodeClass }

// readXML reads a document; text of nothing but blanks between elements is dropped.
func readXML(source string) (*XMLNode, error) {
	d := xml.NewDecoder(strings.NewReader(source))
	var root, at *XMLNode
	for {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root != nil:
			return root, nil
		case errors.Is(err, io.EOF):
			return nil, value.Throw("org.xml.sax.SAXParseException", "the document has no element")
		case err != nil:
			line, column := d.InputPos()
			return nil, value.Throw("org.xml.sax.SAXParseException", "lineNumber: %d; columnNumber: %d; %s", line, column, strings.TrimPrefix(err.Error(), "XML syntax error "))
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &XMLNode{name: tok.Name.Local, attrs: value.NewMap(len(tok.Attr)), parent: at}
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					n.attrs.Set(value.String(a.Name.Local), value.String(a.Value))
				}
			}
			if at != nil {
				at.children = append(at.children, n)
			} else {
				root = n
			}
			at = n
		case xml.EndElement:
			at = at.parent
		case xml.CharData:
			if at != nil && strings.TrimSpace(string(tok)) != "" {
				at.children = append(at.children, string(tok))
			}
		}
	}
}

// text is that of the element and all below it.
func (n *XMLNode) text() string {
	var b strings.Builder
	for _, c := range n.children {
		switch c := c.(type) {
		case string:
			b.WriteString(c)
		case *XMLNode:
			b.WriteString(c.text())
		}
	}
	return b.String()
}

// named is the children of that name; "*" is all that are elements.
func (n *XMLNode) named(name string) []*XMLNode {
	var found []*XMLNode
	for _, c := range n.children {
		if e, ok := c.(*XMLNode); ok && (name == "*" || e.name == name) {
			found = append(found, e)
		}
	}
	return found
}

// below is the element and all elements in it: first the children of each, or
// level by level.
func (n *XMLNode) below(deep bool) []*XMLNode {
	all := []*XMLNode{n}
	if !deep {
		for i := 0; i < len(all); i++ {
			all = append(all, all[i].named("*")...)
		}
		return all
	}
	for _, c := range n.named("*") {
		all = append(all, c.below(true)...)
	}
	return all
}

func xmlConstructors(make func() value.Value) func() []def {
	return func() []def {
		return []def{{"<init>", "options...", "reads XML", func(call) (value.Value, error) { return make(), nil }}}
	}
}

// xmlReaders are the methods of XmlSlurper and XmlParser.
func xmlReaders(make func(*XMLNode) value.Value) func() []def {
	read := func(c call) (value.Value, error) {
		s, err := c.sourceText(c.arg(0))
		if err != nil {
			return nil, err
		}
		n, err := readXML(s)
		if err != nil {
			return nil, err
		}
		return make(n), nil
	}
	none := func(call) (value.Value, error) { return nil, nil }
	return func() []def {
		return []def{
			{"parse", "source", "reads a file or stream", read},
			{"parseText", "text: String", "reads a text", read},
			{"setFeature", "name: String, on: Boolean", "has no effect", none},
			{"setKeepIgnorableWhitespace", "on: Boolean", "has no effect", none},
		}
	}
}

// attributeName is the name of an attribute in `node.'@id'`.
func attributeName(name string) (string, bool) { return strings.CutPrefix(name, "@") }

// nodes is the list of them as values.
func nodes(list []*XMLNode, as func(*XMLNode) value.Value) *value.List {
	l := value.NewList()
	for _, n := range list {
		l.Elems = append(l.Elems, as(n))
	}
	return l
}

func asNode(n *XMLNode) value.Value { return n }

// contents is the children of a node as values.
func (n *XMLNode) contents() *value.List {
	l := value.NewList()
	for _, c := range n.children {
		if s, ok := c.(string); ok {
			l.Elems = append(l.Elems, value.String(s))
		} else {
			l.Elems = append(l.Elems, c.(*XMLNode))
		}
	}
	return l
}

// Property is the list of children of a name, or an attribute.
func (n *XMLNode) Property(name string) (value.Value, bool) {
	if a, ok := attributeName(name); ok {
		return n.Attribute(a), true
	}
	switch name {
	case "..":
		return n.parent, true
	case "**":
		return nodes(n.below(true), asNode), true
	}
	return &NodeList{n.named(name)}, true
}

// Attribute is `node.@name`.
func (n *XMLNode) Attribute(name string) value.Value {
	v, _ := n.attrs.Get(value.String(name))
	return v
}

// ToString shows what the node holds, its attributes as Java prints maps.
func (n *XMLNode) ToString() string {
	var attrs []string
	n.attrs.Entries(func(k, v value.Value) bool {
		attrs = append(attrs, value.ToString(k)+"="+value.ToString(v))
		return true
	})
	return n.name + "[attributes={" + strings.Join(attrs, ", ") + "}; value=" + value.ToString(n.contents()) + "]"
}

func xmlNodeMethods() []def {
	get := func(c call) *XMLNode { return c.recv.(*XMLNode) }
	contents := func(c call) (value.Value, error) { return get(c).contents(), nil }
	return []def{
		{"name", "", "is the name of the element", func(c call) (value.Value, error) { return value.String(get(c).name), nil }},
		{"text", "", "is the text in it", func(c call) (value.Value, error) { return value.String(get(c).text()), nil }},
		{"localText", "", "is the text right in it", func(c call) (value.Value, error) {
			l := value.NewList()
			for _, e := range get(c).contents().Elems {
				if s, ok := e.(value.String); ok {
					l.Elems = append(l.Elems, s)
				}
			}
			return l, nil
		}},
		{"attributes", "", "is its attributes", func(c call) (value.Value, error) { return get(c).attrs, nil }},
		{"attribute", "name: String", "is an attribute", func(c call) (value.Value, error) { return get(c).Attribute(c.strArg(0)), nil }},
		{"children", "", "is what it holds", contents},
		{"value", "", "is what it holds", contents},
		{"each", "action: Closure", "calls action with each thing that it holds", func(c call) (value.Value, error) {
			_, err := c.t.Call(c.th, get(c).contents(), "each", c.arg(0))
			return c.recv, err
		}},
		{"iterator", "", "walks what it holds", func(c call) (value.Value, error) { return c.t.Call(c.th, get(c).contents(), "iterator") }},
		{"parent", "", "is the element around it", func(c call) (value.Value, error) {
			if get(c).parent == nil {
				return nil, nil
			}
			return get(c).parent, nil
		}},
		{"get", "name: String", "is the children of a name, or an attribute", func(c call) (value.Value, error) {
			v, _ := get(c).Property(c.strArg(0))
			return v, nil
		}},
		{"depthFirst", "", "is it and all below, first the children of each", func(c call) (value.Value, error) { return nodes(get(c).below(true), asNode), nil }},
		{"breadthFirst", "", "is it and all below, level by level", func(c call) (value.Value, error) { return nodes(get(c).below(false), asNode), nil }},
	}
}

// A NodeList is what XmlParser gives for the children of a name.
type NodeList struct{ list []*XMLNode }

// Class is groovy.util.NodeList.
func (*NodeList) Class() *value.Class { return nodeListClass }

// Iterate walks the nodes.
func (l *NodeList) Iterate(yield func(value.Value) bool) {
	for _, n := range l.list {
		if !yield(n) {
			return
		}
	}
}

// Len is the number of nodes.
func (l *NodeList) Len() int { return len(l.list) }

// Truth is whether there are any.
func (l *NodeList) Truth() bool { return len(l.list) > 0 }

// ToString shows the nodes.
func (l *NodeList) ToString() string { return value.ToString(nodes(l.list, asNode)) }

// Property joins the children of a name of all nodes.
func (l *NodeList) Property(name string) (value.Value, bool) {
	if a, ok := attributeName(name); ok {
		return l.Attribute(a), true
	}
	var all []*XMLNode
	for _, n := range l.list {
		all = append(all, n.named(name)...)
	}
	return &NodeList{all}, true
}

// Attribute is the list of an attribute of all nodes.
func (l *NodeList) Attribute(name string) value.Value {
	return nodes(l.list, func(n *XMLNode) value.Value { return n.Attribute(name) })
}

func nodeListMethods() []def {
	get := func(c call) *NodeList { return c.recv.(*NodeList) }
	return []def{
		{"text", "", "is the text of all", func(c call) (value.Value, error) {
			var b strings.Builder
			for _, n := range get(c).list {
				b.WriteString(n.text())
			}
			return value.String(b.String()), nil
		}},
		{"getAt", "index", "is one of the nodes, or the children of a name", func(c call) (value.Value, error) {
			if name, ok := value.Str(c.arg(0)); ok {
				v, _ := get(c).Property(name)
				return v, nil
			}
			return at(get(c).list, c.intArg(0), asNode), nil
		}},
		{"size", "", "is the number of nodes", func(c call) (value.Value, error) { return value.Int(len(get(c).list)), nil }},
	}
}

// at is the element of an index, which may count from the end.
func at(list []*XMLNode, i int, as func(*XMLNode) value.Value) value.Value {
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil
	}
	return as(list[i])
}
