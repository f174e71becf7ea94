package rehearsal

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"sluice/internal/rehearsal/batch"
)

// A Line of the budget is how many calls of one kind there were.
type Line struct {
	Service, Kind       string
	Head, Nodes, Failed int
}

// A Budget is what a run has asked of Azure.
type Budget struct {
	Lines []Line
	Tasks int // that were taken by the Batch service
}

// A meter knows what pools have used; the Batch service is one.
type meter interface{ Usage() []batch.Usage }

// Budget counts the calls up to now.
func (w *World) Budget() Budget {
	w.calls.mu.Lock()
	b := Budget{Tasks: w.calls.tasks}
	for k, n := range w.calls.counts {
		b.Lines = append(b.Lines, Line{Service: k.service, Kind: k.kind, Head: n.head, Nodes: n.nodes, Failed: n.failed})
	}
	w.calls.mu.Unlock()
	slices.SortFunc(b.Lines, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Kind, b.Kind))
	})
	return b
}

// Count is how many calls of a service there were, of one kind or ("") all.
func (b Budget) Count(service, kind string) int {
	n := 0
	for _, l := range b.Lines {
		if l.Service == service && (kind == "" || l.Kind == kind) {
			n += l.Head + l.Nodes
		}
	}
	return n
}

// ByService is the budget with one line for each service.
func (b Budget) ByService() Budget {
	out := Budget{Tasks: b.Tasks}
	for _, l := range b.Lines { // sorted by service
		n := len(out.Lines)
		if n == 0 || out.Lines[n-1].Service != l.Service {
			out.Lines, n = append(out.Lines, Line{Service: l.Service}), n+1
		}
		t := &out.Lines[n-1]
		t.Head, t.Nodes, t.Failed = t.Head+l.Head, t.Nodes+l.Nodes, t.Failed+l.Failed
	}
	return out
}

// kinds says whether lines tell kinds of calls.
func (b Budget) kinds() bool {
	return slices.ContainsFunc(b.Lines, func(l Line) bool { return l.Kind != "" })
}

// WriteTo prints the budget as a table.
func (b Budget) WriteTo(out io.Writer) (int64, error) {
	var text strings.Builder
	if len(b.Lines) == 0 {
		n, err := io.WriteString(out, "none\n")
		return int64(n), err
	}
	t := tabwriter.NewWriter(&text, 0, 8, 2, ' ', tabwriter.AlignRight)
	kinds := b.kinds()
	call := func(s string) string {
		if kinds {
			return s + "\t"
		}
		return ""
	}
	fmt.Fprintf(t, "service\t%shead\tnodes\tfailed\tper task\t\n", call("call"))
	for _, l := range b.Lines {
		per := "-"
		if b.Tasks > 0 {
			per = fmt.Sprintf("%.2f", float64(l.Head+l.Nodes)/float64(b.Tasks))
		}
		fmt.Fprintf(t, "%s\t%s%d\t%d\t%d\t%s\t\n", l.Service, call(l.Kind), l.Head, l.Nodes, l.Failed, per)
	}
	if err := t.Flush(); err != nil {
		return 0, err
	}
	n, err := io.WriteString(out, text.String())
	return int64(n), err
}

// A Forecast is what a run like this one asks and costs.
type Forecast struct {
	Elapsed   time.Duration  // of the rehearsal's time
	PerMinute map[string]int // calls of the head in a usual minute, by service
	Pools     []batch.Usage  // with what they cost by the state's prices
}

// Forecast tells what the run has cost so far and how often it calls.
func (w *World) Forecast() Forecast {
	f := Forecast{PerMinute: map[string]int{}}
	w.calls.mu.Lock()
	if !w.calls.last.IsZero() {
		f.Elapsed = w.calls.last.Sub(w.calls.start)
	}
	rates := map[string][]int{}
	last := int(f.Elapsed / time.Minute)
	for m := 0; m <= last; m++ {
		// The first and the last minute are not like the others, if there are others.
		if last >= 2 && (m == 0 || m == last) {
			continue
		}
		for _, service := range usualServices {
			rates[service] = append(rates[service], w.calls.minutes[m][service])
		}
	}
	w.calls.mu.Unlock()
	for service, counts := range rates {
		slices.Sort(counts)
		f.PerMinute[service] = counts[len(counts)/2]
	}
	if w.meter != nil {
		f.Pools = w.meter.Usage()
	}
	return f
}

var usualServices = []string{serviceARM, serviceBatch, serviceBlob, serviceIMDS, serviceEntra, serviceVault, serviceRegistry, servicePrices}

// WriteTo prints the forecast.
func (f Forecast) WriteTo(out io.Writer) (int64, error) {
	var text strings.Builder
	var rates []string
	for _, service := range slices.Sorted(maps.Keys(f.PerMinute)) {
		if n := f.PerMinute[service]; n > 0 {
			rates = append(rates, fmt.Sprintf("%s %d", service, n))
		}
	}
	if len(rates) > 0 {
		fmt.Fprintf(&text, "calls of the head in a minute: %s\n", strings.Join(rates, ", "))
	}
	total := 0.0
	for _, p := range f.Pools {
		total += p.Cost
		fmt.Fprintf(&text, "pool %s: %s of %s", p.Pool, hours(p.Dedicated), p.VMSize)
		if p.Spot > 0 {
			fmt.Fprintf(&text, ", and %s of spot", hours(p.Spot))
		}
		fmt.Fprintf(&text, ": %.4f\n", p.Cost)
	}
	if len(f.Pools) > 1 {
		fmt.Fprintf(&text, "all pools: %.4f\n", total)
	}
	n, err := io.WriteString(out, text.String())
	return int64(n), err
}

func hours(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%.1f node minutes", d.Minutes())
	}
	return fmt.Sprintf("%.2f node hours", d.Hours())
}

// status is what the proxy says of itself.
func (w *World) status(rw http.ResponseWriter) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(rw, "a rehearsal of Azure, for %s\n\n", w.clock.Now().Sub(w.start).Round(time.Second))
	// Who asked is gone if these fail.
	_, _ = w.Budget().WriteTo(rw)
	fmt.Fprintln(rw)
	_, _ = w.Forecast().WriteTo(rw)
}
