package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sluice/internal/storage/azblob"
	"sluice/internal/workdir"
)

// How long a task may take to end after it was told to, and its last files to
// be written after that.
const (
	graceToEnd   = 20 * time.Second
	graceToWrite = 30 * time.Second
)

// controlled are the files that go back, the exit status last: who sees it
// sees all.
var controlled = []string{
	workdir.BeginFile, workdir.OutFile, workdir.ErrFile, workdir.LogFile, workdir.TraceFile, workdir.EnvFile, workdir.FaultFile,
}

// runCommand runs one task:
//
//	fetch .command.run .command.sh .command.in
//	bash .command.run         stages in, runs the script, stages out
//	write .command.*, then .exitcode
func (n *Node) runCommand(ctx context.Context, args []string) (int, error) {
	if len(args) != 1 {
		return 0, &usage{"node run takes the work directory of a task"}
	}
	uri, err := readURI(args[0])
	if err != nil {
		return 0, &usage{err.Error()}
	}
	dir, ok := strings.CutPrefix(strings.TrimRight(uri, "/"), "az://")
	if !ok || !strings.Contains(dir, "/") {
		return 0, &usage{"node run: work directory `" + uri + "` is not az://<container>/<path>"}
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	n.setCertificates()

	sas := n.get("AZ_SAS")
	in, err := n.blobs(blobOptions{endpoint: n.get("SLUICE_BLOB_ENDPOINT"), clientID: n.reader(), sas: sas})
	if err != nil {
		return 0, err
	}
	out := in
	if n.writer() != n.reader() {
		if out, err = n.blobs(blobOptions{endpoint: n.get("SLUICE_BLOB_ENDPOINT"), clientID: n.writer(), sas: sas}); err != nil {
			return 0, err
		}
	}
	if err := os.Remove(n.path(workdir.FaultFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("remove an old %s: %w", workdir.FaultFile, err)
	}
	status := n.task(ctx, in, dir, signals)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Minute)
	defer cancel()
	go func() { // told to end while writing: not much longer
		if _, ok := <-signals; ok {
			time.AfterFunc(graceToWrite, cancel)
		}
	}()
	if f := n.writeBack(late, out, dir, status); f != nil {
		fmt.Fprintln(n.Stderr, "error:", f)
		n.print(f)
		// Without its files the script's own failure tells nobody anything; one
		// that was ended stays so.
		if status <= 128 && status != ExitInfra && status != ExitConfig {
			status = f.ExitCode()
		}
	}
	return status, nil
}

// print prints what went wrong first for a head that cannot read it in the
// storage: late is that the files were not written back.
func (n *Node) print(late *Fault) {
	first := late
	if n.unkept != nil {
		first = n.unkept
	} else if data, err := os.ReadFile(n.path(workdir.FaultFile)); err == nil {
		if f, err := ParseFault(data); err == nil {
			first = f
		}
	}
	if data, err := json.Marshal(first); err == nil {
		fmt.Fprintf(n.Stderr, "%s%s\n", FaultLine, data)
	}
}

// task does all but writing back, and gives the exit status.
func (n *Node) task(ctx context.Context, b *blobs, dir string, signals <-chan os.Signal) int {
	if f := n.control(ctx, b, dir); f != nil {
		return n.give(f)
	}
	killed := oomKills()
	begin := time.Now()
	status, err := n.wrapper(ctx, signals)
	if err != nil {
		return n.give(&Fault{Class: ClassConfig, Step: StepScript, Op: "start", Message: err.Error() + ": the container's image needs bash"})
	}
	n.times(begin, time.Now())
	if status == 0 {
		return 0
	}
	if data, err := os.ReadFile(n.path(workdir.FaultFile)); err == nil {
		f, err := ParseFault(data)
		switch {
		case err == nil && f.Class != ClassScript:
			return f.ExitCode()
		case err == nil || !n.diskFull():
			return status
		} // else it was cut off by the full disk
	}
	if oomKills() > killed {
		f := &Fault{Class: ClassScript, Step: StepMemory, Code: "OutOfMemory", Message: "a program of the task was ended because the memory of its container was used up"}
		if err := n.record(f); err != nil {
			fmt.Fprintln(n.Stderr, "error:", err)
		}
		return 137
	}
	if n.diskFull() {
		return n.give(&Fault{Class: ClassInfra, Step: StepScript, Code: "DiskFull", Message: "no space left on the node's disk"})
	}
	return status
}

// give records a fault and gives its exit status.
func (n *Node) give(f *Fault) int {
	fmt.Fprintln(n.Stderr, "error:", f)
	if err := n.record(f); err != nil {
		fmt.Fprintln(n.Stderr, "error:", err)
		n.unkept = f
	}
	return f.ExitCode()
}

// control brings the control files.
func (n *Node) control(ctx context.Context, b *blobs, dir string) *Fault {
	files := []string{workdir.RunFile, workdir.ScriptFile, workdir.InFile}
	err := inParallel(ctx, len(files), len(files), func(ctx context.Context, i int) error {
		err := b.Download(ctx, dir+"/"+files[i], n.path(files[i]))
		if files[i] == workdir.InFile && azblob.KindOf(err) == azblob.NotFound {
			return nil // most tasks have none
		}
		if err == nil {
			return nil
		}
		f := b.faultOf(StepControl, "GET", workdir.BlobURL(b.o.endpoint, "az://"+dir+"/"+files[i]), err)
		if f.Class == ClassScript {
			f.Class = ClassConfig
		}
		return f
	})
	if err == nil {
		return nil
	}
	return b.faultOf(StepControl, "GET", "", err)
}

// wrapper runs .command.run; a signal is passed on, and what does not end
// then is ended.
func (n *Node) wrapper(ctx context.Context, signals <-chan os.Signal) (int, error) {
	log, err := os.Create(n.path(workdir.LogFile))
	if err != nil {
		return 0, err
	}
	defer log.Close()
	both := io.MultiWriter(log, n.Stdout)
	cmd := exec.CommandContext(ctx, "bash", workdir.RunFile)
	cmd.Dir, cmd.Stdout, cmd.Stderr = n.Dir, both, both
	cmd.Env = append(n.Env, "SLUICE_NODE="+n.Self, "PWD="+n.Dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second // for what still holds the pipe
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start bash: %w", err)
	}
	done := make(chan struct{})
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		n.pass(cmd.Process.Pid, signals, done)
	}()
	err = cmd.Wait()
	close(done)
	<-passed
	if state := cmd.ProcessState; state != nil {
		if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return 128 + int(ws.Signal()), nil
		}
		return state.ExitCode(), nil
	}
	return 0, err
}

