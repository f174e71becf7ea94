package state

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var (
	guidForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	})
	storageForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]{3,24}$`) })
	containerRe = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$`) })
	nameForm    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`) })
	services    = []string{"batch", "arm", "blob", "imds", "entra", "vault", "registry", "prices"}
	events      = []string{"preempt", "lose", "unusable", "starttask", "resize", "autoscale", "diskfull", "pull", "prep", "detach"}
)

// Check finds what cannot be in a state that is complete. Its error is a
// *Problem. Grants are checked by who knows the roles.
func (s *State) Check() error {
	for _, check := range []func() *Problem{s.checkIDs, s.checkIdentities, s.checkStorage, s.checkNames, s.checkBatch, s.checkPools, s.checkSizes, s.checkFaults} {
		if p := check(); p != nil {
			return p
		}
	}
	return nil
}

func problem(at, format string, args ...any) *Problem {
	return &Problem{At: at, Message: fmt.Sprintf(format, args...)}
}

func (s *State) checkIDs() *Problem {
	for at, id := range map[string]string{"subscription": s.Subscription, "tenant": s.Tenant} {
		if !guidForm().MatchString(id) {
			return problem(at, "`%s` is no GUID, such as 00000000-0000-4000-8000-000000000001", id)
		}
	}
	switch {
	case s.TokenLife <= 0:
		return problem("tokenLife", "a token must live some time, such as 24h")
	case s.Speed <= 0:
		return problem("speed", "%v is no speed: 1 is as time passes, 60 is a minute in a second", s.Speed)
	case !nameForm().MatchString(s.Location):
		return problem("location", "`%s` is no location, such as westeurope", s.Location)
	}
	return nil
}

func (s *State) checkIdentities() *Problem {
	seen := map[string]string{}
	for i, id := range s.Identities {
		at := fmt.Sprintf("identities[%d]", i)
		if !nameForm().MatchString(id.Name) {
			return problem(at+".name", "`%s` is no name of an identity: letters, digits, - and _", id.Name)
		}
		for field, value := range map[string]string{"clientId": id.ClientID, "principalId": id.PrincipalID} {
			if !guidForm().MatchString(value) {
				return problem(at+"."+field, "`%s` is no GUID", value)
			}
		}
		for _, key := range []string{id.Name, strings.ToLower(id.ClientID), strings.ToLower(id.PrincipalID)} {
			if other, ok := seen[key]; ok {
				return problem(at, "`%s` is also that of identity `%s`", key, other)
			}
			seen[key] = id.Name
		}
	}
	for i, name := range s.Head.Identities {
		if err := known("identity", name, s.identityNames()); err != nil {
			return problem(fmt.Sprintf("head.identities[%d]", i), "%v", err)
		}
	}
	return nil
}

func (s *State) checkStorage() *Problem {
	for i, a := range s.Storage {
		at := fmt.Sprintf("storage[%d]", i)
		if !storageForm().MatchString(a.Name) {
			return problem(at+".name", "`%s` is no name of a storage account: 3 to 24 small letters and digits", a.Name)
		}
		for j, c := range a.Containers {
			if !containerRe().MatchString(c) || len(c) > 63 {
				return problem(fmt.Sprintf("%s.containers[%d]", at, j), "`%s` is no name of a container: 3 to 63 small letters, digits and single -", c)
			}
		}
	}
	return nil
}

// checkNames: what has an address has a name of its own.
func (s *State) checkNames() *Problem {
	for list, all := range map[string][]string{
		"storage":    names(s.Storage, func(a StorageAccount) string { return a.Name }),
		"registries": names(s.Registries, func(r Registry) string { return r.Name }),
		"vaults":     names(s.Vaults, func(v Vault) string { return v.Name }),
		"pools":      names(s.Pools, func(p Pool) string { return p.Name }),
		"vmSizes":    names(s.VMSizes, func(v VMSize) string { return v.Name }),
		"roles":      names(s.Roles, func(r Role) string { return r.Name }),
	} {
		for i, name := range all {
			at := fmt.Sprintf("%s[%d].name", list, i)
			if name == "" || list != "roles" && !nameForm().MatchString(name) {
				return problem(at, "`%s` is no name: letters, digits, - and _", name)
			}
			if slices.ContainsFunc(all[:i], func(other string) bool { return strings.EqualFold(other, name) }) {
				return problem(at, "`%s` is declared twice", name)
			}
		}
	}
	return nil
}

func (s *State) checkBatch() *Problem {
	if !nameForm().MatchString(s.Batch.Name) {
		return problem("batch.name", "`%s` is no name of a Batch account", s.Batch.Name)
	}
	switch {
	case s.Batch.Processes < 0:
		return problem("batch.processes", "%d is less than none; 0 is 2 for each CPU of this machine", s.Batch.Processes)
	case s.Batch.DryTime < 0:
		return problem("batch.dryTime", "%s is no time that a task can take", s.Batch.DryTime)
	case s.Batch.DryTime > 0 && !s.Batch.Dry:
		return problem("batch.dryTime", "tasks take this long only with `dry: true`, which runs nothing")
	}
	return oneOf("batch.allocationMode", s.Batch.AllocationMode, []string{"BatchService", "UserSubscription"})
}

func oneOf(at, value string, all []string) *Problem {
	if slices.Contains(all, value) {
		return nil
	}
	return problem(at, "`%s` is none of `%s`%s", value, strings.Join(all, "`, `"), near(value, all))
}

func (s *State) checkPools() *Problem {
	sizes := names(s.VMSizes, func(v VMSize) string { return v.Name })
	for i, p := range s.Pools {
		at := fmt.Sprintf("pools[%d]", i)
		if !slices.ContainsFunc(sizes, func(size string) bool { return strings.EqualFold(size, p.VMSize) }) {
			return problem(at+".vmSize", "there is no VM size `%s`%s", p.VMSize, near(p.VMSize, sizes))
		}
		for j, name := range p.Identities {
			if err := known("identity", name, s.identityNames()); err != nil {
				return problem(fmt.Sprintf("%s.identities[%d]", at, j), "%v", err)
			}
		}
		if p.Nodes < 0 || p.SpotNodes < 0 || p.Slots < 1 || p.Slots > 256 {
			return problem(at, "a pool has no less than 0 nodes and 1 to 256 slots on each")
		}
		if prob := oneOf(at+".state", p.State, []string{"active", "deleting"}); prob != nil {
			return prob
		}
	}
	return nil
}

func (s *State) checkSizes() *Problem {
	for i, v := range s.VMSizes {
		if v.CPUs < 1 || v.MemoryGB <= 0 {
			return problem(fmt.Sprintf("vmSizes[%d]", i), "`%s` needs `cpus` and `memoryGB`", v.Name)
		}
	}
	return nil
}

func (s *State) checkFaults() *Problem {
	for i, f := range s.Faults {
		at := fmt.Sprintf("faults[%d]", i)
		if f.Event != "" {
			if p := oneOf(at+".event", f.Event, events); p != nil {
				return p
			}
			continue
		}
		if f.Service != "" {
			if p := oneOf(at+".service", f.Service, services); p != nil {
				return p
			}
		}
		if _, err := regexp.Compile(f.Path); err != nil {
			return problem(at+".path", "%v", err)
		}
		if f.Status == 0 && f.Code == "" && f.Delay == 0 && !f.Drop && !f.AfterEffect && !f.ShortRead {
			return problem(at, "does nothing: give `status`, `code`, `delay`, `drop`, `afterEffect`, `shortRead`, or an `event`")
		}
		if f.Status != 0 && (f.Status < 300 || f.Status > 599) {
			return problem(at+".status", "%d is no status of an answer that fails", f.Status)
		}
	}
	return nil
}
