package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// dryState is an account whose nodes run nothing: each task takes so long.
func dryState(takes string) string {
	return "batch:\n  dry: true\n  dryTime: " + takes + "\n  nodeStart: 200ms\n  coreQuota: 100000\n  familyQuota: {standardDDSv5Family: 100000}\n"
}

// azurePipeline has n tasks in five processes: one process has 2,048 tasks out
// at the most.
func azurePipeline(n int) string {
	var b, flow strings.Builder
	for i := range 5 {
		fmt.Fprintf(&b, "process TASK%d {\n    input:\n    val i\n\n    output:\n    val i\n\n    script:\n    \"echo $i\"\n}\n\n", i)
		fmt.Fprintf(&flow, "    TASK%d(channel.of(1..%d))\n", i, n/5)
	}
	return b.String() + "workflow {\n" + flow.String() + "    TASK0.out.mix(TASK1.out, TASK2.out, TASK3.out, TASK4.out).count().view()\n}\n"
}

// A head is a run against a cloud.
type head struct {
	cmd       *exec.Cmd
	submitted chan struct{} // closed when all tasks have been submitted
	out       bytes.Buffer
	err       bytes.Buffer
	read      chan struct{}
	begin     time.Time
	all       time.Duration // until then
}

// startHead runs n tasks, at most ten thousand of them handed over at once, on
// so many nodes.
func (b *bench) startHead(c *cloud, n, nodes int, more ...string) (*head, error) {
	script := filepath.Join(c.dir, "main.nf")
	if err := os.WriteFile(script, []byte(azurePipeline(n)), 0o644); err != nil {
		return nil, err
	}
	config := fmt.Sprintf("azure.batch.pools.auto.vmCount = %d\nazure.batch.pools.auto.maxVmCount = %d\n", nodes, nodes)
	if err := os.WriteFile(filepath.Join(c.dir, "nodes.config"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	args := append([]string{"run", "main.nf", "-ansi-log", "false", "-c", "nodes.config", "-qs", "10000"}, more...)
	h := &head{cmd: exec.Command(b.sluice, args...), submitted: make(chan struct{}), read: make(chan struct{}), begin: time.Now()}
	h.cmd.Dir, h.cmd.Env, h.cmd.Stderr = c.dir, c.environ(), &h.err
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the head: %w", err)
	}
	go func() {
		defer close(h.read)
		left := n
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if !strings.Contains(lines.Text(), "Submitted process >") {
				h.out.WriteString(lines.Text() + "\n")
				continue
			}
			if left--; left == 0 {
				h.all = time.Since(h.begin)
				close(h.submitted)
			}
		}
	}()
	return h, nil
}

// ready waits until all tasks were submitted.
func (h *head) ready() error {
	select {
	case <-h.submitted:
		return nil
	case <-h.read:
		select {
		case <-h.submitted:
			return nil
		default:
		}
		return fmt.Errorf("the head ended before it had submitted all: %w\n%s%s", h.cmd.Wait(), h.out.String(), h.err.String())
	}
}

// wait is the end of a run that succeeds.
func (h *head) wait() (usage, error) {
	<-h.read
	if err := h.cmd.Wait(); err != nil {
		return usage{}, fmt.Errorf("%w\n%s%s", err, h.out.String(), h.err.String())
	}
	ru, ok := h.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return usage{}, fmt.Errorf("no resource usage here")
	}
	return usage{time.Since(h.begin), ru.Maxrss * 1024}, nil
}

// kill ends a head as kill -9 does.
func (h *head) kill() error {
	if err := h.cmd.Process.Kill(); err != nil {
		return err
	}
	<-h.read
	_ = h.cmd.Wait() // says that it was killed
	return nil
}

// during does f beside a cloud with a head.
func (b *bench) during(state string, n, nodes int, f func(*cloud, *head) (reading, error), more ...string) (got reading, err error) {
	c, err := b.serve(state)
	if err != nil {
		return reading{}, err
	}
	defer func() {
		if cerr := c.close(); err == nil {
			err = cerr
		}
	}()
	h, err := b.startHead(c, n, nodes, more...)
	if err != nil {
		return reading{}, err
	}
	return f(c, h)
}

