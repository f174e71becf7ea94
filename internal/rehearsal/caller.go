package rehearsal

import (
	"net/http"

	"sluice/internal/rehearsal/iam"
)

// A Node is a machine of a pool that calls.
type Node struct {
	Pool, ID   string
	VMSize     string
	Identities func() []iam.Principal // at this moment
}

// A caller is a machine from which calls come.
type caller struct {
	name   string // head, or pool/node
	pool   string // "" for the head
	imds   http.Handler
	apps   http.Handler // the App Service protocol, for the head
	header string       // what it must be called with
}

func (c *caller) isHead() bool { return c.pool == "" }

// from is how faults name the caller.
func (c *caller) from() string {
	if c.isHead() {
		return "head"
	}
	return c.pool
}

func (w *World) headCaller() *caller {
	var ids []iam.Principal
	for _, name := range w.st.Head.Identities {
		if p, ok := w.iam.Principal(name); ok {
			ids = append(ids, p)
		}
	}
	m := iam.Machine{
		Identities: func() []iam.Principal { return ids },
		Compute: iam.Compute{
			Name: "head", Location: w.st.Location, ResourceGroupName: w.st.ResourceGroup, SubscriptionID: w.st.Subscription, ResourceID: w.st.HeadID(),
		},
	}
	if p, ok := w.iam.Principal(w.st.Head.System); ok && w.st.Head.System != "" {
		m.System = &p
	}
	header := "rehearsal"
	return &caller{name: "head", imds: w.iam.IMDS(m), apps: w.iam.AppService(m, header), header: header}
}

func (w *World) nodeCaller(n Node) *caller {
	m := iam.Machine{
		Identities: n.Identities,
		Compute: iam.Compute{
			Name: n.ID, Location: w.st.Location, ResourceGroupName: w.st.ResourceGroup, SubscriptionID: w.st.Subscription, VMSize: n.VMSize,
			ResourceID: w.st.PoolID(n.Pool) + "/nodes/" + n.ID,
		},
	}
	return &caller{name: n.Pool + "/" + n.ID, pool: n.Pool, imds: w.iam.IMDS(m)}
}
