package guard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// guardScript keeps the list of process groups that it is told of. When the
// pipe ends without a goodbye, the head is dead: the groups follow it, and what
// they started elsewhere.
const guardScript = `declare -A groups
while read -r op group last; do
    case $op in
    +) groups[$group]=$last ;;
    -) unset "groups[$group]" ;;
    bye) exit 0 ;;
    esac
done
for group in "${!groups[@]}"; do kill -TERM -- "-$group"; done 2>/dev/null
(( ${#groups[@]} )) || exit 0
read -r -t 3 < <(exec sleep 4)
for group in "${!groups[@]}"; do kill -KILL -- "-$group"; done 2>/dev/null
for group in "${!groups[@]}"; do
    [[ ! ${groups[$group]} ]] || eval "${groups[$group]}" </dev/null &
done
wait
`

// A Guard is a shell in a session of its own that outlives a killed head. The
// zero value is ready; its methods may be called from any goroutine.
type Guard struct {
	mu   sync.Mutex
	pipe *os.File
	proc *os.Process
}

// Ready starts the guard; it is called before the first process starts.
func (g *Guard) Ready() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pipe != nil {
		return nil
	}
	return g.start()
}

// Add puts a process group under guard. last is a line for the shell that ends
// what the group started outside of itself, or "".
func (g *Guard) Add(pgid int, last string) error {
	if strings.ContainsAny(last, "\r\n") {
		return fmt.Errorf("guard process group %d: the command is more than a line: %q", pgid, last)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pipe == nil {
		return nil
	}
	return g.say("+ ", pgid, last)
}

// Remove takes one out that has ended.
func (g *Guard) Remove(pgid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pipe != nil && g.say("- ", pgid, "") != nil {
		g.pipe.Close() // somebody killed the guard; the next task starts one
		g.pipe = nil
	}
}

func (g *Guard) say(op string, pgid int, last string) error {
	line := append(strconv.AppendInt([]byte(op), int64(pgid), 10), " "+last+"\n"...)
	if _, err := g.pipe.Write(line); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("tell the guard of process group %d: %w", pgid, err)
	} else if err != nil && op == "- " {
		return err
	}
	return nil
}

func (g *Guard) start() error {
	if g.proc != nil { // it was killed
		if _, err := g.proc.Wait(); err != nil {
			return fmt.Errorf("wait for guard: %w", err)
		}
		g.proc = nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start guard: %w", err)
	}
	defer r.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		w.Close()
		return fmt.Errorf("start guard: %w", err)
	}
	defer null.Close()
	g.proc, err = os.StartProcess("/bin/bash", []string{"sluice-guard", "-c", guardScript}, &os.ProcAttr{
		Dir: "/", Files: []*os.File{r, null, null}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		w.Close()
		return fmt.Errorf("start guard: %w", err)
	}
	g.pipe = w
	return nil
}

// Close ends the guard; the groups are left alone.
func (g *Guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.proc == nil {
		return nil
	}
	var err error
	if g.pipe != nil {
		_, err = io.WriteString(g.pipe, "bye\n")
		err = errors.Join(err, g.pipe.Close())
		g.pipe = nil
	}
	_, werr := g.proc.Wait()
	g.proc = nil
	if errors.Is(err, syscall.EPIPE) {
		err = nil
	}
	return errors.Join(err, werr)
}
