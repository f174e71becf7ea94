package dag

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"sluice/internal/dataflow"
)

//go:embed assets/dag.html
var pageText string

var pageTemplate = template.Must(template.New("dag").Parse(pageText))

//go:embed assets/dag.css
var drawingStyle string

// page is the picture in a page of its own, with its text in Mermaid's language.
func page(p dataflow.Picture, o Options, title string) ([]byte, error) {
	f := shape(p, o)
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, struct {
		Title   string
		Style   template.CSS
		Drawing template.HTML
		Mermaid string
	}{title, template.CSS(drawingStyle), template.HTML(drawing(layout(f, o.Direction), false)), mermaid(f, o)})
	return b.Bytes(), err
}

// drawing is a plan as SVG; alone says that it is a file by itself, which
// brings its style along.
func drawing(p *plan, alone bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="dag" width="%s" height="%s" viewBox="0 0 %s %s">`, num(p.width), num(p.height), num(p.width), num(p.height))
	if alone {
		b.WriteString("<style>" + drawingStyle + "</style>")
	}
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>`)
	for _, x := range p.boxes {
		fmt.Fprintf(&b, `<g class="box"><rect x="%s" y="%s" width="%s" height="%s" rx="6"/><text x="%s" y="%s">%s</text></g>`,
			num(x.left), num(x.top), num(x.right-x.left), num(x.bottom-x.top), num(x.left+8), num(x.top+14), html.EscapeString(x.title))
	}
	for _, r := range p.edges {
		p.route(&b, r)
	}
	for _, s := range p.nodes {
		draw(&b, s)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func draw(b *strings.Builder, s *spot) {
	n := s.node
	text := html.EscapeString(strings.TrimSpace(n.text))
	at := func(y float64) string { return fmt.Sprintf(`x="%s" y="%s"`, num(s.x), num(y)) }
	switch {
	case n.kind == circleShape:
		fmt.Fprintf(b, `<circle class="operators" cx="%s" cy="%s" r="8"/>`, num(s.x), num(s.y))
	case n.kind == endShape && text == "":
		fmt.Fprintf(b, `<circle class="end" cx="%s" cy="%s" r="4"/>`, num(s.x), num(s.y))
	case n.kind == endShape:
		fmt.Fprintf(b, `<g class="end"><rect x="%s" y="%s" width="%s" height="%s" rx="3"/><text %s>%s</text></g>`,
			num(s.x-s.wide/2), num(s.y-s.high/2), num(s.wide), num(s.high), at(s.y+4), text)
	default:
		class := "process"
		if n.of == dataflow.OperatorNode {
			class = "operator"
		}
		fmt.Fprintf(b, `<g class="%s"><rect x="%s" y="%s" width="%s" height="%s" rx="%s"/><text %s>%s</text></g>`,
			class, num(s.x-s.wide/2), num(s.y-s.high/2), num(s.wide), num(s.high), num(s.high/2), at(s.y+5), text)
	}
}

// route draws an edge as a curve through its bends.
func (p *plan) route(b *strings.Builder, r *route) {
	type point struct{ x, y float64 }
	var at []point
	for i, s := range r.spots {
		x, y := s.x, s.y
		ahead := 1.0
		if p.back != r.turned {
			ahead = -1
		}
		switch { // leave and reach a node at its rim
		case i == 0 && p.across:
			x += ahead * s.wide / 2
		case i == 0:
			y += ahead * s.high / 2
		case i == len(r.spots)-1 && p.across:
			x -= ahead * (s.wide/2 + 2)
		case i == len(r.spots)-1:
			y -= ahead * (s.high/2 + 2)
		}
		at = append(at, point{x, y})
	}
	fmt.Fprintf(b, `<path class="edge" marker-end="url(#tip)" d="M%s,%s`, num(at[0].x), num(at[0].y))
	for i := 1; i < len(at); i++ {
		from, to := at[i-1], at[i]
		if p.across {
			mid := (from.x + to.x) / 2
			fmt.Fprintf(b, " C%s,%s %s,%s %s,%s", num(mid), num(from.y), num(mid), num(to.y), num(to.x), num(to.y))
			continue
		}
		mid := (from.y + to.y) / 2
		fmt.Fprintf(b, " C%s,%s %s,%s %s,%s", num(from.x), num(mid), num(to.x), num(mid), num(to.x), num(to.y))
	}
	b.WriteString(`"/>`)
	if r.edge.label != "" {
		m := len(at) / 2
		x, y := (at[m-1].x+at[m].x)/2, (at[m-1].y+at[m].y)/2
		fmt.Fprintf(b, `<text class="label" x="%s" y="%s">%s</text>`, num(x), num(y+4), html.EscapeString(r.edge.label))
	}
}

func num(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }
