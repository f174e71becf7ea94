package node

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// faultCommand makes .command.fault of what azcopy printed and logged, and
// prints it. Exit status 0 says that another try may help.
func (n *Node) faultCommand(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("node fault", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	step := fs.String("step", StepStageIn, "")
	address := fs.String("url", "", "")
	output := fs.String("output", "", "")
	logs := fs.String("log", "", "")
	status := fs.Int("status", 1, "")
	message := fs.String("message", "", "")
	class := fs.String("class", "", "")
	if err := parse(fs, args, func() error { return nil }); err != nil {
		return 0, err
	}
	text := ""
	if *output != "" {
		data, err := os.ReadFile(*output)
		if err != nil {
			return 0, fmt.Errorf("read what azcopy printed: %w", err)
		}
		text = string(data)
	}
	if *logs != "" {
		text += jobLog(*logs, text)
	}
	f := azcopyFault(text, *status, *step)
	f.Step, f.URL = *step, withoutQuery(*address)
	if f.Code == "IdentityNotFound" || f.Code == "IdentityRefused" {
		f.Step = StepIdentity
	}
	f.Identity = n.reader()
	if *step == StepStageOut {
		f.Op, f.Identity = "PUT", n.writer()
	} else {
		f.Op = "GET"
	}
	if *message != "" {
		f.Message = *message
	}
	if *class != "" {
		f.Class = *class
	}
	if err := n.record(f); err != nil {
		return 0, err
	}
	fmt.Fprintln(n.Stderr, "error:", f)
	if f.Class == ClassInfra {
		return 0, nil
	}
	return 1, nil
}

var (
	jobID        = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`Job ([0-9a-f-]{36})`) })
	responseLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`RESPONSE (?:Status: )?(\d{3})`) })
	statusLine   = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(\d{3}) (?:This request|The specified|Server failed|This account|The server)`)
	})
	codeLine    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:ERROR CODE: |<Code>)([A-Za-z]+)`) })
	messageLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<Message>([^<\n]+)`) })
	failedLine  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:UPLOAD|DOWNLOAD)FAILED: .* : (\d{3}) : `) }) // only in the log
	errorLine   = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)^(?:[0-9/]+ [0-9:]+ )?(?:ERR(?:OR)?: |failed |Cannot )(.*\S)`)
	})
	requestLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)x-ms-request-id: *\[?([0-9a-f-]{36})`) })
)

const mostOfLog = 4 << 20

// jobLog is the log of the job that azcopy says it ran.
func jobLog(dir, printed string) string {
	id := jobID().FindStringSubmatch(printed)
	if id == nil {
		return ""
	}
	f, err := os.Open(filepath.Join(dir, id[1]+".log"))
	if err != nil {
		return ""
	}
	defer f.Close()
	// What failed stands at the end, and large jobs write much before.
	if info, err := f.Stat(); err == nil && info.Size() > mostOfLog {
		if _, err := f.Seek(-mostOfLog, io.SeekEnd); err != nil {
			return ""
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, mostOfLog))
	if err != nil {
		return ""
	}
	return "\n" + string(data)
}

// azcopyFault finds in azcopy's words what went wrong; nothing else tells.
func azcopyFault(text string, status int, step string) *Fault {
	f := &Fault{Class: ClassInfra}
	if m := lastOf(failedLine(), text); m != "" {
		f.Status, _ = strconv.Atoi(m) //nolint:errcheck // the expression has only digits
	} else if m := lastOf(responseLine(), text); m != "" {
		f.Status, _ = strconv.Atoi(m) //nolint:errcheck // the expression has only digits
	} else if m := lastOf(statusLine(), text); m != "" {
		f.Status, _ = strconv.Atoi(m) //nolint:errcheck // the expression has only digits
	}
	f.Code, f.RequestID = lastOf(codeLine(), text), lastOf(requestLine(), text)
	has := func(words ...string) bool {
		for _, w := range words {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}
	switch {
	case status == 124 || status == 137:
		f.Code, f.Message = "Timeout", "azcopy did not end in time"
	case has("isn't assigned to this resource"), has("Identity not found"):
		f.Class, f.Status, f.Code, f.Message = ClassConfig, 400, "IdentityNotFound", "the identity is not on this node's pool"
	case has("ManagedIdentityCredential", "RESPONSE 403"):
		f.Class, f.Code, f.Message = ClassConfig, "IdentityRefused", "the identity endpoint refuses"
	case has("ManagedIdentityCredential"), has("failed to perform Auto-login"):
		f.Message = "no token could be had: " + clip(tail(text))
	case has("AuthorizationPermissionMismatch"):
		f.Class, f.Status, f.Code, f.Message = ClassConfig, 403, "AuthorizationPermissionMismatch", "the identity lacks a role on this container"
	case has("AuthorizationFailure"):
		f.Class, f.Status, f.Code, f.Message = ClassConfig, 403, "AuthorizationFailure", "the storage account's firewall does not admit this network"
	case has("ContainerNotFound"):
		f.Class, f.Status, f.Code, f.Message = ClassConfig, 404, "ContainerNotFound", "there is no such container"
	case f.Status == 404 && step == StepStageOut:
		// The log has only the status; writing a blob fails so for one reason.
		f.Class, f.Code, f.Message = ClassConfig, "ContainerNotFound", "there is no such container"
	case has("BlobNotFound"), has("specified file was not found"):
		f.Class, f.Status, f.Code, f.Message = ClassScript, 404, "BlobNotFound", "there is no file or directory of this name"
	case has("no space left on device"):
		f.Code, f.Message = "DiskFull", "no space left on the node's disk"
	case f.Status == 401 || f.Status == 403:
		f.Class, f.Message = ClassConfig, "azcopy was refused"
		if m := lastOf(messageLine(), text); m != "" {
			f.Message += ": " + clip(m)
		}
	default:
		said := lastOf(errorLine(), text)
		if said == "" {
			said = tail(text)
		}
		f.Message = "azcopy ended with " + strconv.Itoa(status) + ": " + clip(said)
	}
	return f
}

func lastOf(re *regexp.Regexp, text string) string {
	all := re.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// tail is the end of a text, in one line.
func tail(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 300 {
		text = "…" + text[len(text)-300:]
	}
	return text
}
