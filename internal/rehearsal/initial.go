package rehearsal

import (
	"fmt"
	"strings"
	"time"

	"sluice/internal/rehearsal/state"
)

// InitialState is the default state as a file, with what each key is for.
// Read, it gives the default state.
func InitialState() string {
	s := state.Default()
	b := &strings.Builder{}
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

	line("# The Azure of `sluice azure rehearse --state <this file>`.")
	line("# A key that is left out has its default; a list that is here, even empty,")
	line("# takes the place of the default one. docs/azure-rehearsal.md has all keys.")
	line("")
	line("subscription: %s", s.Subscription)
	line("tenant: %s", s.Tenant)
	line("location: %s", s.Location)
	line("resourceGroup: %s", s.ResourceGroup)
	line("tokenLife: %s   # how long a token is valid", short(s.TokenLife))
	line("speed: %g         # seconds of the rehearsal in one second", s.Speed)
	line("")
	line("# The machine that the head runs on: names of identities. `system` names a")
	line("# system-assigned one.")
	line("head:")
	line("  identities: [%s]", strings.Join(s.Head.Identities, ", "))
	line("")
	line("# User-assigned managed identities. clientId and principalId are made from the")
	line("# name if they are not given; restricted: true forbids Batch to attach it.")
	line("identities:")
	for _, id := range s.Identities {
		line("  - name: %s", id.Name)
	}
	line("")
	line("# Roles of your own: name, actions, notActions, dataActions, notDataActions.")
	line("roles:")
	for _, r := range s.Roles {
		line("  - name: %s", r.Name)
		line("    actions: [%s]", quoted(r.Actions))
	}
	line("")
	line("# Who may do what. A scope is an ARM id, or storage:<account>,")
	line("# storage:<account>/<container>, batch:<account>, identity:<name>,")
	line("# registry:<name>, vault:<name>, group:<resource group>, subscription.")
	line("# group: <name> grants to a group (acts after 24h); after: and until: are times")
	line("# after the start; deny: true denies; condition: is an ABAC condition.")
	line("grants:")
	for _, g := range s.Grants {
		line("  - {identity: %s, role: %s, scope: %q}", g.Identity, g.Role, g.Scope)
	}
	line("")
	line("# sharedKey: true allows keys; firewall: true refuses our network.")
	line("storage:")
	for _, a := range s.Storage {
		line("  - name: %s", a.Name)
		line("    containers: [%s]", strings.Join(a.Containers, ", "))
	}
	line("")
	line("batch:")
	line("  name: %s", s.Batch.Name)
	line("  allocationMode: %s   # or UserSubscription, which spot nodes need", s.Batch.AllocationMode)
	line("  authModes: [%s]", strings.Join(s.Batch.AuthModes, ", "))
	line("  poolQuota: %d", s.Batch.PoolQuota)
	line("  jobQuota: %d", s.Batch.JobQuota)
	line("  coreQuota: %d", s.Batch.CoreQuota)
	line("  spotQuota: %d", s.Batch.SpotQuota)
	line("  # familyQuota: {standardDDSv5Family: 100}")
	line("  nodeStart: %s   # how long a node takes to start", short(s.Batch.NodeStart))
	line("  # scaleEvery: 2s   # how often formulas are evaluated; 5m and more on Azure")
	line("  # processes: 4   # tasks that really run at once, on all nodes; by default 2 for each CPU of this machine")
	line("  # listLag: 2s   # lists are so far behind")
	line("  # dry: true     # nodes run nothing, every task succeeds after dryTime")
	line("")
	line("# Pools that are there before the run.")
	line("pools: []")
	line("#  - {name: mine, vmSize: Standard_D4ds_v5, nodes: 2, slots: 4, identities: [nodes], containers: true}")
	line("")
	line("# Prices are for the forecast; capacity: 2 is how many nodes can be had.")
	line("vmSizes:")
	for _, v := range s.VMSizes {
		line("  - {name: %s, family: %s, cpus: %d, memoryGB: %g, diskGB: %g, gpus: %d, price: %g, spotPrice: %g}", v.Name, v.Family, v.CPUs, v.MemoryGB, v.DiskGB, v.GPUs, v.Price, v.SpotPrice)
	}
	line("")
	line("images:")
	for _, i := range s.Images {
		line("  - {publisher: %s, offer: %s, sku: %q, agent: %s, docker: %v, endOfLife: %s}", i.Publisher, i.Offer, i.SKU, i.Agent, i.Docker, i.EndOfLife.Format(time.DateOnly))
	}
	line("")
	line("# A name that ends in * stands for many images.")
	line("registries:")
	for _, r := range s.Registries {
		line("  - {name: %s, images: [%s]}", r.Name, quoted(r.Images))
	}
	line("")
	line("vaults:")
	for _, v := range s.Vaults {
		line("  - name: %s", v.Name)
		line("    secrets:")
		for name, value := range v.Secrets { // there is one
			line("      %s: %s", name, value)
		}
	}
	line("")
	line("# Subnets, by ARM id.")
	line("networks: []")
	line("")
	line("# What goes wrong: answers, or events of pools and nodes.")
	line("faults: []")
	line("#  - {service: batch, method: POST, path: addtaskcollection, status: 429, retryAfter: 2s, times: 3}")
	line("#  - {service: blob, from: head, after: 10, every: 5, status: 503}")
	line("#  - {event: preempt, pool: mine, node: 1, at: 30s}")
	return b.String()
}

// short writes a duration without parts that are zero.
func short(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

func quoted(list []string) string {
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(q, ", ")
}
