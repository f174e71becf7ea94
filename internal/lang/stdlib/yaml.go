package stdlib

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"sluice/internal/lang/value"
)

var (
	yamlClass        = javaClass("org.yaml.snakeyaml.Yaml")
	yamlSlurperClass = javaClass("groovy.yaml.YamlSlurper")
	yamlBuilderClass = javaClass("groovy.yaml.YamlBuilder")
	dumperClass      = javaClass("org.yaml.snakeyaml.DumperOptions")
)

// ParseYAML reads a YAML 1.1 document as SnakeYAML does; with json numbers
// and dates are read as groovy.yaml.YamlSlurper does: 1.10 is a BigDecimal,
// dates stay texts.
func ParseYAML(src string, json bool) (value.Value, error) {
	docs, err := parseDocuments(src)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 || docs[0].Body == nil {
		return nil, nil
	}
	r := yamlReader{json: json, anchors: map[string]value.Value{}}
	return r.node(docs[0].Body)
}

func parseDocuments(src string) ([]*ast.DocumentNode, error) {
	file, err := parser.ParseBytes([]byte(src), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, value.Throw("org.yaml.snakeyaml.error.YAMLException", "%s", strings.TrimSpace(err.Error()))
	}
	return file.Docs, nil
}

type yamlReader struct {
	json    bool
	anchors map[string]value.Value
}

func (r *yamlReader) node(n ast.Node) (value.Value, error) {
	switch n := n.(type) {
	case nil:
		return nil, nil
	case *ast.MappingNode:
		return r.mapping(n.Values)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		list := value.NewList()
		for _, e := range n.Values {
			v, err := r.node(e)
			if err != nil {
				return nil, err
			}
			list.Elems = append(list.Elems, v)
		}
		return list, nil
	case *ast.AnchorNode:
		v, err := r.node(n.Value)
		r.anchors[n.Name.GetToken().Value] = v
		return v, err
	case *ast.AliasNode:
		v, ok := r.anchors[n.Value.GetToken().Value]
		if !ok {
			return nil, value.Throw("org.yaml.snakeyaml.composer.ComposerException", "found undefined alias %s", n.Value.GetToken().Value)
		}
		return v, nil
	case *ast.LiteralNode:
		return value.String(n.Value.Value), nil
	case *ast.TagNode:
		return r.tagged(n)
	case *ast.MappingKeyNode:
		return r.node(n.Value)
	case *ast.CommentGroupNode:
		return nil, nil
	}
	tok := n.GetToken()
	if s, ok := n.(*ast.StringNode); ok {
		if tok.Type == token.SingleQuoteType || tok.Type == token.DoubleQuoteType {
			return value.String(s.Value), nil
		}
		return r.plain(s.Value), nil
	}
	return r.plain(tok.Value), nil
}

func (r *yamlReader) mapping(entries []*ast.MappingValueNode) (value.Value, error) {
	m := value.NewMap(len(entries))
	var merged []value.Value
	for _, e := range entries {
		v, err := r.node(e.Value)
		if err != nil {
			return nil, err
		}
		if e.Key.IsMergeKey() {
			merged = append(merged, v)
			continue
		}
		k, err := r.node(e.Key)
		if err != nil {
			return nil, err
		}
		if r.json && k != nil {
			k = value.String(e.Key.GetToken().Value)
		}
		m.Set(k, v)
	}
	if len(merged) == 0 {
		return m, nil
	}
	out := value.NewMap(m.Len())
	for _, src := range merged {
		sources := []value.Value{src}
		if l, ok := src.(*value.List); ok {
			sources = l.Elems
		}
		for _, s := range sources {
			if sm, ok := s.(*value.Map); ok {
				sm.Entries(func(k, v value.Value) bool {
					if !out.Has(k) {
						out.Set(k, v)
					}
					return true
				})
			}
		}
	}
	m.Entries(func(k, v value.Value) bool { out.Set(k, v); return true })
	return out, nil
}

func (r *yamlReader) tagged(n *ast.TagNode) (value.Value, error) {
	tag := n.Start.Value
	if n.Value == nil {
		return value.String(""), nil
	}
	text := n.Value.GetToken().Value
	switch tag {
	case "!!str":
		if s, ok := n.Value.(*ast.StringNode); ok {
			text = s.Value
		}
		return value.String(text), nil
	case "!!int":
		return newNumber(value.LongClass, text)
	case "!!float":
		return parseFloat(text, 64)
	case "!!set":
		v, err := r.node(n.Value)
		if m, ok := v.(*value.Map); ok && err == nil {
			return value.NewSet(m.Keys()...), nil
		}
		return v, err
	}
	return r.node(n.Value)
}

