package workdir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/task"
)

// Unmeasured is a task.Metrics of which nothing is known.
var Unmeasured = task.Metrics{
	Realtime: -1, CPUPercent: -1, MemPercent: -1, RSS: -1, VMem: -1, PeakRSS: -1, PeakVMem: -1,
	Rchar: -1, Wchar: -1, Syscr: -1, Syscw: -1, ReadBytes: -1, WriteBytes: -1, VolCtxt: -1, InvCtxt: -1,
}

const traceHeader = "nextflow.trace/v2"

// FormatTrace writes m as .command.trace has it: percents in tenths, sizes of
// memory in kB, times in milliseconds.
func FormatTrace(m task.Metrics) []byte {
	tenths := func(p float64) int64 { return max(0, int64(p*10+0.5)) }
	n := func(v int64) int64 { return max(0, v) }
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nrealtime=%d\n%%cpu=%d\ncpu_model=%s\n", traceHeader, n(m.Realtime.Milliseconds()), tenths(m.CPUPercent), m.CPUModel)
	fmt.Fprintf(&b, "rchar=%d\nwchar=%d\nsyscr=%d\nsyscw=%d\nread_bytes=%d\nwrite_bytes=%d\n", n(m.Rchar), n(m.Wchar), n(m.Syscr), n(m.Syscw), n(m.ReadBytes), n(m.WriteBytes))
	fmt.Fprintf(&b, "%%mem=%d\nvmem=%d\nrss=%d\npeak_vmem=%d\npeak_rss=%d\nvol_ctxt=%d\ninv_ctxt=%d\n",
		tenths(m.MemPercent), n(m.VMem)>>10, n(m.RSS)>>10, n(m.PeakVMem)>>10, n(m.PeakRSS)>>10, n(m.VolCtxt), n(m.InvCtxt))
	return b.Bytes()
}

// ReadTrace reads .command.trace of a work directory; without one, or with an
// empty one, nothing is measured.
func ReadTrace(dir string) (task.Metrics, error) {
	data, err := os.ReadFile(filepath.Join(dir, TraceFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Unmeasured, fmt.Errorf("read metrics: %w", err)
	}
	return ParseTrace(data)
}

// ParseTrace reads the contents of a .command.trace; of empty ones nothing is
// measured.
func ParseTrace(data []byte) (task.Metrics, error) {
	m := Unmeasured
	head, body, _ := strings.Cut(string(data), "\n")
	if head != traceHeader {
		return m, nil
	}
	for line := range strings.Lines(body) {
		key, text, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "cpu_model" {
			m.CPUModel = text
			continue
		}
		if text == "" {
			continue
		}
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return Unmeasured, fmt.Errorf("read metrics: %s of %s: %w", key, TraceFile, err)
		}
		switch key {
		case "realtime":
			m.Realtime = time.Duration(v) * time.Millisecond
		case "%cpu":
			m.CPUPercent = float64(v) / 10
		case "%mem":
			m.MemPercent = float64(v) / 10
		case "rchar":
			m.Rchar = v
		case "wchar":
			m.Wchar = v
		case "syscr":
			m.Syscr = v
		case "syscw":
			m.Syscw = v
		case "read_bytes":
			m.ReadBytes = v
		case "write_bytes":
			m.WriteBytes = v
		case "vmem":
			m.VMem = v << 10
		case "rss":
			m.RSS = v << 10
		case "peak_vmem":
			m.PeakVMem = v << 10
		case "peak_rss":
			m.PeakRSS = v << 10
		case "vol_ctxt":
			m.VolCtxt = v
		case "inv_ctxt":
			m.InvCtxt = v
		}
	}
	return m, nil
}

// CPUModel is the processor's name, as .command.trace has it.
var CPUModel = sync.OnceValue(func() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, name, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(name)
		}
	}
	return ""
})
