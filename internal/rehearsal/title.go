package rehearsal

import (
	"fmt"
	"strings"
)

// Title says in a line what Azure is like here.
func (w *World) Title() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Batch account `%s` in %s", w.st.Batch.Name, w.st.Location)
	for i, a := range w.st.Storage {
		word := ", "
		if i == 0 {
			word = ", storage account "
			if len(w.st.Storage) > 1 {
				word = ", storage accounts "
			}
		}
		fmt.Fprintf(&b, "%s`%s`", word, a.Name)
	}
	return b.String()
}
