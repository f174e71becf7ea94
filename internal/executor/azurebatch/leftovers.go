package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure"
)

// A Leftover is what a dead run left in the Batch account.
type Leftover struct {
	Kind string // job or pool
	ID   string
	Run  string // its name
	Why  string
}

// silent is after how long without a renewal of its lease a head is taken for
// dead: two renewals are missing then.
const silent = 2*time.Hour + 30*time.Minute

// Leftovers finds what dead runs left: jobs whose lease ran out or whose head
// has not renewed it, and pools made by us that no job uses. With a session,
// its jobs only, whether their head lives or not.
func Leftovers(ctx context.Context, c *azure.Clients, session string) ([]Leftover, error) {
	s, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	prefix := poolPrefix
	if session != "" {
		prefix = jobPrefix(session)
	}
	jobs, err := s.jobsOf(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var out []Leftover
	stays := map[string]bool{} // pools with jobs that stay
	for _, j := range jobs {
		m := metaOf(j.Metadata)
		if m[metaSession] == "" || val(j.State) == azbatch.JobStateDeleting {
			continue
		}
		why := "asked for by its session"
		if session == "" {
			why = left(time.Now(), val(j.State), m)
		}
		if why == "" {
			if j.PoolInfo != nil {
				stays[strings.ToLower(val(j.PoolInfo.PoolID))] = true
			}
			continue
		}
		out = append(out, Leftover{Kind: "job", ID: val(j.ID), Run: m[metaRun], Why: why})
	}
	if session != "" {
		return out, nil
	}
	pools, err := s.poolsLeft(ctx, stays)
	return append(out, pools...), err
}

// left says why a job is a leftover; "" if it is none.
func left(now time.Time, state azbatch.JobState, meta map[string]string) string {
	at := func(key string) time.Time {
		t, err := time.Parse(time.RFC3339, meta[key])
		if err != nil {
			return time.Time{}
		}
		return t
	}
	renewed, lease := at(metaRenewed), at(metaLease)
	quiet := now.Sub(renewed)
	switch {
	case renewed.IsZero():
		return "" // not as we write it
	case !lease.IsZero() && now.After(lease):
		return "its lease ran out at " + lease.Format("2006-01-02 15:04")
	case meta[metaLeft] != "" && state != azbatch.JobStateCompleted:
		return "" // its tasks were left to a later head
	case meta[metaLeft] == "" && deadHere(meta):
		return "its head, process " + meta[metaPID] + " of this machine, is dead"
	case quiet > silent && state == azbatch.JobStateCompleted:
		return "it has ended, and its head was last heard of " + quiet.Round(time.Minute).String() + " ago"
	case quiet > silent:
		return "its head on " + orPlace(meta[metaHost], "an unknown host") + " was last heard of " + quiet.Round(time.Minute).String() + " ago"
	}
	return ""
}

// poolsLeft are the pools of ours that no job that stays uses.
func (s *services) poolsLeft(ctx context.Context, stays map[string]bool) ([]Leftover, error) {
	filter := "state eq 'active'"
	active, err := s.listJobs(ctx, &filter)
	if err != nil {
		return nil, err
	}
	for _, j := range active {
		if j.PoolInfo != nil && metaOf(j.Metadata)[metaSession] == "" {
			stays[strings.ToLower(val(j.PoolInfo.PoolID))] = true // somebody else's job
		}
	}
	var out []Leftover
	pager := s.batch.NewListPoolsPager(&azbatch.ListPoolsOptions{MaxResults: to.Ptr[int32](1000)})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return out, fmt.Errorf("list pools: %w", err)
		}
		for _, p := range page.Value {
			m := metaOf(p.Metadata)
			if m[metaSpec] == "" || val(p.State) == azbatch.PoolStateDeleting || stays[strings.ToLower(val(p.ID))] || time.Since(val(p.CreationTime)) < time.Hour {
				continue
			}
			out = append(out, Leftover{Kind: "pool", ID: val(p.ID), Why: fmt.Sprintf("no job uses it (%d nodes)", val(p.CurrentDedicatedNodes)+val(p.CurrentLowPriorityNodes))})
		}
	}
	return out, nil
}

// RemoveLeftover deletes a job, which ends its tasks, or a pool.
func RemoveLeftover(ctx context.Context, c *azure.Clients, l Leftover) error {
	b, err := c.Batch(ctx)
	if err != nil {
		return err
	}
	switch l.Kind {
	case "job":
		_, err = b.DeleteJob(ctx, l.ID, nil)
	case "pool":
		_, err = b.DeletePool(ctx, l.ID, nil)
	default:
		err = errors.New("internal error: there is no such kind")
	}
	if err == nil || isStatus(err, 404) || isCode(err, "JobBeingDeleted", "PoolBeingDeleted") {
		return nil
	}
	return fmt.Errorf("delete %s %s: %w", l.Kind, l.ID, err)
}
