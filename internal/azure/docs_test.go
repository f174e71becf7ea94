package azure

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table in docs/azure-permissions.md")

// TestDocs: the page lists the findings as the table has them.
func TestDocs(t *testing.T) {
	t.Parallel()
	const page = "../../docs/azure-permissions.md"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), "-update` -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- end -->")
	if !ok || !ok2 {
		t.Fatal("the page has no place for the table")
	}
	var b strings.Builder
	b.WriteString("| id | check | finding | why | what mends it |\n| --- | --- | --- | --- | --- |\n")
	for _, k := range FindingKinds() {
		fix := strings.ReplaceAll(strings.ReplaceAll(k.Fix, "<", "‹"), ">", "›")
		if strings.HasPrefix(fix, "az ") && !strings.Contains(fix, ", ") {
			fix = "`" + fix + "`"
		}
		fmt.Fprintf(&b, "| %s | %d %s | %s | %s | %s |\n", k.ID, k.Check, Checks[k.Check], k.Title, k.Cause, strings.ReplaceAll(fix, "|", "\\|"))
	}
	want := head + "-update` -->\n" + b.String() + "<!-- end -->" + tail
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(data) {
		t.Error("docs/azure-permissions.md differs from the table of findings: go test ./internal/azure -run TestDocs -update")
	}
}
