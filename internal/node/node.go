package node

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/internal/workdir"
)

// A Node is what a command has of the machine it runs on.
type Node struct {
	Dir    string // where it runs: the task's directory
	Self   string // path of the program
	Getenv func(string) (string, bool)
	Env    []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	HTTP   *http.Client // nil: with the proxy of the environment

	kept     *Tokens
	unkept   *Fault // could not be written beside the task: its disk may be full
	iptables string // "" = that on PATH
}

// A usage is a command line that cannot be meant.
type usage struct{ text string }

func (u *usage) Error() string { return u.text }

// Commands are what `sluice node` takes as its first word.
var Commands = []struct{ Name, Usage, Doc string }{
	{"prep", "--sha256 <sum> [--azcopy <version>] [--azcopy-sha256 <sum>] [--isolate]", "Put the programs below the node's shared directory"},
	{"run", "<az:// work directory>", "Run one task"},
	{"stage", "[options] < list", "Bring files: addresses and names, each ended by NUL"},
	{"unstage", "--to <address> [options] < list", "Write files and directories: names, each ended by NUL"},
	{"download", "[options] <address> <name>", "Bring one file or directory"},
	{"upload", "[options] <name> <address>", "Write one file or directory"},
	{"secrets", "<name> ...", "Write values from the key vault into a pipe, each ended by NUL"},
	{"probe", "--work <az:// directory> [options]", "Try what the node's identity may do; prints JSON"},
	{"token", "", "Say whose tokens the node gets, and for how long; prints no token"},
	{"fault", "--step <step> --url <address> --output <file> [--log <directory>]", "Make .command.fault of what azcopy printed"},
}

// Main runs one command and gives the exit status.
func (n *Node) Main(ctx context.Context, args []string) int {
	thrift(n.Getenv)
	if len(args) == 0 {
		return n.report(&usage{"`node` takes a command: " + strings.Join(names(), ", ")})
	}
	run := map[string]func(context.Context, []string) (int, error){
		"prep": n.prepCommand, "run": n.runCommand, "stage": n.stageCommand, "unstage": n.unstageCommand, "download": n.downloadCommand,
		"upload": n.uploadCommand, "secrets": n.secretsCommand, "probe": n.probeCommand, "token": n.tokenCommand, "fault": n.faultCommand,
	}[args[0]]
	if run == nil {
		return n.report(&usage{fmt.Sprintf("`node` has no command `%s`; it has %s", args[0], strings.Join(names(), ", "))})
	}
	status, err := run(ctx, args[1:])
	if err != nil {
		return n.report(err)
	}
	return status
}

func names() []string {
	var out []string
	for _, c := range Commands {
		out = append(out, c.Name)
	}
	return out
}

// report prints an error and gives the exit status for it.
func (n *Node) report(err error) int {
	fmt.Fprintln(n.Stderr, "error:", err)
	var f *Fault
	if errors.As(err, &f) {
		return f.ExitCode()
	}
	return 1
}

// fail records a fault beside the task and gives it back as an error.
func (n *Node) fail(f *Fault) error {
	if err := n.record(f); err != nil {
		return errors.Join(f, err)
	}
	return f
}

func (n *Node) record(f *Fault) error {
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write %s: %w", workdir.FaultFile, err)
	}
	if err := os.WriteFile(n.path(workdir.FaultFile), append(data, '\n'), 0o666); err != nil {
		return fmt.Errorf("write %s: %w", workdir.FaultFile, err)
	}
	return nil
}

func (n *Node) path(name string) string { return filepath.Join(n.Dir, name) }

func (n *Node) get(name string) string {
	v, _ := n.Getenv(name)
	return v
}

// first is the first of these variables that is set.
func (n *Node) first(names ...string) string {
	for _, name := range names {
		if v := n.get(name); v != "" {
			return v
		}
	}
	return ""
}

func (n *Node) http() *http.Client {
	if n.HTTP == nil {
		t := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 20 * time.Second, ResponseHeaderTimeout: 2 * time.Minute, WriteBufferSize: 32 << 10, ReadBufferSize: 32 << 10}
		n.HTTP = &http.Client{Transport: t}
	}
	return n.HTTP
}

func (n *Node) tokens() *Tokens {
	if n.kept == nil {
		n.kept = &Tokens{HTTP: n.http()}
		if shared := n.get("AZ_BATCH_NODE_SHARED_DIR"); shared != "" {
			n.kept.Dir = filepath.Join(shared, "sluice", "tokens")
		}
	}
	return n.kept
}

func (n *Node) audience(variable, usual string) string {
	if v := n.get(variable); v != "" {
		return strings.TrimSuffix(v, "/.default")
	}
	return usual
}

// reader and writer are the identities that read and write.
func (n *Node) reader() string {
	return n.first("SLUICE_CLIENT_ID", "AZCOPY_MSI_CLIENT_ID", "AZURE_CLIENT_ID")
}

