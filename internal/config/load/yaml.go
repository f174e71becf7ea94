package load

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// parseYAML reads a mapping; plain scalars have the meaning of YAML 1.1.
func parseYAML(f *source.File) (*value.Map, error) {
	if strings.TrimSpace(f.Text) == "" {
		return nil, at(f, 0, "params file is empty")
	}
	file, err := parser.ParseBytes([]byte(f.Text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, yamlError(f, err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, at(f, 0, "params file is empty")
	}
	y := &yamlReader{file: f, anchors: map[string]value.Value{}}
	v, err := y.value(file.Docs[0].Body)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*value.Map)
	if !ok {
		return nil, at(f, 0, "params file must hold a mapping of names to values")
	}
	return m, nil
}

func yamlError(f *source.File, err error) error {
	var tokenErr interface{ GetToken() *token.Token }
	if !errors.As(err, &tokenErr) || tokenErr.GetToken() == nil {
		return at(f, 0, "params file is no valid YAML: "+firstLine(err.Error()))
	}
	message := err.Error()
	if m, ok := err.(interface{ GetMessage() string }); ok {
		message = m.GetMessage()
	}
	return at(f, offsetOf(f, tokenErr.GetToken()), "params file is no valid YAML: "+firstLine(message))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func offsetOf(f *source.File, t *token.Token) int {
	offset := 0
	for n := 1; n < t.Position.Line && n <= f.NumLines(); n++ {
		offset += strings.IndexByte(f.Text[offset:], '\n') + 1
	}
	return offset + t.Position.Column - 1
}

type yamlReader struct {
	file    *source.File
	anchors map[string]value.Value
}

func (y *yamlReader) value(n ast.Node) (value.Value, error) {
	switch n := n.(type) {
	case nil:
		return nil, nil
	case *ast.MappingNode:
		return y.mapping(n.Values)
	case *ast.MappingValueNode:
		return y.mapping([]*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		l := value.NewList()
		for _, e := range n.Values {
			v, err := y.value(e)
			if err != nil {
				return nil, err
			}
			l.Elems = append(l.Elems, v)
		}
		return l, nil
	case *ast.StringNode:
		if n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType {
			return value.String(n.Value), nil
		}
		return yamlScalar(n.Value), nil
	case *ast.LiteralNode:
		return value.String(n.Value.Value), nil
	case *ast.AnchorNode:
		v, err := y.value(n.Value)
		y.anchors[n.Name.GetToken().Value] = v
		return v, err
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		v, ok := y.anchors[name]
		if !ok {
			return nil, y.fail(n, fmt.Sprintf("anchor `%s` is not defined", name))
		}
		return v, nil
	case *ast.TagNode:
		return y.tagged(n)
	case *ast.NullNode:
		return nil, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return yamlScalar(strings.TrimSpace(n.GetToken().Value)), nil
	}
	return nil, y.fail(n, "YAML `"+n.Type().String()+"` has no meaning in a params file")
}

func (y *yamlReader) tagged(n *ast.TagNode) (value.Value, error) {
	v, err := y.value(n.Value)
	if err != nil {
		return nil, err
	}
	switch n.Start.Value {
	case "!!str":
		if s, ok := n.Value.(ast.ScalarNode); ok {
			return value.String(s.GetToken().Value), nil
		}
	case "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
		return v, nil
	}
	return nil, y.fail(n, "YAML tag `"+n.Start.Value+"` is not supported")
}

func (y *yamlReader) mapping(entries []*ast.MappingValueNode) (value.Value, error) {
	m := value.NewMap(len(entries))
	for _, e := range entries {
		v, err := y.value(e.Value)
		if err != nil {
			return nil, err
		}
		if _, isMerge := e.Key.(*ast.MergeKeyNode); isMerge {
			if merged, ok := v.(*value.Map); ok {
				merged.Entries(func(k, v value.Value) bool {
					if !m.Has(k) {
						m.Set(k, v)
					}
					return true
				})
			}
			continue
		}
		key := e.Key.GetToken().Value
		if s, ok := e.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		m.Set(value.String(key), v)
	}
	return m, nil
}

func (y *yamlReader) fail(n ast.Node, message string) error {
	return at(y.file, offsetOf(y.file, n.GetToken()), message)
}
