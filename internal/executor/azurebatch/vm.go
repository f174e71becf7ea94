package azurebatch

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"sluice/internal/azure"
	"sluice/internal/lang/diag"

	"sluice/internal/executor"
	"sluice/internal/task"
)

// A machine is a type of machine as the service has it in our region.
type machine struct {
	Name, Family     string
	CPUs             int
	MemoryGB, DiskGB float64
	Generations      []string // V1, V2
	Spot             bool
	GPUs             int
}

// machineNamed is what is known of a machine type: only its name for one that
// the region does not list.
func (e *Executor) machineNamed(ctx context.Context, name string) (machine, error) {
	all, err := e.s.machines(ctx)
	if err != nil {
		return machine{}, e.explain("list machine types", err)
	}
	for _, m := range all {
		if strings.EqualFold(m.Name, name) {
			return m, nil
		}
	}
	return machine{Name: name}, nil
}

// generalPurpose are tried in this order when nobody names a machine type.
var generalPurpose = []string{"Standard_D*d*_v*", "Standard_D*_v*", "Standard_E*d*_v*", "Standard_E*_v*", "Standard_F*", "Standard_L*", "Standard_M*", "*"}

// accelerated are tried instead for tasks that need accelerators.
var accelerated = []string{"Standard_N*", "*"}

// chooseMachine finds the machine type for a task. wanted is a name, a
// pattern, or several by commas, in order of preference; "" is any.
func chooseMachine(all []machine, wanted string, r task.Resources, spot bool) (machine, error) {
	patterns, named := generalPurpose, false
	if r.Accelerator > 0 {
		patterns = accelerated
	}
	if wanted != "" {
		patterns, named = nil, true
		for p := range strings.SplitSeq(wanted, ",") {
			if p = strings.TrimSpace(p); p != "" {
				patterns = append(patterns, p)
			}
		}
	}
	var nearest *machine
	known := false
	for _, p := range patterns {
		exact := !strings.ContainsAny(p, "*?[")
		var fit []machine
		for i := range all {
			m := &all[i]
			ok, err := path.Match(strings.ToLower(p), strings.ToLower(m.Name))
			if err != nil {
				return machine{}, fmt.Errorf("machine type `%s`: %w", p, err)
			}
			if !ok || !exact && !named && !usual(m, r) {
				continue
			}
			known = true
			if !fits(m, r) || spot && !m.Spot {
				if nearest == nil || larger(m, nearest) {
					nearest = m
				}
				continue
			}
			fit = append(fit, *m)
		}
		if len(fit) > 0 {
			return slices.MinFunc(fit, func(a, b machine) int {
				return cmp.Or(cmp.Compare(waste(&a, r), waste(&b, r)), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(b.Name, a.Name))
			}), nil
		}
	}
	if !known && wanted != "" {
		return machine{}, unknownMachine(all, wanted)
	}
	return machine{}, noMachine(wanted, r, spot, known, nearest)
}

// unknownMachine says that no machine type has this name, and which one nearly
// has.
func unknownMachine(all []machine, wanted string) error {
	f := azure.NewFinding(findingMachine, "the region has no machine type `"+wanted+"` for Batch (directive `machineType`, or vmType of the pool)")
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	if near, ok := diag.Near(wanted, names); ok {
		f.Cause = "a machine type `" + near + "` exists"
	}
	return &azure.FindingError{Finding: f}
}

// noMachine says what was asked for, and what comes nearest.
func noMachine(wanted string, r task.Resources, spot, known bool, nearest *machine) error {
	what := "machine types of the region"
	if wanted != "" {
		what = "machine types `" + wanted + "`"
	}
	ask := fmt.Sprintf("%d CPUs, %.4g GB of memory, %.4g GB of disk", max(1, r.Cpus), gb(int64(r.Memory)), gb(int64(r.Disk)))
	if r.Accelerator > 0 {
		ask += fmt.Sprintf(", %d accelerators", r.Accelerator)
	}
	if spot {
		ask += ", as spot node"
	}
	have := "none of this name"
	if known && nearest != nil {
		have = "at most " + nearest.describe()
	}
	return &executor.RequestError{What: what, Req: ask, Avail: have}
}

