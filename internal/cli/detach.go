package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// chooseDetach asks what becomes of the tasks that run elsewhere when a run is
// interrupted. Whoever says nothing ends them.
func (p *program) chooseDetach(tasks int) bool {
	fmt.Fprintf(p.stderr, "\n%d tasks run elsewhere. d = leave them running and adopt them later with -resume, t = end them (Ctrl-C does so too) [t]: ", tasks)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err == nil && strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "d")
}
