package state

import (
	"slices"
	"time"
)

// Default is the state of a rehearsal about which nothing is said.
func Default() *State {
	s := &State{}
	s.Complete()
	return s
}

// Complete fills in what is not there. A list that is there stays as it is,
// even empty; a list that is missing is the default one.
func (s *State) Complete() {
	set(&s.Subscription, "00000000-0000-4000-8000-000000000001")
	set(&s.Tenant, "00000000-0000-4000-8000-000000000002")
	set(&s.Location, "westeurope")
	set(&s.ResourceGroup, "sluice")
	set(&s.TokenLife, 24*time.Hour)
	set(&s.Speed, 1)
	s.completeIdentities()
	if s.Storage == nil {
		s.Storage = []StorageAccount{{Name: "rehearsal", Containers: []string{"work", "data", "results"}}}
	}
	s.Batch.complete()
	for i := range s.Pools {
		s.Pools[i].complete()
	}
	if s.VMSizes == nil {
		s.VMSizes = defaultSizes()
	}
	if s.Images == nil {
		s.Images = defaultImages()
	}
	if s.Registries == nil {
		s.Registries = []Registry{{Name: "rehearsal", Images: []string{"*"}}}
	}
	if s.Vaults == nil {
		s.Vaults = []Vault{{Name: "rehearsal", Secrets: map[string]string{"example": "a value of the rehearsal"}}}
	}
	empty(&s.Pools)
	empty(&s.Networks)
	empty(&s.Faults)
	if s.Grants == nil {
		s.Grants = s.defaultGrants()
	}
	s.completeLocations()
}

func set[T comparable](to *T, value T) {
	var zero T
	if *to == zero {
		*to = value
	}
}

// empty makes no list of a missing one.
func empty[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

// completeIdentities gives the head an identity and the nodes one, and every
// identity its ids.
func (s *State) completeIdentities() {
	if s.Identities == nil {
		s.Identities = []Identity{{Name: "nodes"}}
	}
	if s.Head.Identities == nil && s.Head.System == "" {
		s.Head.Identities = []string{"head"}
		if s.identity("head") < 0 {
			s.Identities = append(s.Identities, Identity{Name: "head"})
		}
	}
	if s.Head.System != "" && s.identity(s.Head.System) < 0 {
		s.Identities = append(s.Identities, Identity{Name: s.Head.System, System: true})
	}
	for i := range s.Identities {
		id := &s.Identities[i]
		set(&id.ResourceGroup, s.ResourceGroup)
		set(&id.ClientID, GUID(s.Tenant, "client", id.Name))
		set(&id.PrincipalID, GUID(s.Tenant, "principal", id.Name))
	}
}

func (b *Batch) complete() {
	set(&b.Name, "rehearsal")
	set(&b.AllocationMode, "BatchService")
	if b.AuthModes == nil {
		b.AuthModes = []string{"AAD"}
	}
	set(&b.PoolQuota, 100)
	set(&b.JobQuota, 300)
	set(&b.CoreQuota, 500)
	set(&b.SpotQuota, 500)
	set(&b.NodeStart, 2*time.Second)
}

func (p *Pool) complete() {
	set(&p.VMSize, "Standard_D4ds_v5")
	set(&p.Slots, 1)
	set(&p.State, "active")
}

// locationsRole is what no built-in role grants by itself without more: to
// ask, in the subscription, which machines there are and how many may be had.
const locationsRole = "Sluice Locations Reader"

func (s *State) completeLocations() {
	uses := slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.Role == locationsRole })
	there := slices.ContainsFunc(s.Roles, func(r Role) bool { return r.Name == locationsRole })
	if uses && !there {
		s.Roles = append(s.Roles, Role{Name: locationsRole, Actions: []string{
			"Microsoft.Batch/locations/*/read", "Microsoft.Compute/skus/read", "Microsoft.Compute/locations/usages/read",
		}})
	}
}

// defaultGrants are the least that a run needs: what docs/azure-permissions.md lists.
func (s *State) defaultGrants() []Grant {
	grants := []Grant{}
	head := slices.Clone(s.Head.Identities)
	if s.Head.System != "" {
		head = append(head, s.Head.System)
	}
	for _, id := range head {
		grants = append(grants,
			Grant{Identity: id, Role: "Azure Batch Data Contributor", Scope: "batch:" + s.Batch.Name},
			Grant{Identity: id, Role: locationsRole, Scope: "subscription"})
		for _, other := range s.Identities {
			if !other.System && !slices.Contains(head, other.Name) {
				grants = append(grants, Grant{Identity: id, Role: "Managed Identity Operator", Scope: "identity:" + other.Name})
			}
		}
		grants = append(grants, s.containerGrants(id)...)
		grants = append(grants, s.readerGrants(id)...)
	}
	for _, id := range s.Identities {
		if id.System || slices.Contains(head, id.Name) {
			continue
		}
		grants = append(grants, s.containerGrants(id.Name)...)
		for _, r := range s.Registries {
			grants = append(grants, Grant{Identity: id.Name, Role: "AcrPull", Scope: "registry:" + r.Name})
		}
		for _, v := range s.Vaults {
			grants = append(grants, Grant{Identity: id.Name, Role: "Key Vault Secrets User", Scope: "vault:" + v.Name})
		}
	}
	return grants
}

