package dag

import (
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/dataflow"
	"sluice/internal/observe"
)

// picture is a small workflow: a source, an operator, a process inside a
// sub-workflow, whose second output nobody reads, and operators behind it.
func picture() dataflow.Picture {
	return dataflow.Picture{
		Nodes: []dataflow.PictureNode{
			{Kind: dataflow.SourceNode, Label: "Channel.of"},
			{Kind: dataflow.OperatorNode, Label: "map"},
			{Kind: dataflow.ProcessNode, Label: "SUB:FOO", Scope: "SUB"},
			{Kind: dataflow.EndNode},
			{Kind: dataflow.OperatorNode, Label: "mix"},
			{Kind: dataflow.OperatorNode, Label: "view"},
			{Kind: dataflow.EndNode},
		},
		Edges: []dataflow.PictureEdge{
			{From: 0, To: 1, Label: "ch"},
			{From: 1, To: 2},
			{From: 2, To: 4, Label: `a"<b>`},
			{From: 2, To: 3, Label: "rest"},
			{From: 0, To: 4, Label: "ch"},
			{From: 4, To: 5},
			{From: 5, To: 6},
		},
	}
}

func written(t *testing.T, name string, o Options) string {
	t.Helper()
	o.File = filepath.Join(t.TempDir(), "deep", name)
	w, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Observe(observe.Event{Body: observe.RunStarted{Launch: observe.Launch{RunName: "<i>run"}}})
	w.Observe(observe.Event{Time: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Body: observe.WorkflowDrawn{Picture: picture()}})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMermaid(t *testing.T) {
	t.Parallel()
	want := `flowchart TB
    subgraph " "
    v0["Channel.of"]
    end
    subgraph "SUB [SUB]"
    v2(["FOO"])
    end
    subgraph " "
    v3["rest"]
    v6[" "]
    end
    v1(( ))
    v4(( ))
    v0 --> v1
    v0 --> v4
    v1 --> v2
    v2 --> v3
    v2 --> v4
    v4 --> v6
`
	if d := cmp.Diff(want, written(t, "g.mmd", Options{Depth: -1})); d != "" {
		t.Error(d)
	}
	flat := written(t, "g.mmd", Options{Depth: 0, Direction: "LR"})
	if !strings.HasPrefix(flat, "flowchart LR\n") || !strings.Contains(flat, `v2(["SUB"])`) || strings.Contains(flat, "FOO") {
		t.Error(flat)
	}
}

func TestOtherFormats(t *testing.T) {
	t.Parallel()
	if got := written(t, "g.dot", Options{Depth: -1}); !strings.HasPrefix(got, "digraph \"g\" {\nrankdir=TB;\n") || !strings.Contains(got, `v2 -> v4 [label="a\"<b>"];`) {
		t.Error(got)
	}
	var f gexfFile
	if err := xml.Unmarshal([]byte(written(t, "g.gexf", Options{Depth: -1})), &f); err != nil || len(f.Graph.NodeList) != 7 || len(f.Graph.EdgeList) != 7 {
		t.Errorf("%v %+v", err, f)
	}
	page := written(t, "g.html", Options{Depth: -1, Verbose: true})
	for _, w := range []string{"<svg", ">FOO<", ">SUB<", "&lt;i&gt;run", `a&#34;&lt;b&gt;`} {
		if !strings.Contains(page, w) {
			t.Errorf("no %s in the page", w)
		}
	}
	if strings.Contains(page, "<b>") || strings.Contains(page, "<i>") || strings.Contains(page, "<script") {
		t.Error("names became markup")
	}
	for _, direction := range Directions {
		svg := drawing(layout(shape(picture(), Options{Depth: -1}), direction), true)
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: %v %s", direction, err, svg)
		}
	}
}

func TestWrongFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there := filepath.Join(dir, "g.mmd")
	if err := os.WriteFile(there, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var goesOn interface{ Exists() }
	for _, tt := range []struct {
		o    Options
		want string
		ends bool
	}{
		{Options{File: there}, "DAG file already exists: " + there + " -- enable `dag.overwrite`", false},
		{Options{File: filepath.Join(dir, "g.jpg")}, "unknown format: " + filepath.Join(dir, "g.jpg") + " -- use the extension dot, gexf, html, mmd, pdf, png, svg", false},
		{Options{File: filepath.Join(dir, "g")}, "has no extension", false},
		{Options{File: filepath.Join(dir, "h.mmd"), Direction: "UP"}, "dag.direction `UP` is none of TB, BT, LR, RL", true},
	} {
		_, err := New(tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || errors.As(err, &goesOn) == tt.ends {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestCircles(t *testing.T) {
	t.Parallel()
	p := picture()
	p.Edges = append(p.Edges, dataflow.PictureEdge{From: 4, To: 2})
	if svg := drawing(layout(shape(p, Options{Depth: -1, Verbose: true}), "TB"), false); !strings.Contains(svg, ">mix<") {
		t.Error(svg)
	}
}
