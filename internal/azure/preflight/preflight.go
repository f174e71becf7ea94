package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/internal/azure"
	"sluice/internal/config"
)

// A Plan is what a run is going to use.
type Plan struct {
	Clients    *azure.Clients
	WorkDir    string   // az://container/path
	Read       []string // containers whose files are read
	Write      []string // containers that results go to
	Images     []string // of processes, as far as they are known
	Registries []string // servers of the images of processes
	Secrets    []string // names of values in the vault
	Pools      []Pool
	Containers bool            // processes have containers
	Findings   []azure.Finding // found already: secrets in configuration and environment
	// Tools says whether the programs that nodes get are here; nil: not asked.
	Tools func(context.Context) error
	// Probe runs a task on a pool that tries what tasks do; nil: no probes.
	Probe func(ctx context.Context, p *Plan, pool Pool) (Probed, error)
}

// A Pool is one that tasks are going to run on.
type Pool struct {
	Name     string
	Auto     bool // made as tasks need it, after the template of this name
	Create   bool // made if it is not there
	Assumed  bool // no configuration asks for it; scripts may name pools that are there
	Spec     *config.AzurePool
	Identity config.IdentityChoice
}

// State is how a check ended.
type State string

const (
	OK      State = "ok"
	Warning State = "warning"
	Failed  State = "failed"
	Skipped State = "skipped"
)

// A Check is a row of the table.
type Check struct {
	Number   int             `json:"check"`
	Name     string          `json:"name"`
	State    State           `json:"state"`
	Detail   string          `json:"detail,omitempty"`
	Findings []azure.Finding `json:"findings,omitempty"`
}

// A Report is the outcome of all checks.
type Report struct {
	Checks  []Check         `json:"checks"`
	Head    azure.Principal `json:"head"`
	Missing []Grant         `json:"missing,omitempty"`
	Seconds float64         `json:"seconds"`
}

// Findings are those of all checks, errors first.
func (r *Report) Findings() []azure.Finding {
	var all []azure.Finding
	for _, c := range r.Checks {
		all = append(all, c.Findings...)
	}
	slices.SortStableFunc(all, func(a, b azure.Finding) int { return rank(a) - rank(b) })
	return all
}

func rank(f azure.Finding) int {
	if f.Unknown {
		return 1
	}
	return 0
}

// Err is the first finding that stops a run, as *azure.FindingError; nil if
// none does.
func (r *Report) Err() error {
	for _, f := range r.Findings() {
		if !f.Unknown {
			return &azure.FindingError{Finding: f}
		}
	}
	return nil
}

// patience is how long all checks may take together.
const patience = 30 * time.Second

// A runner holds what several checks need, found out once.
type runner struct {
	p  Plan
	c  *azure.Clients
	mu sync.Mutex

	findings [10][]azure.Finding
	details  [10]string
	missing  []Grant

	head       azure.Principal
	account    *azure.Account
	identities map[string][]azure.Identity // of pools, by their names
	exists     map[string]*pool
}

// Run makes all checks; those that need nothing of each other at once.
func Run(ctx context.Context, p Plan) Report {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := &runner{p: p, c: p.Clients, identities: map[string][]azure.Identity{}, exists: map[string]*pool{}}
	for _, f := range p.Findings {
		r.add(f)
	}
	ready := r.credential(ctx)
	if ready {
		ready = r.findAccount(ctx)
		parallel(
			func() { r.workDir(ctx) },
			func() {
				if !ready {
					return
				}
				parallel(func() { r.quotas(ctx) }, func() { r.machines(ctx) }, func() { r.tools(ctx) }, func() {
					r.pools(ctx)
					r.roles(ctx)
				})
			},
		)
		if ready && p.Probe != nil {
			r.probes(ctx)
		}
	}
	report := r.report(ready)
	report.Seconds = time.Since(begin).Seconds()
	return report
}

func parallel(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(f)
	}
	wg.Wait()
}

func (r *runner) add(f azure.Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, old := range r.findings[f.Check] {
		if old.ID == f.ID && old.What == f.What {
			return
		}
	}
	r.findings[f.Check] = append(r.findings[f.Check], f)
}

func (r *runner) find(id, what string, fix ...string) { r.add(azure.NewFinding(id, what, fix...)) }

// doubt is a finding that does not stop a run.
func (r *runner) doubt(id, what string, fix ...string) {
	f := azure.NewFinding(id, what, fix...)
	f.Unknown = true
	r.add(f)
}

// failed adds what an error says, as a finding of the check.
func (r *runner) failed(check int, doing string, err error) {
	var f *azure.FindingError
	if errors.As(err, &f) {
		r.add(f.Finding)
		return
	}
	g := azure.NewFinding("AZ801", doing+": "+short(err))
	g.Check, g.Unknown = check, true
	if status, _, ok := azure.Status(err); ok && status == 401 {
		g = azure.NewFinding("AZ002", doing+": "+short(err))
	}
	r.add(g)
}

// short is what an error says in its first line, with the code of an answer.
func short(err error) string {
	if status, code, ok := azure.Status(err); ok {
		return fmt.Sprintf("the service answers %d %s", status, code)
	}
	line, _, _ := strings.Cut(azure.Redact(err.Error()), "\n")
	return line
}

func (r *runner) say(check int, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if r.details[check] != "" {
		text = r.details[check] + "; " + text
	}
	r.details[check] = text
}

func (r *runner) credential(ctx context.Context) bool {
	who, err := r.c.WhoAmI(ctx)
	if err != nil {
		r.failed(1, "get a token", err)
		// Without a token nothing else can be asked.
		return false
	}
	r.head = who
	name := who.Name
	if name == "" {
		name = who.ResourceID[strings.LastIndexByte(who.ResourceID, '/')+1:]
	}
	if who.Source != "" {
		name += " (" + who.Source + ")"
	}
	r.say(1, "%s, object id %s", strings.TrimSpace(name), who.ObjectID)
	return true
}

func (r *runner) findAccount(ctx context.Context) bool {
	account, err := r.c.Account(ctx)
	if err != nil {
		r.failed(2, "find the Batch account", err)
		return false
	}
	r.account = account
	r.say(2, "%s in %s", account.Name, account.Location)
	return true
}

func (r *runner) report(ready bool) Report {
	out := Report{Head: r.head, Missing: r.missing}
	for n := 1; n <= 9; n++ {
		c := Check{Number: n, Name: azure.Checks[n], State: OK, Detail: r.details[n], Findings: r.findings[n]}
		if !ready && n > 2 && n != 9 && n != 7 || n == 7 && r.head.ObjectID == "" || n == 2 && r.account == nil && len(c.Findings) == 0 {
			c.State, c.Detail = Skipped, "needs what failed above"
		}
		if n == 8 && r.p.Probe == nil {
			c.State, c.Detail = Skipped, "no probe on nodes"
		}
		for _, f := range c.Findings {
			switch {
			case !f.Unknown:
				c.State = Failed
			case c.State != Failed:
				c.State = Warning
			}
		}
		out.Checks = append(out.Checks, c)
	}
	slices.SortFunc(out.Missing, func(a, b Grant) int { return strings.Compare(a.key(), b.key()) })
	out.Missing = slices.CompactFunc(out.Missing, func(a, b Grant) bool { return a.key() == b.key() })
	return out
}
