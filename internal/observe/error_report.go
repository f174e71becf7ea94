package observe

import (
	"strconv"
	"strings"

	"sluice/internal/task"
)

// tailLines is how much of a task's output a report shows.
const tailLines = 50

// A Failure is what ErrorReport is made of. Stdout and Stderr are the ends of
// the task's output files; Source is the text of a native (`exec:`) body.
type Failure struct {
	Task           *task.Task
	Cause          string
	Source         string
	Stdout, Stderr string
	Place          string   // of the mistake in a native body
	Missing        []string // inputs that do not exist
	Command        *Command // what failed, when it was not the script
}

// A Command is one that ran for a task besides its script: that of an `eval` output.
type Command struct {
	Text   string
	Exit   int
	Output string
}

// SourceReport is the block for a task whose script text could not be made:
// source is the body as written.
func SourceReport(name, cause, source string) string {
	return "Error executing process > '" + name + "'\n\nCaused by:\n" + indent(cause) + "\n\nSource block:\n" + strings.TrimSuffix(indent(dedent(source)), "\n")
}

// ErrorReport is the block shown for a task that ends the run, after
// "ERROR ~ ". The headings are Nextflow's: people and programs look for them.
func ErrorReport(f Failure) string {
	var b strings.Builder
	t := f.Task
	section := func(title, body string) {
		b.WriteString("\n" + title + ":\n" + body)
	}
	b.WriteString("Error executing process > '" + t.Name + "'\n")
	section("Caused by", indent(f.Cause)+"\n")
	switch {
	case f.Command != nil:
		section("Command executed", "\n"+indent(f.Command.Text))
		section("Command exit status", indent(strconv.Itoa(f.Command.Exit)))
		section("Command output", indent(orEmpty(f.Command.Output)))
	case t.Exec != nil || f.Source != "":
		if f.Source != "" {
			section("Source block", indent(dedent(f.Source))+"  \n")
		}
	default:
		section("Command executed", "\n"+indent(command(t)))
		section("Command exit status", indent(exitStatus(t)))
		section("Command output", indent(orEmpty(f.Stdout)))
		if e := tail(f.Stderr); e != "" {
			section("Command error", indent(e))
		}
	}
	section("Work dir", indent(t.WorkDir))
	if t.Container != nil && t.Container.Image != "" {
		section("Container", indent(t.Container.Image))
	}
	b.WriteString("\nTip: " + tip(t) + "\n")
	if h := help(f); h != "" {
		b.WriteString("\nhelp: " + h + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func orEmpty(output string) string {
	if s := tail(output); s != "" {
		return s
	}
	return "(empty)"
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// command is the script as its author wrote it: without the line that the
// engine put in front.
func command(t *task.Task) string {
	s := t.Script
	if len(t.Shell) > 0 {
		s = strings.TrimPrefix(s, t.Shebang())
	}
	return dedent(s)
}

// dedent takes common leading blanks off all lines, and empty lines off both
// ends.
func dedent(s string) string {
	lines := strings.Split(s, "\n")
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return task.StripIndent(strings.Join(lines, "\n"))
}

func exitStatus(t *task.Task) string {
	if t.Result.Exit < 0 {
		return "-"
	}
	return strconv.Itoa(t.Result.Exit)
}

func tail(s string) string {
	s = strings.TrimRight(s, "\n")
	lines := strings.Split(s, "\n")
	if len(lines) > tailLines {
		lines = lines[len(lines)-tailLines:]
	}
	return strings.Join(lines, "\n")
}

// tip is one of Nextflow's tips. Nextflow picks one at random; here the same
// failure gets the same tip, and one that helps with it.
func tip(t *task.Task) string {
	switch {
	case t.Exec != nil:
		return "when you have fixed the problem you can continue the execution adding the option `-resume` to the run command line"
	case t.Result.Exit == 0:
		return "you can try to figure out what's wrong by changing to the process work dir and showing the script file named `.command.sh`"
	case t.Result.Exit < 0:
		return "you can replicate the issue by changing to the process work dir and entering the command `bash .command.run`"
	}
	return "view the complete command output by changing to the process work dir and entering the command `cat .command.out`"
}

// help adds what we know of a cause and Nextflow does not say.
func help(f Failure) string {
	t := f.Task
	switch {
	case f.Place != "":
		return "the error is at " + f.Place
	case strings.HasPrefix(f.Cause, "Required secret is missing: '"):
		name := strings.Trim(strings.TrimPrefix(f.Cause, "Required secret is missing: "), "'")
		return "store its value with `secrets set " + name + " <value>`"
	case strings.HasPrefix(f.Cause, "Failed to pull "):
		return "if the image is not there under that name, correct the process's `container`; the command can be tried by hand"
	case strings.HasPrefix(f.Cause, "Failed to create ") && strings.Contains(f.Cause, " environment\n"):
		return "if a package is not there under that name, correct the directive; the command can be tried by hand"
	case len(f.Missing) > 0:
		return "the input file " + strings.Join(f.Missing, ", ") + " does not exist"
	case t.Result.TimedOut:
		return "the task was stopped at its time limit" + asked("time", t.Resources.Time.ToString(), t.Resources.Time > 0) + "; raise the process's `time`"
	case t.Exec != nil || t.Result.Exit < 0:
		return ""
	case t.Result.Exit == 137:
		return "the task was killed, most often because memory ran out" + asked("memory", t.Resources.Memory.ToString(), t.Resources.Memory > 0) + "; raise the process's `memory`"
	case t.Result.Exit == 125 && t.Container != nil:
		c := t.Container
		return "`" + c.Engine + "` could not start a container; if its image is what it misses, `" + c.Engine + " pull " + c.Image +
			"` shows why: correct the process's `container`, or `" + c.Engine + ".registry`"
	case t.Result.Exit == 127:
		return "a command was not found; " + where(t)
	case t.Result.Exit == 126:
		return "a command was found but cannot be executed; check its permissions and that it is built for this machine"
	case t.Result.Exit == 143:
		return "the task was asked to stop (SIGTERM), often by a scheduler's time or memory limit"
	case t.Result.Exit == 139:
		return "the program crashed (segmentation fault)"
	case t.Result.Exit == 0 && strings.HasPrefix(f.Cause, "Missing output file"):
		return "the command succeeded but the work directory holds no file of that name; compare it with what the script writes"
	}
	return ""
}

func asked(what, amount string, known bool) string {
	if !known {
		return ""
	}
	return " (" + what + " asked for: " + amount + ")"
}

func where(t *task.Task) string {
	if t.Container != nil && t.Container.Image != "" {
		return "check that the container image `" + t.Container.Image + "` has it"
	}
	return "install it, or give the process a `container`"
}
