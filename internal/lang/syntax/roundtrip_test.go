package syntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/source"
)

// roundTrip checks that the printed tree parses, and prints the same again.
func roundTrip(t *testing.T, f *source.File, tree *File) {
	t.Helper()
	once := Print(tree)
	again, diags := parseFile(source.NewFile(f.Name, once))
	if len(diags) > 0 {
		t.Errorf("%s: printed text does not parse: %s\n%s", f.Name, diags.Short(), around(once, diags[0].Span.Position().Line))
		return
	}
	if before, after := dump(tree), dump(again); before != after && !hasBad(tree) {
		t.Errorf("%s: printing changed the tree (-before +after):\n%s", f.Name, cmp.Diff(strings.Split(before, " "), strings.Split(after, " ")))
	}
	if twice := Print(again); twice != once {
		t.Errorf("%s: printing is not stable (-once +twice):\n%s", f.Name, cmp.Diff(once, twice))
	}
}

func hasBad(tree *File) bool {
	bad := false
	Walk(tree, func(n Node) bool {
		switch n.(type) {
		case *BadDecl, *BadExpr, *BadStmt:
			bad = true
		}
		return true
	})
	return bad
}

func around(text string, line int) string {
	return source.NewFile("", text).Line(line)
}
