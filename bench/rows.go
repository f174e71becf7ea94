package main

import (
	"fmt"
	"strings"
	"time"
)

// A row is one line of the table.
type row struct {
	name   string
	script string // main.nf
	files  func() map[string]string
	before [][]string // runs that are not measured
	args   []string
	given  func() ([]string, error) // args that the environment decides; none: the row is left out
	short  bool                     // repeated as often as -repeat says
	runs   int                      // of a row that is not short; 0 is one
	floor  int                      // tasks of the floor printed beside it; 0: none
	alone  bool                     // the original is not run
	of     string                   // an earlier row that growth is counted from
	target target

	base time.Duration // our time of that row
}

// A target is what a row has to reach; zero fields are no demand.
type target struct {
	faster  float64       // times the original
	growth  float64       // at most so many times the row `of`
	wall    time.Duration // at most
	rssMB   float64       // at most
	rssPart float64       // at most this part of the original's
	ofFloor float64       // at least this part of the floor's speed
}

// run never resumes and never talks to the network.
func runArgs(more ...string) []string {
	return append([]string{"-q", "run", "main.nf", "-ansi-log", "false"}, more...)
}

const oneTask = `
process HELLO {
    output:
    path 'out.txt'
    script:
    'echo hello > out.txt'
}
workflow {
    HELLO().view { it.text }
}
`

const manyTasks = `
params.n = 1000
process TASK {
    input:
    val i
    output:
    path 'out.txt'
    script:
    "echo $i > out.txt"
}
process GATHER {
    input:
    path 'in*.txt'
    output:
    stdout
    script:
    "find . -name 'in*.txt' | wc -l"
}
workflow {
    GATHER(TASK(channel.of(1..params.n)).collect()).view()
}
`

const dataflow = `
workflow {
    a = channel.of(1..200000).map { [it % 1000, it] }.filter { k, v -> v % 2 == 0 }
    g = a.groupTuple().map { k, vs -> [k, vs.size()] }
    b = channel.of(1..200000).map { [it, 'left'] }
    c = channel.of(1..200000).map { [200001 - it, 'right'] }
    b.join(c).map { k, l, r -> k }.toSortedList().view { [it.size(), it[0], it[-1]] }
    g.toSortedList { x, y -> x[0] <=> y[0] }.view { it.size() }
}
`

const closures = `
def fib(n) { n < 2 ? n : fib(n - 1) + fib(n - 2) }
workflow {
    def m = [count: 0, total: 0L]
    def add = { x -> m.count = m.count + 1; m.total = m.total + x }
    (1..300000).each { x -> add.call(x) }
    println m
    println fib(24)
}
`

