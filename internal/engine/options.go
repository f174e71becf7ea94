package engine

import (
	"io"

	"sluice/internal/lang/value"
)

// Options is what the command line asks of a run.
type Options struct {
	Script      string   // path of the main script, or a project directory
	MainScript  string   // -main-script, of a project directory; "" is the manifest's
	Project     *Project // where the script came from, if it is kept in git
	Announced   bool     // the banner was printed; see Announce
	Args        []string // what follows the script and is no option
	CommandLine string   // as history and `workflow.commandLine` show it
	Name        string   // -name; "" makes one up
	Resume      string   // -resume: "" no, "last", a session id or run name
	Entry       string   // -entry
	Test        string   // -test: a function to call instead of the workflow
	Stub        bool     // -stub-run
	AutoStub    bool     // -auto-stub: processes without a stub get one made
	NoStub      []string // -auto-stub-except
	Preview     bool

	Params     *value.Map // --x y, nested names expanded, in order
	ParamsFile string

	ConfigFiles    []string   // -c, after the defaults
	OnlyConfig     []string   // -C, instead of the defaults
	Profile        string     // comma-separated
	IgnoreIncludes bool       // -config-ignore-includes
	AllProfiles    bool       // Config alone: keep the profiles, apply none
	SecretNames    bool       // Config alone: a secret is the text `secrets.NAME`, so that none is shown
	Process        *value.Map // -process.x=y
	Executor       *value.Map // -executor.x=y
	Env            *value.Map // -e.x=y
	LaunchDir      string
	ReadConfig     func(name string) ([]byte, error) // a configuration file or address; nil reads it wherever it is
	WorkDir        string                            // -w
	OutputDir      string                            // -output-dir
	Cache          *bool                             // -cache
	QueueSize      int
	DumpHashes     string            // "", "true", "json"
	DumpChannels   string            // "": no; "*" all; names
	With           map[string]string // -with-trace, -with-report, …: name -> file or "-" for the default
	Without        []string

	AnsiLog    *bool // nil: decide by terminal
	Quiet      bool
	LogFile    string
	Brand      string // program name as called: "sluice" or "nextflow"
	Version    string // Nextflow level we claim
	OwnVersion string // our own version
	Stdout     io.Writer
	Stderr     io.Writer
	Getenv     func(string) (string, bool)
	Environ    []string
	// Platform stands for a service, in tests; nil for none.
	Platform *Platform
	// ChooseDetach asks whoever sits at the terminal what becomes of tasks that
	// run elsewhere; nil where nobody does.
	ChooseDetach func(tasks int) bool
	// Interrupts receives SIGINT, SIGTERM; a second one forces.
	Interrupts <-chan string
}

// A Project is a pipeline kept in git, of which Script is a part.
type Project struct {
	Name       string // org/name
	Dir        string // of its files
	Repository string // address as people see it
	CommitID   string
	Revision   string // branch or tag; "" for a bare commit
}

// An ExitError ends the program with a code; its message was already printed
// when Printed is set.
type ExitError struct {
	Code    int
	Err     error
	Printed bool
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e *ExitError) Unwrap() error { return e.Err }
