package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// certificates is the file that the node's are copied to, for containers.
const certificates = "ca.pem"

// prepCommand puts the programs where all tasks of the node find them:
//
//	<shared>/sluice/<sha256>/sluice   azcopy   ca.pem
//	<shared>/sluice/tokens/           by user, see Tokens
//
// Each file appears whole, under its final name; doing it again changes nothing.
func (n *Node) prepCommand(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("node prep", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	sum := fs.String("sha256", "", "")
	least := fs.String("azcopy", "", "")
	azSum := fs.String("azcopy-sha256", "", "")
	isolate := fs.Bool("isolate", false, "")
	if err := parse(fs, args, func() error { return nil }); err != nil {
		return 0, err
	}
	shared := n.get("AZ_BATCH_NODE_SHARED_DIR")
	if shared == "" || *sum == "" {
		return 0, &usage{"node prep needs --sha256 and AZ_BATCH_NODE_SHARED_DIR"}
	}
	base := filepath.Join(shared, "sluice")
	dir := filepath.Join(base, *sum)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, prepFault("make "+dir, err)
	}
	tokens := filepath.Join(base, "tokens")
	if err := os.MkdirAll(tokens, 0o777); err != nil {
		return 0, prepFault("make "+tokens, err)
	}
	// Several users have a directory of their own in it; it may be another's.
	if err := os.Chmod(tokens, 0o777|os.ModeSticky); err != nil && !errors.Is(err, os.ErrPermission) {
		return 0, prepFault("make "+tokens, err)
	}
	if err := install(n.path(ProgramFile), filepath.Join(dir, ProgramFile), *sum); err != nil {
		return 0, err
	}
	if *least != "" {
		if err := n.prepAzCopy(ctx, dir, *least, *azSum); err != nil {
			return 0, err
		}
	}
	if err := n.copyCertificates(dir); err != nil {
		return 0, err
	}
	if *isolate {
		if err := n.isolate(ctx); err != nil {
			return 0, err
		}
	}
	fmt.Fprintln(n.Stdout, "prepared", dir)
	return 0, nil
}

func prepFault(op string, err error) *Fault {
	return &Fault{Class: ClassInfra, Step: StepPrep, Op: op, Message: err.Error()}
}

// install checks a program and puts it into its place.
func install(from, to, sum string) error {
	if have, err := hashOf(to); err == nil && (sum == "" || have == sum) {
		return nil
	}
	have, err := hashOf(from)
	if err != nil {
		return prepFault("read "+from, err)
	}
	if sum != "" && have != sum {
		return &Fault{Class: ClassInfra, Step: StepPrep, Op: "check " + filepath.Base(from), Code: "HashMismatch", Message: "SHA-256 is " + have + " and not " + sum}
	}
	part := to + "." + strconv.Itoa(os.Getpid())
	if err := copyProgram(from, part, 0o755); err != nil {
		return prepFault("write "+to, errors.Join(err, os.RemoveAll(part)))
	}
	if err := os.Rename(part, to); err != nil {
		return prepFault("write "+to, err)
	}
	return nil
}

func hashOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func copyProgram(from, to string, perm os.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Chmod(perm), out.Close())
}

// prepAzCopy puts azcopy beside the program: the one that was brought, or the
// node's. Without any, the task's image must have one; the wrapper looks.
func (n *Node) prepAzCopy(ctx context.Context, dir, least, sum string) error {
	from := n.path(AzCopyFile)
	if sum == "" {
		found, err := exec.LookPath(AzCopyFile)
		if err != nil {
			fmt.Fprintln(n.Stdout, "no azcopy on this node: the images of the tasks must have one")
			return nil
		}
		from = found
	}
	to := filepath.Join(dir, AzCopyFile)
	if err := install(from, to, sum); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, to, "--version")
	cmd.Env = append(n.Env, "HOME="+n.Dir, "AZCOPY_LOG_LOCATION="+n.Dir, "AZCOPY_JOB_PLAN_LOCATION="+n.Dir)
	out, err := cmd.CombinedOutput()
	fault := &Fault{Class: ClassConfig, Step: StepPrep, Op: "azcopy --version", Code: "AzCopyVersion"}
	if err != nil {
		fault.Message = clip(err.Error() + ": " + string(out))
		return fault
	}
	have := version().FindString(string(out))
	if have == "" || older(have, least) {
		fault.Message = fmt.Sprintf("azcopy is %s, and at least %s is needed", clip(string(out)), least)
		return fault
	}
	return nil
}

var version = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d+(\.\d+)+`) })

// older compares versions number by number.
func older(have, least string) bool {
	a, b := strings.Split(have, "."), strings.Split(least, ".")
	for i := range b {
		x, y := 0, 0
		if i < len(a) {
			x, _ = strconv.Atoi(a[i]) //nolint:errcheck // the expression has only digits
		}
		y, err := strconv.Atoi(b[i])
		if err != nil || x != y {
			return x < y
		}
	}
	return false
}

// copyCertificates keeps the node's certificates for images without any.
func (n *Node) copyCertificates(dir string) error {
	list := bundles
	if own := n.get("SSL_CERT_FILE"); own != "" {
		list = append([]string{own}, list...)
	}
	for _, f := range list {
		if _, err := os.Stat(f); err != nil {
			continue
		}
		to := filepath.Join(dir, certificates)
		part := to + "." + strconv.Itoa(os.Getpid())
		if err := copyProgram(f, part, 0o644); err != nil {
			return prepFault("write "+to, err)
		}
		if err := os.Rename(part, to); err != nil {
			return prepFault("write "+to, err)
		}
		return nil
	}
	return nil
}

// forbidden are the addresses that containers must not reach: the identity
// endpoint, and the host's own service that hands out certificates.
var forbidden = []string{"169.254.169.254/32", "168.63.129.16/32"}

// isolate keeps containers from them; a rule that is there stays the only one.
func (n *Node) isolate(ctx context.Context) error {
	program := n.iptables
	if program == "" {
		program = "iptables"
	}
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, program, append([]string{"-w", "60"}, args...)...)
		cmd.Env = n.Env
		return cmd.CombinedOutput()
	}
	if _, err := run("-n", "-L", "DOCKER-USER"); err != nil {
		if out, err := run("-N", "DOCKER-USER"); err != nil {
			return &Fault{Class: ClassConfig, Step: StepPrep, Op: "iptables", Code: "Isolation", Message: clip(err.Error()+": "+string(out)) + ": isolation needs a preparation task with elevated rights and iptables on the node's image"}
		}
	}
	for _, address := range forbidden {
		rule := []string{"DOCKER-USER", "-d", address, "-j", "DROP"}
		if _, err := run(append([]string{"-C"}, rule...)...); err == nil {
			continue
		}
		rule = append([]string{"-I", "DOCKER-USER", "1"}, rule[1:]...)
		if out, err := run(rule...); err != nil {
			return &Fault{Class: ClassConfig, Step: StepPrep, Op: "iptables", Code: "Isolation", Message: clip(err.Error() + ": " + string(out))}
		}
	}
	return nil
}
