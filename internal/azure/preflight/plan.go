package preflight

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// PlanOf is the plan of a run with a configuration: what stands in its
// options and parameters. Containers of images that scripts compute are not
// known before the run.
func PlanOf(c *config.Config, a config.Azure, clients *azure.Clients, workDir string, params *value.Map) Plan {
	p := Plan{Clients: clients, WorkDir: workDir}
	look := p.look
	walk(nil, c.Root, look)
	if params != nil {
		walk([]string{"params"}, params, look)
	}
	for _, g := range a.Registry {
		p.registry(g.Server)
	}
	work, _ := splitAz(workDir)
	p.Write = slices.DeleteFunc(p.Write, func(c string) bool { return c == work })
	p.Read = slices.DeleteFunc(p.Read, func(c string) bool { return c == work || slices.Contains(p.Write, c) })
	for _, pool := range a.Pools {
		for _, m := range pool.Mounts {
			p.Read = add(p.Read, m.Container)
		}
	}
	p.poolsOf(c, a)
	return p
}

func (p *Plan) poolsOf(c *config.Config, a config.Azure) {
	names := queues(c)
	for name := range a.Pools {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == "auto" {
			continue
		}
		p.Pools = append(p.Pools, Pool{Name: name, Create: a.Batch.AllowPoolCreation || a.Batch.AutoPoolMode, Spec: a.Pools[name], Identity: a.PoolIdentity(name)})
	}
	if a.Batch.AutoPoolMode || len(p.Pools) == 0 {
		spec := a.Pools["auto"]
		if spec == nil {
			spec = &config.AzurePool{Name: "auto"}
		}
		p.Pools = append(p.Pools, Pool{Name: "auto", Auto: true, Create: true, Assumed: !a.Batch.AutoPoolMode, Spec: spec, Identity: a.PoolIdentity("auto")})
	}
}

// queues are the names that `queue` has in the process scope.
func queues(c *config.Config) []string {
	var names []string
	walk([]string{"process"}, c.Scope("process"), func(path []string, text string) {
		if path[len(path)-1] == "queue" && text != "" {
			names = add(names, text)
		}
	})
	return names
}

// output matches names of options and parameters that say where results go.
var output = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(publishdir|outdir|out_?put.*|out|outputdir|results?.*)$`)
})

func (p *Plan) look(path []string, text string) {
	last := path[len(path)-1]
	switch {
	case strings.HasPrefix(text, "az://"):
		name, _ := splitAz(text)
		if path[0] == "workDir" || name == "" {
			return
		}
		if slices.ContainsFunc(path, output().MatchString) {
			p.Write = add(p.Write, name)
		} else {
			p.Read = add(p.Read, name)
		}
	case path[0] == "process" && last == "container":
		p.Image(text)
	case path[0] == "process" && last == "secret":
		p.Secrets = add(p.Secrets, text)
	}
}

// Image adds the image of a process to the plan.
func (p *Plan) Image(name string) {
	name = strings.TrimPrefix(name, "docker://")
	if name == "" {
		return
	}
	p.Containers = true
	p.Images = add(p.Images, name)
	server, _, _ := strings.Cut(name, "/")
	p.registry(server)
}

// registry notes a registry of Azure; others take no identities.
func (p *Plan) registry(server string) {
	if strings.Contains(server, ".azurecr.") {
		p.Registries = add(p.Registries, server)
	}
}

func add(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

// walk visits the texts of a configuration with their paths.
func walk(path []string, v value.Value, visit func(path []string, text string)) {
	switch x := v.(type) {
	case *value.Map:
		x.Entries(func(k, v value.Value) bool {
			walk(append(path[:len(path):len(path)], value.ToString(k)), v, visit)
			return true
		})
		return
	case *value.List:
		for _, e := range x.Elems {
			walk(path, e, visit)
		}
		return
	case *value.GString:
		if len(x.Lazy) > 0 {
			return
		}
	}
	if text, ok := value.Str(v); ok && len(path) > 0 {
		visit(path, text)
	}
}

// secretID finds the id that the message of a problem begins with.
var secretID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(AZ9\d\d): (.*)`) })

// Secrets are the findings among the problems of the scope azure, and the
// problems that are left.
func Secrets(problems diag.List) (found []azure.Finding, rest diag.List) {
	for _, d := range problems {
		m := secretID().FindStringSubmatch(d.Message)
		if m == nil {
			rest = append(rest, d)
			continue
		}
		what := m[2]
		if !d.Span.IsZero() {
			short := (diag.List{{Span: d.Span, Severity: d.Severity, Message: what}}).Short()
			what = strings.Replace(short, d.Severity.String()+": ", "", 1)
		}
		found = append(found, azure.NewFinding(m[1], what, d.Help))
	}
	return found, rest
}
