package task

import (
	"time"

	"sluice/internal/lang/value"
)

// State is where a task is. It only moves forward:
//
//	New ─→ Submitted ─→ Running ─→ Completed
//	  │        │           ├─────→ Failed
//	  │        └───────────┴─────→ Aborted
//	  ├─→ Cached      (found by -resume)
//	  └─→ Stored      (storeDir held all outputs)
type State uint8

const (
	New State = iota
	Submitted
	Running
	Completed
	Failed
	Aborted
	Cached
	Stored
)

// String is the status as the trace file shows it.
func (s State) String() string {
	return [...]string{"NEW", "SUBMITTED", "RUNNING", "COMPLETED", "FAILED", "ABORTED", "CACHED", "STORED"}[s]
}

// A Task is one execution of a process on one set of inputs.
type Task struct {
	ID      int    // 1, 2, … over the whole run; trace's task_id
	Index   int    // 1, 2, … within the process; task.index
	Process string // full name: WF:SUB:PROC
	Simple  string // name as written in its script
	Name    string // "PROC (tag)" or "PROC (1)", as shown
	Tag     string
	Attempt int
	Labels  []string
	Module  []string

	Hash    Hash
	WorkDir string // absolute: work/xx/<30 hex>

	// What to run.
	Shell        []string                  // interpreter and options, e.g. /bin/bash -ue
	Script       string                    // content of .command.sh, shebang included
	Exec         func(*value.Thread) error // native body of an `exec:` process; Script is empty
	Stdin        *string                   // content of .command.in
	Env          []EnvVar                  // in order; exported before the script
	Secrets      *Secrets                  // nil: none
	BeforeScript string
	AfterScript  string
	BinDirs      []string // put in front of PATH
	Stage        []Staged // inputs to link into the work directory
	StageInMode  string   // symlink (default), rellink, link, copy
	StageOutMode string
	Scratch      string   // "" = run in the work directory
	OutputGlobs  []string // file outputs, for unstaging and the wrapper's header
	CaptureEnv   []string // env outputs
	CaptureEval  []EnvVar // eval outputs: name and command
	StdoutWanted bool     // stdout is an output
	Debug        bool     // echo stdout to the terminal
	WantMetrics  bool     // write .command.trace
	Container    *Container
	Image        string      // what the process names where no engine is switched on: for the records only
	Software     []*Software // environments to activate, in order
	Remote       *Remote     // WorkDir is not on this machine: az://container/work/xx/<30 hex>

	Resources Resources
	Tags      []EnvVar // resourceLabels, in order
	Executor  string
	MaxForks  int // of the process; 0 is any number

	// What came of it.
	State       State
	Result      Result
	Retries     int // attempts that failed before this one
	ErrorAction string
	Outputs     []string // files it made, absolute; when an observer wants them
}

// An EnvVar is a name and a value.
type EnvVar struct{ Name, Value string }

// A Staged input is a file, and the name it has in the work directory.
type Staged struct {
	Source string // absolute local path, or URI
	Name   string // relative to the work directory, may hold directories
}

// Resources is what a task asks for; zero means not set (Cpus is at least 1).
type Resources struct {
	Cpus            int
	Memory          value.Memory
	Time            value.Duration
	Disk            value.Memory
	Accelerator     int
	AcceleratorType string // as the platform names it
	Machine         string // machineType: a name, a pattern, or several by commas
	Queue           string
}

// A Container is an image and the engine that runs it. Options are shell
// text, as the configuration has them.
type Container struct {
	Engine  string // docker, singularity, …
	Image   string // as the engine takes it: a name, or the file it is in
	Source  string // URL that Image is pulled from before the task starts; "" for images that are there
	Options string // containerOptions

	// Settings of the engine's configuration scope.
	RunOptions     string
	EngineOptions  string
	EnvWhitelist   []string
	Temp           string // "" = none, auto = a fresh directory
	MountFlags     string
	Kill           string // signal; "" = the engine's stop, "false" = none
	Sudo, TTY      bool
	Legacy         bool // docker's options of old
	FixOwnership   bool
	Keep           bool // remove = false
	NoMounts       bool // autoMounts = false
	ReadOnlyInputs bool // writableInputMounts = false
	OCI            bool // ociMode
	SamePids       bool // newPidNamespace = false
	WriteFake      bool // writeFake
	EntryPoint     bool // NXF_CONTAINER_ENTRYPOINT_OVERRIDE: of docker and podman
}

// Software is an environment of programs, made by a tool before the task.
type Software struct {
	Tool   string // conda, mamba, micromamba, spack
	Spec   string // as the directive has it
	Target string // microarchitecture, for Spack
	File   string // its definition: absolute path or URL; "" for packages
	Prefix string // the directory it is in, absolute
	Given  bool   // the directive names the directory: nothing is to be made
}

// Remote is how a task that runs elsewhere moves its files.
type Remote struct {
	Tool        string        // native, azcopy, or fusion: the storage is mounted, nothing is copied
	Host        bool          // the wrapper runs on the host and starts the container itself
	Endpoint    string        // of the storage account: https://name.blob.core.windows.net
	Parallel    int           // transfers at once
	Attempts    int           // of each transfer
	Delay       time.Duration // between attempts
	BlockSizeMB int           // 0: from the size of the file
	Tier        string        // of uploaded blobs; "" or None: the account's
	SAS         bool          // the user's signature is in $AZ_SAS, and is used instead of the identity
}

// A Result is what an executor reports of a finished task.
type Result struct {
	Exit     int   // -1 when unknown
	Err      error // the world's fault: could not start, was killed, timed out
	Submit   time.Time
	Start    time.Time
	Complete time.Time
	NativeID string // process id, job id
	Metrics  Metrics
	TimedOut bool
	Hostname string
	Cost     float64 // in US dollars; 0 where no price is known
}

// Metrics are what the trace file shows; -1 when not measured.
type Metrics struct {
	Realtime                     time.Duration
	CPUPercent                   float64 // 100 = one core busy all the time
	MemPercent                   float64
	RSS, VMem, PeakRSS, PeakVMem int64 // bytes
	Rchar, Wchar, Syscr, Syscw   int64
	ReadBytes, WriteBytes        int64
	VolCtxt, InvCtxt             int64
	CPUModel                     string
}
