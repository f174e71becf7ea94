package preflight

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/internal/azure"
)

// Probed is what a probe on a node of a pool found out.
type Probed struct {
	Pool     string // where it ran: automatic pools have names of their own
	Identity azure.Identity
	Tried    []Trial
	Kept     time.Time // everything went well then, and nothing was tried now
}

// OK says that everything that was tried went well.
func (p *Probed) OK() bool {
	for _, t := range p.Tried {
		if t.Refusal != nil {
			return false
		}
	}
	return len(p.Tried) > 0
}

// A Trial is one thing that a probe tried.
type Trial struct {
	Name    string // program, image, token, write, read, list, delete, registry, vault
	Target  string
	Refusal *Refusal // nil: it went well
}

// A Refusal is why it did not.
type Refusal struct {
	Config                   bool // the same everywhere, until somebody mends it
	Status                   int
	Code, Message, RequestID string
}

func (r *Refusal) text() string {
	var parts []string
	if r.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, r.Code)))
	} else if r.Code != "" {
		parts = append(parts, r.Code)
	}
	if r.Message != "" {
		line, _, _ := strings.Cut(azure.Redact(r.Message), "\n")
		parts = append(parts, strings.TrimSpace(line))
	}
	text := strings.Join(parts, ": ")
	if r.RequestID != "" {
		text += " (request " + r.RequestID + ")"
	}
	return text
}

// ProbeImage is the image that probes run in: one of a registry of Azure
// rather than another, because that has to be had by identity.
func (p *Plan) ProbeImage() string {
	for _, image := range p.Images {
		if strings.Contains(image, ".azurecr.") {
			return image
		}
	}
	if len(p.Images) > 0 {
		return p.Images[0]
	}
	return ""
}

// probes run one task on each pool.
func (r *runner) probes(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // nodes may have to start first
	var fs []func()
	for _, p := range r.p.Pools {
		r.mu.Lock()
		usable := len(r.identities[p.Name]) > 0
		r.mu.Unlock()
		if !usable {
			r.doubt("AZ702", fmt.Sprintf("pool %s: no probe was sent, because the pool cannot be used yet", p.Name), "mend what is said of the pool, then check again")
			continue
		}
		fs = append(fs, func() { r.probe(ctx, p) })
	}
	parallel(fs...)
}

func (r *runner) probe(ctx context.Context, q Pool) {
	got, err := r.p.Probe(ctx, &r.p, q)
	name := q.Name
	if got.Pool != "" && got.Pool != q.Name {
		name = got.Pool
	}
	var f *azure.FindingError
	switch {
	case errors.As(err, &f):
		r.add(f.Finding)
		r.doubt("AZ702", fmt.Sprintf("pool %s: no node ran the probe", name), "mend what "+f.ID+" says, then check again")
		return
	case err != nil:
		r.doubt("AZ702", fmt.Sprintf("pool %s: %s", name, short(err)))
		return
	case !got.Kept.IsZero():
		r.say(8, "pool %s: all well at %s", name, got.Kept.Local().Format("2006-01-02 15:04"))
		return
	}
	well := 0
	for _, t := range got.Tried {
		if t.Refusal == nil {
			well++
			continue
		}
		r.refused(ctx, name, got.Identity, t)
	}
	r.say(8, "pool %s: %d of %d trials went well", name, well, len(got.Tried))
}

// refused makes a finding of something that a node could not do.
func (r *runner) refused(ctx context.Context, pool string, who azure.Identity, t Trial) {
	what := fmt.Sprintf("on a node of pool %s %s cannot %s: %s", pool, identityName(who), t.doing(), t.Refusal.text())
	if !t.Refusal.Config {
		r.doubt("AZ702", what, "check again: this may pass")
		return
	}
	denied := t.Refusal.Status == 401 || t.Refusal.Status == 403 || strings.HasSuffix(t.Refusal.Code, "AccessDenied")
	switch t.Name {
	case "image", "registry":
		r.refusedImage(ctx, what, who, t)
	case "vault":
		r.refusedSecret(ctx, what, who, t, denied)
	case "token":
		r.find("AZ701", what, "az batch pool show --pool-id "+pool+" --query identity", "# identities of a pool are set when it is made: name one that it has, or have another pool made")
	default:
		r.refusedBlob(ctx, what, who, t, denied)
	}
}

