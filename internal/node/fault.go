package node

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Exit statuses of `sluice node run` when it was not the script that failed.
const (
	ExitInfra  = 111 // may go well on another node, or later
	ExitConfig = 112 // goes wrong everywhere until somebody mends it
)

// Classes of faults.
const (
	ClassConfig = "config"
	ClassInfra  = "infra"
	ClassScript = "script"
)

// Steps in which faults happen.
const (
	StepPrep     = "prep"
	StepControl  = "control" // control files, both ways
	StepIdentity = "identity"
	StepSecret   = "secret"
	StepStageIn  = "stage-in"
	StepScript   = "script"
	StepStageOut = "stage-out"
	StepMemory   = "oom"
)

// A Fault is what went wrong around a script: the contents of .command.fault.
type Fault struct {
	Class     string `json:"class"`
	Step      string `json:"step"`
	Op        string `json:"op,omitempty"`  // GET, PUT, LIST, token …
	URL       string `json:"url,omitempty"` // without query
	Status    int    `json:"status,omitempty"`
	Code      string `json:"code,omitempty"` // x-ms-error-code, or what comes nearest
	RequestID string `json:"requestId,omitempty"`
	Message   string `json:"message"`
	Identity  string `json:"identity,omitempty"` // client id that was used
}

// Error is the fault in one line.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Step)
	if f.Op != "" || f.URL != "" {
		b.WriteString(": " + strings.TrimSpace(f.Op+" "+f.URL))
	}
	if f.Status != 0 {
		b.WriteString(": " + strconv.Itoa(f.Status))
		if f.Code != "" {
			b.WriteString(" " + f.Code)
		}
	} else if f.Code != "" {
		b.WriteString(": " + f.Code)
	}
	if f.Message != "" {
		b.WriteString(": " + f.Message)
	}
	if f.Identity != "" {
		b.WriteString(" (identity " + f.Identity + ")")
	}
	return b.String()
}

// ExitCode is the exit status of `sluice node run` for this fault; script
// faults have none of their own.
func (f *Fault) ExitCode() int {
	switch f.Class {
	case ClassConfig:
		return ExitConfig
	case ClassInfra:
		return ExitInfra
	}
	return 1
}

// FaultLine begins the line of standard error that holds a fault which could
// not be written into the storage: the service keeps what a task prints.
const FaultLine = "sluice-fault: "

// FaultOf finds the last fault among what a task printed; nil if there is none.
func FaultOf(printed string) *Fault {
	i := strings.LastIndex(printed, FaultLine)
	if i < 0 {
		return nil
	}
	line, _, _ := strings.Cut(printed[i+len(FaultLine):], "\n")
	f, err := ParseFault([]byte(line))
	if err != nil {
		return nil // a line of the task's own
	}
	return f
}

// ParseFault reads .command.fault.
func ParseFault(data []byte) (*Fault, error) {
	var f Fault
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read .command.fault: %w", err)
	}
	switch f.Class {
	case ClassConfig, ClassInfra, ClassScript:
		return &f, nil
	}
	return nil, fmt.Errorf("read .command.fault: class `%s` is none of config, infra, script", f.Class)
}

// NonRetriable tells azcore not to repeat a call that failed so: what can be
// repeated was repeated.
func (f *Fault) NonRetriable() {}