// containerGrants let id read the container `data` and write all others.
func (s *State) containerGrants(id string) []Grant {
	var grants []Grant
	for _, a := range s.Storage {
		for _, c := range a.Containers {
			role := "Storage Blob Data Contributor"
			if c == "data" {
				role = "Storage Blob Data Reader"
			}
			grants = append(grants, Grant{Identity: id, Role: role, Scope: "storage:" + a.Name + "/" + c})
		}
	}
	return grants
}

// readerGrants let the head see who has which role, for `azure check`.
func (s *State) readerGrants(id string) []Grant {
	var grants []Grant
	for _, a := range s.Storage {
		grants = append(grants, Grant{Identity: id, Role: "Reader", Scope: "storage:" + a.Name})
	}
	for _, r := range s.Registries {
		grants = append(grants, Grant{Identity: id, Role: "Reader", Scope: "registry:" + r.Name})
	}
	for _, v := range s.Vaults {
		grants = append(grants, Grant{Identity: id, Role: "Reader", Scope: "vault:" + v.Name})
	}
	return grants
}

// defaultSizes are machines that Azure has, with prices of the order of those
// of its list: for a rehearsal's forecast, not for a budget.
func defaultSizes() []VMSize {
	size := func(name, family string, cpus int, memory, disk, price float64) VMSize {
		return VMSize{Name: name, Family: family, CPUs: cpus, MemoryGB: memory, DiskGB: disk, Price: price, SpotPrice: price / 5}
	}
	gpu := size("Standard_NC4as_T4_v3", "Standard NCASv3_T4 Family", 4, 28, 176, 0.60)
	gpu.GPUs = 1
	return []VMSize{
		size("Standard_D2s_v3", "standardDSv3Family", 2, 8, 16, 0.12),
		size("Standard_D4s_v3", "standardDSv3Family", 4, 16, 32, 0.24),
		size("Standard_D4a_v4", "standardDAv4Family", 4, 16, 100, 0.23),
		size("Standard_D8a_v4", "standardDAv4Family", 8, 32, 200, 0.46),
		size("Standard_D2ds_v5", "standardDDSv5Family", 2, 8, 75, 0.14),
		size("Standard_D4ds_v5", "standardDDSv5Family", 4, 16, 150, 0.27),
		size("Standard_D8ds_v5", "standardDDSv5Family", 8, 32, 300, 0.54),
		size("Standard_D16ds_v5", "standardDDSv5Family", 16, 64, 600, 1.08),
		size("Standard_D32ds_v5", "standardDDSv5Family", 32, 128, 1200, 2.16),
		size("Standard_E4ds_v5", "standardEDSv5Family", 4, 32, 150, 0.35),
		size("Standard_E8ds_v5", "standardEDSv5Family", 8, 64, 300, 0.70),
		size("Standard_E16ds_v5", "standardEDSv5Family", 16, 128, 600, 1.40),
		size("Standard_E32ds_v5", "standardEDSv5Family", 32, 256, 1200, 2.80),
		size("Standard_F4s_v2", "standardFSv2Family", 4, 8, 32, 0.20),
		size("Standard_F8s_v2", "standardFSv2Family", 8, 16, 64, 0.40),
		size("Standard_F16s_v2", "standardFSv2Family", 16, 32, 128, 0.80),
		size("Standard_L8s_v3", "standardLSv3Family", 8, 64, 80, 0.75),
		gpu,
	}
}

// defaultImages hold one at the end of its life and two without Docker.
func defaultImages() []Image {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	return []Image{
		{Publisher: "microsoft-dsvm", Offer: "ubuntu-hpc", SKU: "2404", Agent: "batch.node.ubuntu 24.04", Docker: true, EndOfLife: day(2029, 4, 30)},
		{Publisher: "microsoft-dsvm", Offer: "ubuntu-hpc", SKU: "2204", Agent: "batch.node.ubuntu 22.04", Docker: true, EndOfLife: day(2027, 4, 30)},
		{Publisher: "canonical", Offer: "0001-com-ubuntu-server-jammy", SKU: "22_04-lts", Agent: "batch.node.ubuntu 22.04", EndOfLife: day(2027, 4, 30)},
		{Publisher: "almalinux", Offer: "8-gen2", SKU: "8-gen2", Agent: "batch.node.el 8", EndOfLife: day(2029, 3, 1)},
		{Publisher: "microsoft-azure-batch", Offer: "centos-container", SKU: "7-8", Agent: "batch.node.centos 7", Docker: true, EndOfLife: day(2024, 6, 30)},
	}
}
