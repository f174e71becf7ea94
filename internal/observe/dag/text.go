package dag

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sluice/internal/dataflow"
)

// dot is the graph for Graphviz: each edge with its two ends.
func dot(p dataflow.Picture, name, direction string) string {
	var b strings.Builder
	b.WriteString("digraph \"" + quoted(name) + "\" {\nrankdir=" + direction + ";\n")
	for _, e := range p.Edges {
		b.WriteString(dotNode(p, e.From) + "\n" + dotNode(p, e.To) + "\n")
		b.WriteString(id(e.From) + " -> " + id(e.To))
		if e.Label != "" {
			b.WriteString(" [label=\"" + quoted(e.Label) + "\"]")
		}
		b.WriteString(";\n\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func id(n int) string { return "v" + strconv.Itoa(n) }

func quoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s)
}

func dotNode(p dataflow.Picture, n int) string {
	node := p.Nodes[n]
	var attrs []string
	switch node.Kind {
	case dataflow.ProcessNode:
		attrs = []string{`label="` + quoted(node.Label) + `"`}
	case dataflow.EndNode:
		attrs = []string{"shape=point"}
	case dataflow.SourceNode, dataflow.OperatorNode:
		shape := "circle"
		if node.Kind == dataflow.SourceNode {
			shape = "point"
		}
		attrs = []string{"shape=" + shape, `label=""`, "fixedsize=true", "width=0.1"}
		if node.Label != "" {
			attrs = append(attrs, `xlabel="`+quoted(node.Label)+`"`)
		}
	}
	return id(n) + " [" + strings.Join(attrs, ",") + "];"
}

// The elements of a GEXF file.
type (
	gexfFile struct {
		XMLName xml.Name  `xml:"gexf"`
		NS      string    `xml:"xmlns,attr"`
		Version string    `xml:"version,attr"`
		Meta    gexfMeta  `xml:"meta"`
		Graph   gexfGraph `xml:"graph"`
	}
	gexfMeta struct {
		Modified    string `xml:"lastmodifieddate,attr"`
		Creator     string `xml:"creator"`
		Description string `xml:"description"`
	}
	gexfGraph struct {
		Mode       string     `xml:"mode,attr"`
		Edges      string     `xml:"defaultedgetype,attr"`
		Attributes gexfAttrs  `xml:"attributes"`
		NodeList   []gexfNode `xml:"nodes>node"`
		EdgeList   []gexfEdge `xml:"edges>edge"`
	}
	gexfAttrs struct {
		Class string   `xml:"class,attr"`
		Mode  string   `xml:"mode,attr"`
		Attr  gexfAttr `xml:"attribute"`
	}
	gexfAttr struct {
		ID    string `xml:"id,attr"`
		Title string `xml:"title,attr"`
		Type  string `xml:"type,attr"`
	}
	gexfNode struct {
		ID     string    `xml:"id,attr"`
		Label  string    `xml:"label,attr"`
		Values gexfValue `xml:"attvalues>attvalue"`
	}
	gexfValue struct {
		For   string `xml:"for,attr"`
		Value string `xml:"value,attr"`
	}
	gexfEdge struct {
		Type   string `xml:"type,attr"`
		Source string `xml:"source,attr"`
		Target string `xml:"target,attr"`
		Label  string `xml:"label,attr,omitempty"`
	}
)

// gexf is the graph for Gephi and its like.
func gexf(p dataflow.Picture, name string, now time.Time) ([]byte, error) {
	f := gexfFile{
		NS: "http://www.gexf.net/1.3", Version: "1.3",
		Meta:  gexfMeta{Modified: now.Format("2006-01-02"), Creator: "sluice", Description: name},
		Graph: gexfGraph{Mode: "static", Edges: "directed", Attributes: gexfAttrs{Class: "node", Mode: "static", Attr: gexfAttr{"type", "type", "string"}}},
	}
	for i, n := range p.Nodes {
		label := n.Label
		if label == "" {
			label = id(i)
		}
		f.Graph.NodeList = append(f.Graph.NodeList, gexfNode{id(i), label, gexfValue{"type", n.Kind.String()}})
	}
	for _, e := range p.Edges {
		f.Graph.EdgeList = append(f.Graph.EdgeList, gexfEdge{"directed", id(e.From), id(e.To), e.Label})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(f); err != nil {
		return nil, fmt.Errorf("encode the graph: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// mermaid is the figure in Mermaid's language.
func mermaid(f *figure, o Options) string {
	var b strings.Builder
	b.WriteString("flowchart " + o.Direction + "\n")
	writeGroup(&b, f.root)
	for _, e := range f.edges {
		label := ""
		if e.label != "" {
			label = "|" + e.label + "|"
		}
		fmt.Fprintf(&b, "    %s -->%s %s\n", e.from.id, label, e.to.id)
	}
	return b.String()
}

func writeGroup(b *strings.Builder, g *group) {
	for _, m := range g.members {
		switch {
		case m.node != nil:
			b.WriteString("    " + m.node.id + mermaidShape(m.node) + "\n")
		default:
			b.WriteString("    subgraph \"" + mermaidText(m.group.title) + "\"\n")
			writeGroup(b, m.group)
			b.WriteString("    end\n")
		}
	}
}

func mermaidShape(n *figureNode) string {
	switch n.kind {
	case circleShape:
		return "(( ))"
	case endShape:
		text := n.text
		if text == "" {
			text = " "
		}
		return `["` + mermaidText(text) + `"]`
	}
	return `(["` + mermaidText(n.text) + `"])`
}

func mermaidText(s string) string {
	return strings.NewReplacer(`"`, "#quot;", "\n", " ").Replace(s)
}