func (n *Node) writer() string {
	if id := n.get("SLUICE_WRITE_CLIENT_ID"); id != "" {
		return id
	}
	return n.reader()
}

// flags are the options of all commands that move files.
func (n *Node) flags(name string) (*flag.FlagSet, *blobOptions, func() error) {
	fs := flag.NewFlagSet("node "+name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	o := &blobOptions{}
	fs.StringVar(&o.endpoint, "endpoint", n.get("SLUICE_BLOB_ENDPOINT"), "")
	fs.IntVar(&o.parallel, "parallel", 4, "")
	fs.IntVar(&o.attempts, "attempts", 1, "")
	fs.DurationVar(&o.delay, "delay", time.Second, "")
	mb := fs.Int64("block-size-mb", 0, "")
	fs.StringVar(&o.tier, "tier", "", "")
	sas := fs.Bool("sas", false, "")
	return fs, o, func() error {
		o.block = *mb << 20
		if *sas {
			if o.sas = n.get("AZ_SAS"); o.sas == "" {
				return &Fault{Class: ClassConfig, Step: StepIdentity, Message: "the configuration asks for a signature, and AZ_SAS is not set"}
			}
		}
		return nil
	}
}

func parse(fs *flag.FlagSet, args []string, done func() error) error {
	if err := fs.Parse(args); err != nil {
		return &usage{fs.Name() + ": " + err.Error()}
	}
	return done()
}

func (n *Node) stageCommand(ctx context.Context, args []string) (int, error) {
	fs, o, done := n.flags("stage")
	if err := parse(fs, args, done); err != nil {
		return 0, err
	}
	words, err := readList(n.Stdin)
	if err != nil {
		return 0, err
	}
	if len(words)%2 != 0 {
		return 0, &usage{"node stage: an address without a name"}
	}
	var list []transfer
	for i := 0; i < len(words); i += 2 {
		list = append(list, transfer{words[i], words[i+1]})
	}
	return n.bring(ctx, *o, list)
}

func (n *Node) downloadCommand(ctx context.Context, args []string) (int, error) {
	fs, o, done := n.flags("download")
	fs.BoolVar(&o.rest, "rest", false, "")
	if err := parse(fs, args, done); err != nil {
		return 0, err
	}
	if fs.NArg() != 2 {
		return 0, &usage{"node download takes an address and a name"}
	}
	return n.bring(ctx, *o, []transfer{{fs.Arg(0), fs.Arg(1)}})
}

func (n *Node) bring(ctx context.Context, o blobOptions, list []transfer) (int, error) {
	o.clientID = n.reader()
	b, err := n.blobs(o)
	if err != nil {
		return 0, err
	}
	if f := n.stage(ctx, b, list); f != nil {
		return 0, n.fail(f)
	}
	return 0, nil
}

func (n *Node) unstageCommand(ctx context.Context, args []string) (int, error) {
	fs, o, done := n.flags("unstage")
	to := fs.String("to", "", "")
	if err := parse(fs, args, done); err != nil {
		return 0, err
	}
	words, err := readList(n.Stdin)
	if err != nil {
		return 0, err
	}
	o.clientID = n.writer()
	b, err := n.blobs(*o)
	if err != nil {
		return 0, err
	}
	if f := n.unstage(ctx, b, *to, words); f != nil {
		return 0, n.fail(f)
	}
	return 0, nil
}

func (n *Node) uploadCommand(ctx context.Context, args []string) (int, error) {
	fs, o, done := n.flags("upload")
	fs.BoolVar(&o.rest, "rest", false, "")
	if err := parse(fs, args, done); err != nil {
		return 0, err
	}
	if fs.NArg() != 2 {
		return 0, &usage{"node upload takes a name and an address"}
	}
	o.clientID = n.writer()
	b, err := n.blobs(*o)
	if err != nil {
		return 0, err
	}
	target, ours := b.name(fs.Arg(1))
	if !ours {
		return 0, &usage{"node upload: `" + withoutQuery(fs.Arg(1)) + "` is not at the storage account " + o.endpoint}
	}
	w := walk{node: n, seen: map[string]bool{}}
	if err := w.visit(n.path(fs.Arg(0)), "", nil); err != nil {
		return 0, n.fail(b.faultOf(StepStageOut, "read", "", err))
	}
	err = inParallel(ctx, len(w.found), o.connections(), func(ctx context.Context, i int) error {
		name := strings.Trim(target, "/") + w.found[i].name
		if !o.rest {
			return b.put(ctx, w.found[i], name)
		}
		if w.found[i].run {
			return b.SetExecutable(ctx, name)
		}
		return nil
	})
	if err != nil {
		return 0, n.fail(b.faultOf(StepStageOut, "PUT", fs.Arg(1), err))
	}
	return 0, nil
}