var rows = []row{
	{
		name: "version", args: []string{"-v"}, short: true,
		target: target{wall: 15 * time.Millisecond},
	},
	{
		name: "one-task", script: oneTask, args: runArgs(), short: true,
		target: target{faster: 30, rssMB: 40},
	},
	{
		name: "tasks-1000", script: manyTasks, args: runArgs("--n", "1000"), floor: 1000, runs: 3,
		target: target{faster: 8, rssMB: 60, ofFloor: 0.7},
	},
	{
		name: "tasks-3000", script: manyTasks, args: runArgs("--n", "3000"), floor: 3000, alone: true, of: "tasks-1000",
		target: target{growth: 3.3, ofFloor: 0.7},
	},
	{
		name: "resume-2000", script: manyTasks,
		before: [][]string{runArgs("--n", "2000")}, args: runArgs("--n", "2000", "-resume"),
		target: target{faster: 20},
	},
	{
		name: "dataflow-200k", script: dataflow, args: runArgs(), short: true,
		target: target{faster: 8, rssPart: 0.25},
	},
	{
		name: "closures-300k", script: closures, args: runArgs(), short: true,
		target: target{faster: 6},
	},
	{
		name: "config-json", files: func() map[string]string { return tree(100) }, args: []string{"config", "-o", "json", "-profile", "p7", "."}, short: true,
		target: target{faster: 10, wall: 100 * time.Millisecond},
	},
	{
		name: "preview-100", files: func() map[string]string { return tree(100) }, args: runArgs("-preview"), short: true,
		target: target{faster: 10, wall: 150 * time.Millisecond},
	},
	{
		name: "stub-100", files: func() map[string]string { return tree(100) }, args: runArgs("-stub-run"),
		target: target{faster: 8},
	},
	{
		name: "wfcommons-1000", files: func() map[string]string { return translated(1000) }, args: runArgs(), floor: 1000,
		target: target{faster: 8},
	},
	{
		name: "rnaseq-preview", files: rnaseqFiles, given: rnaseqArgs("-preview"), short: true,
		target: target{faster: 10},
	},
	{
		name: "rnaseq-stub", files: rnaseqFiles, given: rnaseqArgs("-stub-run"),
		target: target{faster: 10},
	},
	{
		name: "lint-3000", files: func() map[string]string { return tree(3000) }, args: []string{"lint", "-o", "concise", "."},
		alone:  true, // the original ends with an internal error on files that have warnings alone
		target: target{wall: 5 * time.Second},
	},
}

// line renders the row; theirs and floor may be zero.
func (r row) line(ours, theirs usage, floor time.Duration) string {
	ratio := 0.0
	if theirs.wall > 0 {
		ratio = theirs.wall.Seconds() / ours.wall.Seconds()
	}
	cells := []string{
		r.name, seconds(ours.wall), seconds(theirs.wall), number(ratio, "%.1f×"),
		megabytes(ours.rss), megabytes(theirs.rss), seconds(floor),
		r.target.String(), r.target.met(ours, theirs, floor, r.base),
	}
	return strings.Join(cells, "\t") + "\t"
}

func (t target) String() string {
	var parts []string
	add := func(on bool, format string, v any) {
		if on {
			parts = append(parts, fmt.Sprintf(format, v))
		}
	}
	add(t.faster > 0, "≥%g×", t.faster)
	add(t.growth > 0, "≤%g× the row above", t.growth)
	add(t.wall > 0, "≤%s", t.wall)
	add(t.rssMB > 0, "≤%g MB", t.rssMB)
	add(t.rssPart > 0, "≤%g of its memory", t.rssPart)
	add(t.ofFloor > 0, "≥%g%% of the floor", t.ofFloor*100)
	return strings.Join(parts, ", ")
}

// met says "yes" or names what is missed; what could not be compared is left out.
func (t target) met(ours, theirs usage, floor, base time.Duration) string {
	var missed []string
	miss := func(on bool, what string) {
		if on {
			missed = append(missed, what)
		}
	}
	compared := theirs.wall > 0
	miss(t.faster > 0 && compared && theirs.wall.Seconds() < t.faster*ours.wall.Seconds(), "speed")
	miss(t.growth > 0 && base > 0 && ours.wall.Seconds() > t.growth*base.Seconds(), "growth")
	miss(t.wall > 0 && ours.wall > t.wall, "time")
	miss(t.rssMB > 0 && mb(ours.rss) > t.rssMB, "memory")
	miss(t.rssPart > 0 && compared && float64(ours.rss) > t.rssPart*float64(theirs.rss), "memory")
	miss(t.ofFloor > 0 && floor > 0 && floor.Seconds() < t.ofFloor*ours.wall.Seconds(), "floor")
	if len(missed) > 0 {
		return "no: " + strings.Join(missed, ", ")
	}
	return "yes"
}

func seconds(d time.Duration) string { return number(d.Seconds(), "%.3f s") }

func mb(n int64) float64 { return float64(n) / (1 << 20) }

func megabytes(n int64) string { return number(mb(n), "%.1f") }

func number(v float64, format string) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf(format, v)
}