func (m *machine) describe() string {
	s := fmt.Sprintf("%s with %d CPUs, %.4g GB of memory, %.4g GB of disk", m.Name, m.CPUs, m.MemoryGB, m.DiskGB)
	if m.GPUs > 0 {
		s += fmt.Sprintf(", %d accelerators", m.GPUs)
	}
	return s
}

// usual leaves out machines for special purposes when nobody asked for them:
// other processors, confidential ones, accelerators that are not needed.
func usual(m *machine, r task.Resources) bool {
	n := strings.ToLower(strings.TrimPrefix(m.Name, "Standard_"))
	size, _, _ := strings.Cut(n, "_")
	letters := strings.TrimLeft(size, "abcdefghijklmnopqrstuvwxyz")
	letters = strings.TrimLeft(letters, "0123456789-")
	if strings.Contains(letters, "p") || strings.HasPrefix(n, "dc") || strings.HasPrefix(n, "ec") || strings.HasPrefix(n, "b") || strings.Contains(n, "promo") {
		return false
	}
	return m.CPUs > 0 && (m.GPUs > 0) == (r.Accelerator > 0)
}

func fits(m *machine, r task.Resources) bool {
	return m.CPUs >= max(1, r.Cpus) && m.MemoryGB >= gb(int64(r.Memory)) && (r.Disk == 0 || m.DiskGB >= gb(int64(r.Disk))) && m.GPUs >= r.Accelerator
}

func larger(a, b *machine) bool {
	return cmp.Or(cmp.Compare(a.CPUs, b.CPUs), cmp.Compare(a.MemoryGB, b.MemoryGB)) > 0
}

// waste is how far a machine is from what suits tasks like r: small ones
// share a machine with several of their kind.
func waste(m *machine, r task.Resources) float64 {
	cpus := max(1, r.Cpus)
	pack := 1
	switch {
	case cpus <= 4:
		pack = 4
	case cpus <= 8:
		pack = 2
	}
	far := func(a, b float64) float64 {
		if a < b {
			return 1.5 * (b - a) // too small for so many costs more machines
		}
		return a - b
	}
	score := 10 * far(float64(m.CPUs), float64(pack*cpus))
	if r.Memory > 0 {
		score += far(m.MemoryGB, float64(pack)*gb(int64(r.Memory)))
	}
	if r.Disk > 0 {
		score += far(m.DiskGB, float64(pack)*gb(int64(r.Disk))) / 100
	}
	if m.DiskGB == 0 {
		score += 40 // tasks work on the temporary disk
	}
	return score
}

// An image is one that nodes can have.
type image struct {
	Publisher, Offer, SKU, Agent string
	Docker, Verified, Gen2       bool
	Ends                         int64 // Unix seconds; 0: not known
}

// chooseImage is the image for nodes: of the given publisher, offer and agent,
// else the newest one of Ubuntu for containers.
func chooseImage(all []image, publisher, offer, agent string, m machine) (image, error) {
	if publisher == "" && offer == "" && agent == "" {
		publisher, offer = "microsoft-dsvm", "ubuntu-hpc"
	}
	boots := func(i *image) bool {
		if len(m.Generations) == 0 {
			return true
		}
		want := "V1"
		if i.Gen2 {
			want = "V2"
		}
		return slices.Contains(m.Generations, want)
	}
	var fit, named []image
	for _, i := range all {
		if publisher != "" && !strings.EqualFold(i.Publisher, publisher) || offer != "" && !strings.EqualFold(i.Offer, offer) || agent != "" && !strings.EqualFold(i.Agent, agent) {
			continue
		}
		named = append(named, i)
		if boots(&i) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		// The list hardly says which generation an image is of: that none seems
		// to fit is no reason to make no pool.
		fit = named
	}
	if len(fit) == 0 {
		return image{}, &executor.RequestError{What: "images for nodes", Req: strings.Join([]string{publisher, offer, agent}, " ") + " on " + m.Name, Avail: fmt.Sprintf("none of %d images that Batch supports", len(all))}
	}
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return slices.MaxFunc(fit, func(a, b image) int {
		return cmp.Or(cmp.Compare(flag(a.Docker), flag(b.Docker)), cmp.Compare(flag(a.Verified), flag(b.Verified)), cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Ends, b.Ends), cmp.Compare(a.SKU, b.SKU))
	}), nil
}
