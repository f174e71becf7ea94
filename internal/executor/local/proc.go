package local

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"time"

	"sluice/internal/task"
	"sluice/internal/workdir"
)

// usage is what sampling has seen of a job: sums over its processes, the
// highest of each. Guarded by Executor.mu.
type usage struct {
	size, rss, peakSize, peakRSS, vol, inv int64
	seen                                   bool
	samples                                int
	next                                   time.Time
}

// metrics are what the kernel counted of the process and the children it
// waited for, and what sampling saw.
func (p *process) metrics() task.Metrics {
	p.e.mu.Lock()
	u := p.j.usage
	p.e.mu.Unlock()
	ru := p.rusage
	cpu := time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
	m := task.Metrics{
		Realtime: p.wall, CPUModel: workdir.CPUModel(),
		RSS: u.rss, VMem: u.size, PeakRSS: max(u.peakRSS, ru.Maxrss<<10), PeakVMem: u.peakSize,
		Rchar: p.io[0], Wchar: p.io[1], Syscr: p.io[2], Syscw: p.io[3], ReadBytes: p.io[4], WriteBytes: p.io[5],
		VolCtxt: max(u.vol, ru.Nvcsw), InvCtxt: max(u.inv, ru.Nivcsw),
	}
	if !u.seen { // ended before the first look
		m.RSS, m.VMem, m.PeakVMem = m.PeakRSS, -1, -1
	}
	if p.wall > 0 {
		m.CPUPercent = 100 * float64(cpu) / float64(p.wall)
	}
	m.MemPercent = 100 * float64(m.RSS) / float64(p.e.memTotal)
	return m
}

// parseIO reads the first six numbers of /proc/<pid>/io.
func parseIO(data []byte) (n [6]int64) {
	i := 0
	for line := range bytes.Lines(data) {
		_, text, ok := bytes.Cut(line, []byte(":"))
		if v, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); ok && err == nil && i < len(n) {
			n[i] = v
			i++
		}
	}
	return n
}

// A sampler looks at running jobs: soon after their start, as most tasks take
// their memory early and many end soon, then less and less often. One goroutine
// does it for all of them, and only while there are any.
type sampler struct {
	e    *Executor
	mu   sync.Mutex
	jobs map[*job]bool
	wake chan struct{} // a job was added
	done chan struct{} // closed to end the goroutine
	gone sync.WaitGroup
}

func (s *sampler) add(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs == nil {
		s.jobs = make(map[*job]bool)
	}
	s.jobs[j] = true
	j.usage.next = time.Now().Add(firstLook)
	if s.done == nil {
		s.done, s.wake = make(chan struct{}), make(chan struct{}, 1)
		s.gone.Add(1)
		go s.loop(s.done)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// firstLook is how long after its start a job is sampled: less, and every tiny
// task would cost a look.
const firstLook = 15 * time.Millisecond

// pause is the time to the next look after n of them.
func pause(n int) time.Duration {
	switch {
	case n < 5:
		return firstLook << n
	case n < 15:
		return time.Second
	case n < 125:
		return 5 * time.Second
	}
	return 30 * time.Second
}

func (s *sampler) remove(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.jobs, j)
}

func (s *sampler) stop() {
	s.mu.Lock()
	if s.done != nil {
		close(s.done)
		s.done = nil
	}
	s.mu.Unlock()
	s.gone.Wait()
}

func (s *sampler) loop(done chan struct{}) {
	defer s.gone.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(s.idle())
		select {
		case <-done:
			return
		case <-s.wake:
		case now := <-timer.C:
			for _, j := range s.due(now) {
				s.sample(j)
			}
		}
	}
}

// idle is the time until a job is due.
func (s *sampler) idle() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := time.Hour
	for j := range s.jobs {
		d = min(d, time.Until(j.usage.next))
	}
	return max(d, time.Millisecond)
}

// due are the jobs to look at now.
func (s *sampler) due(now time.Time) []*job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*job
	for j := range s.jobs {
		if now.Before(j.usage.next) {
			continue
		}
		j.usage.next = now.Add(pause(j.usage.samples))
		j.usage.samples++
		out = append(out, j)
	}
	return out
}

func (s *sampler) sample(j *job) {
	s.e.mu.Lock()
	pid := j.pgid
	s.e.mu.Unlock()
	if pid == 0 {
		return
	}
	var now usage
	tree(pid, &now)
	if !now.seen {
		return
	}
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	u := &j.usage
	u.seen = true
	u.size, u.rss = max(u.size, now.size), max(u.rss, now.rss)
	u.peakSize, u.peakRSS = max(u.peakSize, now.peakSize), max(u.peakRSS, now.peakRSS)
	u.vol, u.inv = max(u.vol, now.vol), max(u.inv, now.inv)
}

// tree adds up a process and all below it; one that is gone counts nothing.
func tree(pid int, u *usage) {
	dir := "/proc/" + strconv.Itoa(pid)
	data, err := os.ReadFile(dir + "/status")
	if err != nil {
		return
	}
	for line := range bytes.Lines(data) {
		key, text, _ := bytes.Cut(line, []byte(":"))
		var to *int64
		unit := int64(1 << 10)
		switch string(key) {
		case "VmSize":
			to = &u.size
		case "VmRSS":
			to = &u.rss
		case "VmPeak":
			to = &u.peakSize
		case "VmHWM":
			to = &u.peakRSS
		case "voluntary_ctxt_switches":
			to, unit = &u.vol, 1
		case "nonvoluntary_ctxt_switches":
			to, unit = &u.inv, 1
		default:
			continue
		}
		if f := bytes.Fields(text); len(f) > 0 {
			if v, err := strconv.ParseInt(string(f[0]), 10, 64); err == nil {
				*to += v * unit
				u.seen = true
			}
		}
	}
	kids, err := os.ReadFile(dir + "/task/" + strconv.Itoa(pid) + "/children")
	if err != nil {
		return
	}
	for _, f := range bytes.Fields(kids) {
		if kid, err := strconv.Atoi(string(f)); err == nil {
			tree(kid, u)
		}
	}
}

// groupUsage looks for live processes of a group: whether there are any, and a
// number that changes when they do something.
func groupUsage(pgid int) (used int64, alive bool) {
	dir, err := os.Open("/proc")
	if err != nil {
		return 0, false
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return 0, false
	}
	for _, name := range names {
		if name[0] < '0' || name[0] > '9' {
			continue
		}
		data, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // gone meanwhile
		}
		i := bytes.LastIndexByte(data, ')')
		f := bytes.Fields(data[i+1:])
		// After the name: state, ppid, pgrp, … utime, stime are 12th and 13th.
		if len(f) < 13 || string(f[2]) != strconv.Itoa(pgid) || string(f[0]) == "Z" || string(f[0]) == "X" {
			continue
		}
		alive = true
		for _, text := range f[11:13] {
			if v, err := strconv.ParseInt(string(text), 10, 64); err == nil {
				used += v + 1
			}
		}
		if io, err := os.ReadFile("/proc/" + name + "/io"); err == nil {
			n := parseIO(io)
			used += n[0] + n[1]
		}
	}
	return used, alive
}