// doing is what was tried, as in `cannot …`.
func (t *Trial) doing() string {
	switch t.Name {
	case "program":
		return "fetch the program from " + t.Target
	case "image":
		return "pull the image " + t.Target
	case "token":
		return "get a token"
	case "registry":
		return "log in to the registry " + t.Target
	case "vault":
		if t.Target == "" || strings.HasPrefix(t.Target, "https://") {
			return "reach the key vault " + t.Target
		}
		return "read the secret " + t.Target
	}
	return t.Name + " blobs in " + t.Target
}

func identityName(i azure.Identity) string {
	switch {
	case i.Name != "":
		return i.Name
	case i.ClientID != "":
		return "the identity " + i.ClientID
	}
	return "the node"
}

func (r *runner) refusedBlob(ctx context.Context, what string, who azure.Identity, t Trial, denied bool) {
	account := r.c.Config.Storage.AccountName
	container, _ := splitAz(t.Target)
	if container == "" {
		container, _ = splitAz(r.p.WorkDir)
	}
	switch {
	case t.Refusal.Code == "AuthorizationFailure":
		r.find("AZ701", what, "az storage account network-rule list --account-name "+account,
			"az storage account network-rule add --account-name "+account+" --subnet <subnet of the pool>")
	case denied:
		scope := "<container " + container + ">"
		if id := r.storageID(ctx); id != "" {
			scope = id + "/blobServices/default/containers/" + container
		}
		work, _ := splitAz(r.p.WorkDir)
		g := Grant{PrincipalID: who.PrincipalID, Who: who.Name, Role: "Storage Blob Data Reader", Scope: scope, Why: "read the container " + container}
		if container == work {
			g.Role, g.Why = "Storage Blob Data Contributor", "read and write the container "+container
		}
		r.miss("AZ701", what, g)
	case t.Refusal.Code == "ContainerNotFound":
		r.find("AZ701", what, "az storage container create --account-name "+account+" --name "+container+" --auth-mode login")
	default:
		r.find("AZ701", what)
	}
}

func (r *runner) refusedImage(ctx context.Context, what string, who azure.Identity, t Trial) {
	server, _, _ := strings.Cut(t.Target, "/")
	if !strings.Contains(server, ".azurecr.") {
		r.find("AZ701", what, "name an image that is there: process.container")
		return
	}
	id := r.resource(ctx, "AZ212", "registry "+server, "Microsoft.ContainerRegistry/registries", "2023-07-01", "loginServer", server)
	if id == "" {
		id = "<registry " + server + ">"
	}
	r.miss("AZ701", what, Grant{PrincipalID: who.PrincipalID, Who: who.Name, Role: "AcrPull", Scope: id, Why: "pull images from " + server})
}

func (r *runner) refusedSecret(ctx context.Context, what string, who azure.Identity, t Trial, denied bool) {
	uri := r.c.Config.KeyVault
	if !denied {
		name, _, _ := strings.Cut(strings.TrimPrefix(uri, "https://"), ".")
		r.find("AZ701", what, "az keyvault secret list --vault-name "+name+" --query \"[].name\" -o tsv")
		return
	}
	id := r.resource(ctx, "AZ213", "key vault "+uri, "Microsoft.KeyVault/vaults", "2023-07-01", "vaultUri", strings.TrimRight(uri, "/"))
	if id == "" {
		id = "<vault>"
	}
	r.miss("AZ701", what, Grant{PrincipalID: who.PrincipalID, Who: who.Name, Role: "Key Vault Secrets User", Scope: id, Why: "read secrets of " + uri})
}
