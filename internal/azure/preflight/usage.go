package preflight

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure"
)

// used is a pool as the list of all has it.
type used struct {
	Name       string `json:"name"`
	Properties struct {
		VMSize    string `json:"vmSize"`
		Dedicated int    `json:"currentDedicatedNodes"`
		Spot      int    `json:"currentLowPriorityNodes"`
		Scale     struct {
			Fixed struct {
				Dedicated int `json:"targetDedicatedNodes"`
				Spot      int `json:"targetLowPriorityNodes"`
			} `json:"fixedScale"`
		} `json:"scaleSettings"`
	} `json:"properties"`
}

// use compares quotas with what is in use. Runs wait for a quota that others
// use up, so nothing here stops one.
func (r *runner) use(ctx context.Context, p *azure.AccountProperties, sizes []azure.VMSize) {
	parallel(func() { r.jobsInUse(ctx, p) }, func() { r.poolsInUse(ctx, p, sizes) })
}

func (r *runner) jobsInUse(ctx context.Context, p *azure.AccountProperties) {
	batch, err := r.c.Batch(ctx)
	if err != nil {
		r.failed(2, "count the active jobs", err)
		return
	}
	active := 0
	pager := batch.NewListJobsPager(&azbatch.ListJobsOptions{Filter: to.Ptr("state eq 'active'"), SelectParam: []string{"id"}, MaxResults: to.Ptr[int32](1000)})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return // check 6 tells of a missing role
		}
		active += len(page.Value)
	}
	if need := max(1, len(r.p.Pools)); active+need > p.JobQuota {
		r.doubt("AZ305", fmt.Sprintf("%s has %d active jobs, its quota is %d, and the run makes %d: it would wait", r.account.Name, active, p.JobQuota, need))
	}
}

func (r *runner) poolsInUse(ctx context.Context, p *azure.AccountProperties, sizes []azure.VMSize) {
	all, err := azure.ARMList[used](ctx, r.c, r.account.ID+"/pools?api-version="+batchVersion)
	if err != nil {
		return // check 5 tells
	}
	there := func(name string) bool {
		return slices.ContainsFunc(all, func(u used) bool { return strings.EqualFold(u.Name, name) })
	}
	cpus := func(vm string) int {
		for _, s := range sizes {
			if strings.EqualFold(s.Name, vm) {
				return s.CPUs
			}
		}
		return 0
	}
	dedicated, spot := 0, 0
	for _, u := range all {
		x := &u.Properties // nodes that are yet to come have their cores already
		dedicated += max(x.Dedicated, x.Scale.Fixed.Dedicated) * cpus(x.VMSize)
		spot += max(x.Spot, x.Scale.Fixed.Spot) * cpus(x.VMSize)
	}
	for _, q := range r.p.Pools {
		if q.Spec == nil || !q.Auto && (!q.Create || there(q.Name)) {
			continue
		}
		if p.PoolQuota > 0 && len(all) >= p.PoolQuota {
			r.doubt("AZ304", fmt.Sprintf("%s has %d pools, as many as its quota, and pool %s may have to be made: the run would wait", r.account.Name, len(all), q.Name))
		}
		inUse, quota := dedicated, p.CoreQuota
		if q.Spec.LowPriority {
			inUse, quota = spot, p.SpotQuota
		}
		need := max(1, cpus(q.Spec.VMType))
		if p.AllocationMode != "UserSubscription" && quota >= need && inUse+need > quota {
			r.doubt("AZ306", fmt.Sprintf("%d of %d cores of %s are in use, and a node of pool %s has %d: tasks would wait", inUse, quota, r.account.Name, q.Name, need))
		}
	}
}

// trouble tells what keeps nodes of an existing pool from coming up.
func (r *runner) trouble(ctx context.Context, name string, found *pool) {
	for _, e := range found.Properties.Resize.Errors {
		r.doubt("AZ504", fmt.Sprintf("pool %s: its last resize failed: %s: %s", name, e.Code, firstLine(e.Message)))
	}
	batch, err := r.c.Batch(ctx)
	if err != nil {
		r.failed(5, "count the nodes of pool "+name, err)
		return
	}
	filter := "poolId eq '" + name + "'"
	pager := batch.NewListPoolNodeCountsPager(&azbatch.ListPoolNodeCountsOptions{Filter: &filter})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return // nodes cannot be counted: check 6 tells of a missing role
		}
		for _, c := range page.Value {
			if c.PoolID == nil || !strings.EqualFold(*c.PoolID, name) {
				continue
			}
			for _, n := range []*azbatch.NodeCounts{c.Dedicated, c.LowPriority} {
				if n == nil {
					continue
				}
				bad, failed := number(n.Unusable), number(n.StartTaskFailed)
				if bad+failed > 0 {
					r.doubt("AZ504", fmt.Sprintf("pool %s: %d of %d nodes do not come up (unusable: %d, start task failed: %d)", name, bad+failed, number(n.Total), bad, failed))
				}
			}
		}
	}
}

func number(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// boots says which images the machine types of a pool can boot: all, where
// nothing is known of the types.
func (r *runner) boots(ctx context.Context, q Pool) func(azure.Image) bool {
	any := func(azure.Image) bool { return true }
	if q.Spec.VMType == "" {
		return any
	}
	sizes, err := r.c.VMSizes(ctx)
	if err != nil {
		return any // told with the machine types
	}
	var generations []string
	for _, word := range strings.Split(strings.ToLower(q.Spec.VMType), ",") {
		for _, s := range sizes {
			if ok, err := path.Match(strings.TrimSpace(word), strings.ToLower(s.Name)); err != nil || !ok {
				continue
			}
			if len(s.Generations) == 0 {
				return any
			}
			generations = append(generations, s.Generations...)
		}
	}
	if len(generations) == 0 {
		return any
	}
	return func(i azure.Image) bool {
		want := "V1"
		if i.Generation2 {
			want = "V2"
		}
		return slices.Contains(generations, want)
	}
}

// tools checks the programs that nodes get.
func (r *runner) tools(ctx context.Context) {
	if r.p.Tools == nil {
		return
	}
	if err := r.p.Tools(ctx); err != nil {
		r.failed(3, "look for the programs of nodes", err)
	}
}