func (n *Node) pass(pid int, signals <-chan os.Signal, done <-chan struct{}) {
	var kill <-chan time.Time
	for {
		select {
		case <-done:
			return
		case <-signals:
			syscall.Kill(pid, syscall.SIGTERM) //nolint:errcheck // it may have ended
			if kill == nil {
				kill = time.After(graceToEnd)
			}
		case <-kill:
			syscall.Kill(-pid, syscall.SIGKILL) //nolint:errcheck // it may have ended
		}
	}
}

// times adds to the trace when the wrapper began and ended, in milliseconds.
func (n *Node) times(begin, end time.Time) {
	f, err := os.OpenFile(n.path(workdir.TraceFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return // nobody wants one
	}
	defer f.Close()
	fmt.Fprintf(f, "begin=%d\nend=%d\n", begin.UnixMilli(), end.UnixMilli())
}

// writeBack writes the control files there are.
func (n *Node) writeBack(ctx context.Context, b *blobs, dir string, status int) *Fault {
	var files []string
	for _, f := range controlled {
		if info, err := os.Stat(n.path(f)); err == nil && info.Mode().IsRegular() {
			files = append(files, f)
		}
	}
	put := func(ctx context.Context, name string, do func() error) error {
		if err := do(); err != nil {
			return b.faultOf(StepControl, "PUT", workdir.BlobURL(b.o.endpoint, "az://"+dir+"/"+name), err)
		}
		return nil
	}
	err := inParallel(ctx, len(files), len(files), func(ctx context.Context, i int) error {
		if files[i] == workdir.FaultFile && n.unkept != nil {
			return nil // a part of it
		}
		return put(ctx, files[i], func() error { return b.Upload(ctx, n.path(files[i]), dir+"/"+files[i]) })
	})
	if err == nil && n.unkept != nil {
		err = put(ctx, workdir.FaultFile, func() error {
			data, err := json.Marshal(n.unkept)
			if err != nil {
				return err
			}
			return b.Put(ctx, dir+"/"+workdir.FaultFile, append(data, '\n'))
		})
	}
	if err == nil {
		err = put(ctx, workdir.ExitFile, func() error { return b.Put(ctx, dir+"/"+workdir.ExitFile, []byte(strconv.Itoa(status))) })
	}
	if err == nil {
		return nil
	}
	return b.faultOf(StepControl, "PUT", "", err)
}

// oomKills is how often the kernel ended a process of this container for lack
// of memory.
func oomKills() int64 {
	for _, file := range []string{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"} {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		return oomCount(string(data))
	}
	return 0
}

func oomCount(text string) int64 {
	for line := range strings.Lines(text) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			if err == nil {
				return n
			}
		}
	}
	return 0
}

// diskFull says whether the disk of the task's directory has no room left.
func (n *Node) diskFull() bool {
	var st unix.Statfs_t
	return unix.Statfs(n.Dir, &st) == nil && st.Blocks > 0 && st.Bavail*uint64(st.Bsize) < 64<<10
}

// bundles are where systems keep the certificates they trust.
var bundles = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}

// setCertificates makes the node's certificates those of a container that has
// none, as many small images do. It comes before the first connection.
func (n *Node) setCertificates() {
	if n.get("SSL_CERT_FILE") != "" || n.get("SSL_CERT_DIR") != "" {
		return
	}
	for _, f := range bundles {
		if _, err := os.Stat(f); err == nil {
			return
		}
	}
	ours := filepath.Join(filepath.Dir(n.Self), certificates)
	if _, err := os.Stat(ours); err != nil {
		return
	}
	os.Setenv("SSL_CERT_FILE", ours) //nolint:errcheck // it names a variable
	n.Env = append(n.Env, "SSL_CERT_FILE="+ours)
}
