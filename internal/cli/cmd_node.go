package cli

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"sluice/internal/engine"
	"sluice/internal/node"
)

// node is what runs on the nodes of a pool; it is called by what the engine
// sends there, and by those who look for a fault.
func (p *program) node(r *request) error {
	if len(r.args) == 0 || r.args[0] == "help" || r.args[0] == "-h" || r.args[0] == "--help" {
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, c := range node.Commands {
			fmt.Fprintf(w, "%s node %s %s\t%s\n", p.brand, c.Name, c.Usage, c.Doc)
		}
		return w.Flush()
	}
	in := p.stdin
	if in == nil {
		in = os.Stdin
	}
	n := &node.Node{Dir: p.dir, Self: p.self, Getenv: p.getenv, Env: p.environ, Stdin: in, Stdout: p.stdout, Stderr: p.stderr}
	if code := n.Main(context.Background(), r.args); code != exitOK {
		return &engine.ExitError{Code: code, Printed: true}
	}
	return nil
}