// submissionsWithFiles is a whole run: work directories are written, too.
func submissionsWithFiles(b *bench) (reading, error) {
	const n = 10000
	return b.during(dryState("10m"), n, 10, func(c *cloud, h *head) (reading, error) {
		if err := h.ready(); err != nil {
			return reading{}, err
		}
		adds, err := c.calls("add tasks")
		if err != nil {
			return reading{}, err
		}
		if err := h.kill(); err != nil {
			return reading{}, err
		}
		if len(adds) == 0 {
			return reading{}, fmt.Errorf("no call adds tasks")
		}
		took := adds[len(adds)-1].Time.Sub(adds[0].Time)
		return reading{value: n / took.Seconds(), unit: "/s", note: fmt.Sprintf("%d tasks by a run, two files each, in %d calls", n, len(adds))}, nil
	})
}

// polls compares how often the head asks with 100 and with 10,000 live tasks.
func polls(b *bench) (reading, error) {
	const watch = time.Minute
	count := func(n int) (float64, error) {
		got, err := b.during(dryState("30m"), n, 4, func(c *cloud, h *head) (reading, error) {
			if err := h.ready(); err != nil {
				return reading{}, err
			}
			time.Sleep(30 * time.Second) // until nothing is new
			begin := time.Now()
			time.Sleep(watch)
			lists, err := c.calls("list tasks")
			if err != nil {
				return reading{}, err
			}
			if err := h.kill(); err != nil {
				return reading{}, err
			}
			in := 0
			for _, one := range lists {
				if one.Time.After(begin) && one.Time.Before(begin.Add(watch)) {
					in++
				}
			}
			return reading{value: float64(in)}, nil
		})
		return got.value, err
	}
	few, err := count(100)
	if err != nil {
		return reading{}, err
	}
	many, err := count(10000)
	if err != nil {
		return reading{}, err
	}
	if few == 0 {
		return reading{}, fmt.Errorf("the head does not poll")
	}
	return reading{value: many / few, unit: "×", note: fmt.Sprintf("lists a minute: %g with 100 live tasks, %g with 10,000", few, many)}, nil
}

// hundredThousand is a whole run.
func hundredThousand(b *bench) (reading, error) {
	return b.during(dryState("1s"), 100000, 200, func(_ *cloud, h *head) (reading, error) {
		u, err := h.wait()
		if err != nil {
			return reading{}, err
		}
		if !strings.Contains(h.out.String(), "100000") {
			return reading{}, fmt.Errorf("not all tasks ended:\n%s", h.out.String())
		}
		return reading{value: u.wall.Seconds(), unit: "s", rss: u.rss, note: "100,000 tasks from start to end"}, nil
	}, "-qs", "2048")
}

// recovery kills a head with ten thousand live tasks; the next one has found
// them again when it has told so of each.
func recovery(b *bench) (reading, error) {
	const n = 10000
	return b.during(dryState("30m"), n, 4, func(c *cloud, h *head) (reading, error) {
		if err := h.ready(); err != nil {
			return reading{}, err
		}
		if err := h.kill(); err != nil {
			return reading{}, err
		}
		before, err := c.calls("add tasks")
		if err != nil {
			return reading{}, err
		}
		next, err := b.startHead(c, n, 4, "-resume")
		if err != nil {
			return reading{}, err
		}
		if err := next.ready(); err != nil {
			return reading{}, err
		}
		if err := next.kill(); err != nil {
			return reading{}, err
		}
		after, err := c.calls("add tasks")
		if err != nil {
			return reading{}, err
		}
		if len(after) != len(before) {
			return reading{}, fmt.Errorf("the second head added tasks again, in %d calls", len(after)-len(before))
		}
		return reading{value: next.all.Seconds(), unit: "s", note: "from the start of the next head until it has all 10,000 tasks"}, nil
	})
}

// check is `azure check` when all is well.
func check(b *bench) (got reading, err error) {
	c, err := b.serve("batch:\n  nodeStart: 200ms\n")
	if err != nil {
		return reading{}, err
	}
	defer func() {
		if cerr := c.close(); err == nil {
			err = cerr
		}
	}()
	var us []usage
	for range b.repeat {
		u, err := measureIn(c.dir, c.environ(), b.sluice, "azure", "check")
		if err != nil {
			return reading{}, err
		}
		us = append(us, u)
	}
	u := median(us)
	return reading{value: u.wall.Seconds(), unit: "s", rss: u.rss}, nil
}