var (
	yamlInt   = regexp.MustCompile(`^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*|[1-9][0-9_]*(:[0-5]?[0-9])+)$`)
	yamlFloat = regexp.MustCompile(`^([-+]?([0-9][0-9_]*)\.[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
	yamlDate  = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?[ \t]*(Z|[-+][0-9]{1,2}(?::?[0-9]{2})?)?)?$`)
	yamlBool  = regexp.MustCompile(`^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)
)

// plain gives an unquoted scalar its YAML 1.1 type.
func (r *yamlReader) plain(s string) value.Value {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	}
	switch {
	case yamlBool.MatchString(s):
		switch strings.ToLower(s) {
		case "yes", "true", "on":
			return value.True
		}
		return value.False
	case yamlInt.MatchString(s):
		if n, ok := yamlInteger(s); ok {
			return n
		}
	case yamlFloat.MatchString(s):
		return r.float(s)
	case !r.json:
		if m := yamlDate.FindStringSubmatch(s); m != nil {
			if d, ok := yamlTime(m); ok {
				return d
			}
		}
	}
	return value.String(s)
}

func yamlInteger(s string) (value.Value, bool) {
	digits := strings.ReplaceAll(strings.TrimLeft(s, "+-"), "_", "")
	n := new(big.Int)
	ok := true
	if strings.Contains(digits, ":") {
		for part := range strings.SplitSeq(digits, ":") {
			x, err := strconv.Atoi(part)
			ok = ok && err == nil
			n.Add(n.Mul(n, big.NewInt(60)), big.NewInt(int64(x)))
		}
	} else {
		_, ok = n.SetString(digits, 0)
	}
	if !ok {
		return nil, false
	}
	if s[0] == '-' {
		n.Neg(n)
	}
	switch {
	case n.IsInt64() && n.Int64() == int64(int32(n.Int64())):
		return value.MakeInt(n.Int64()), true
	case n.IsInt64():
		return value.Long(n.Int64()), true
	}
	return value.BigInt{Int: n}, true
}

func (r *yamlReader) float(s string) value.Value {
	s = strings.ReplaceAll(s, "_", "")
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case ".inf":
		if s[0] == '-' {
			return value.Double(math.Inf(-1))
		}
		return value.Double(math.Inf(1))
	case ".nan":
		return value.Double(math.NaN())
	}
	if r.json {
		if v, ok := throughDouble(s); ok {
			return v
		}
		return value.String(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !isRange(err) {
		return value.String(s)
	}
	return value.Double(f)
}

// throughDouble is the BigDecimal that Jackson makes of a number: it reads a
// double first, so 1.10 becomes 1.1.
func throughDouble(s string) (value.Value, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, false
	}
	v, err := newNumber(value.BigDecimalClass, value.ToString(value.Double(f)))
	return v, err == nil
}

func yamlTime(m []string) (value.Value, bool) {
	var n [7]int
	for i := range n {
		if m[i+1] == "" {
			continue
		}
		digits := m[i+1]
		if i == 6 {
			digits = (digits + "000")[:3]
		}
		x, err := strconv.Atoi(digits)
		if err != nil {
			return nil, false
		}
		n[i] = x
	}
	zone := time.UTC
	if z := m[8]; z != "" && z != "Z" {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, z); err == nil {
				zone = t.Location()
			}
		}
	}
	return Date(time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1e6, zone).UnixMilli()), true
}

func yamlMethods() []def {
	load := func(c call) (value.Value, error) {
		s, err := c.sourceText(c.arg(0))
		if err != nil {
			return nil, err
		}
		return ParseYAML(s, false)
	}
	return []def{
		{"load", "source", "reads a document", load},
		{"loadAs", "source, type", "reads a document", load},
		{"loadAll", "source", "reads several documents", func(c call) (value.Value, error) {
			s, err := c.sourceText(c.arg(0))
			if err != nil {
				return nil, err
			}
			docs, err := parseDocuments(s)
			if err != nil {
				return nil, err
			}
			list := value.NewList()
			for _, d := range docs {
				r := yamlReader{anchors: map[string]value.Value{}}
				v, err := r.node(d.Body)
				if err != nil {
					return nil, err
				}
				list.Elems = append(list.Elems, v)
			}
			return list, nil
		}},
		{"dump", "value, writer = null", "prints a document", func(c call) (value.Value, error) {
			style := yamlStyle{}
			if y, ok := c.recv.(*Yaml); ok {
				style = y.style
			}
			s := dumpYAML(c.arg(0), style)
			if c.n() == 2 {
				_, err := c.t.Call(c.th, c.arg(1), "write", value.String(s))
				return nil, err
			}
			return value.String(s), nil
		}},
		{"dumpAsMap", "value", "prints a document in block style", func(c call) (value.Value, error) {
			return value.String(dumpYAML(c.arg(0), yamlStyle{block: true})), nil
		}},
	}
}

// A Yaml is org.yaml.snakeyaml.Yaml, or its DumperOptions.
type Yaml struct {
	of    *value.Class
	style yamlStyle
}

// Class is that of Yaml or of its options.
func (y *Yaml) Class() *value.Class { return y.of }

func yamlConstructors() []def {
	return []def{{"<init>", "options...", "reads and prints YAML", func(c call) (value.Value, error) {
		y := &Yaml{of: c.recv.(value.ClassRef).Of}
		for _, a := range c.args {
			if o, ok := a.(*Yaml); ok {
				y.style = o.style
			}
		}
		return y, nil
	}}}
}

func dumperMethods() []def {
	return []def{
		{"setDefaultFlowStyle", "style", "sets block or flow style", func(c call) (value.Value, error) {
			s := &c.recv.(*Yaml).style
			s.block, s.flow = text(c.arg(0)) == "BLOCK", text(c.arg(0)) == "FLOW"
			return nil, nil
		}},
		{"setIndent", "n: Integer", "sets the indentation", func(c call) (value.Value, error) {
			c.recv.(*Yaml).style.indent = c.intArg(0)
			return nil, nil
		}},
		{"setPrettyFlow", "pretty", "is not kept", func(c call) (value.Value, error) { return nil, nil }},
		{"setWidth", "n: Integer", "sets the width of lines", func(c call) (value.Value, error) {
			c.recv.(*Yaml).style.width = c.intArg(0)
			return nil, nil
		}},
		{"setSplitLines", "split: Boolean", "sets whether long texts are folded", func(c call) (value.Value, error) {
			if !value.Truth(c.arg(0)) {
				c.recv.(*Yaml).style.width = 1 << 30
			}
			return nil, nil
		}},
	}
}

var flowStyleClass = javaClass("org.yaml.snakeyaml.DumperOptions$FlowStyle")

func flowStyleConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"BLOCK": value.String("BLOCK"), "FLOW": value.String("FLOW"), "AUTO": value.String("AUTO")}
}

func dumperConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"FlowStyle": value.ClassRef{Of: flowStyleClass}}
}

func yamlSlurperMethods() []def {
	parse := func(c call) (value.Value, error) {
		s, err := c.sourceText(c.arg(0))
		if err != nil {
			return nil, err
		}
		return ParseYAML(s, true)
	}
	return []def{{"parseText", "text", "reads a document", parse}, {"parse", "source", "reads a document", parse}}
}

// A YAMLBuilder is groovy.yaml.YamlBuilder.
type YAMLBuilder struct{ content value.Value }

// Class is groovy.yaml.YamlBuilder.
func (*YAMLBuilder) Class() *value.Class { return yamlBuilderClass }

func yamlBuilderMethods() []def {
	return []def{
		{"call", "content...", "sets the content", func(c call) (value.Value, error) {
			v, err := c.buildContent()
			c.recv.(*YAMLBuilder).content = v
			return v, err
		}},
		{"toString", "", "prints the document", func(c call) (value.Value, error) {
			json, err := c.jsonText(c.recv.(*YAMLBuilder).content, nil)
			if err != nil {
				return nil, err
			}
			v, err := ParseJSON(json)
			return value.String(builderYAML(v)), err
		}},
		{"getContent", "", "is the content", func(c call) (value.Value, error) { return c.recv.(*YAMLBuilder).content, nil }},
		{"writeTo", "writer", "writes the document", func(c call) (value.Value, error) {
			s, err := c.t.Call(c.th, c.recv, "toString")
			if err == nil {
				_, err = c.t.Call(c.th, c.arg(0), "write", s)
			}
			return c.arg(0), err
		}},
	}
}
