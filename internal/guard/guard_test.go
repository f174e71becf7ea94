package guard

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be a head that starts a process, puts it
// under guard and waits to be killed.
func TestMain(m *testing.M) {
	if os.Getenv("GUARD_TEST_HEAD") == "" {
		os.Exit(m.Run())
	}
	var g Guard
	child := exec.Command("sleep", "600")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	last := "echo ended >> " + os.Getenv("GUARD_TEST_HEAD")
	for _, step := range []func() error{g.Ready, child.Start, func() error { return g.Add(child.Process.Pid, last) }} {
		if err := step(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	fmt.Println(child.Process.Pid)
	select {}
}

func head(t *testing.T) (head *exec.Cmd, child int, note string) {
	t.Helper()
	head = exec.Command(os.Args[0])
	note = filepath.Join(t.TempDir(), "note")
	head.Env = append(os.Environ(), "GUARD_TEST_HEAD="+note)
	out, err := head.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := head.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if child, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(line)
	}
	return head, child, note
}

func TestKilledHead(t *testing.T) {
	h, child, note := head(t)
	if err := syscall.Kill(child, 0); err != nil {
		t.Fatalf("the process did not start: %v", err)
	}
	if err := h.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = h.Wait() // it was killed
	for range 500 {
		if text, err := os.ReadFile(note); gone(child) && err == nil && string(text) == "ended\n" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %d outlives its head, or what it left does: gone %v", child, gone(child))
}

// gone counts a process that nobody waited for as ended.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func TestGoodbye(t *testing.T) {
	var g Guard
	if err := g.Ready(); err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "600")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = child.Process.Kill(), child.Wait() }()
	if err := g.Add(child.Process.Pid, "exit 1"); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if gone(child.Process.Pid) {
		t.Error("the guard ended a process though its head said goodbye")
	}
}
