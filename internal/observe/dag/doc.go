// Package dag writes the picture of a workflow: processes, operators and the
// channels between them, as the script connected them. The file's extension is
// its format: Mermaid (mmd), Graphviz (dot), GEXF, a page with the picture in
// it (html), or an image that the program `dot` makes (svg, png, pdf; without
// that program an svg is drawn here).
//
// Mermaid and the pages show processes, sub-workflows and, unless asked for
// more, one small circle for operators that hang together. The other formats
// show everything.
//
// Nextflow docs: reports#workflow-diagram. Start with Writer; shape.go turns
// the graph into what Mermaid shows, layout.go places it on a page.
package dag
