package config

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// Options and variables that hold secrets, with what takes their place.
var (
	azureSecretOptions = []struct{ option, way string }{
		{"activeDirectory.servicePrincipalSecret", "remove it: the head takes its managed identity, a workload identity or the login of `az login`"},
		{"batch.accountKey", "remove it: access to the Batch account goes by the identity of the head"},
		{"batch.pools.*.password", "remove it and set `azure.registry.managedIdentity = true`: nodes pull images by their identity"},
		{"registry.password", "remove it and set `azure.registry.managedIdentity = true`: nodes pull images by their identity"},
		{"storage.accountKey", "remove it: access to storage goes by managed identities"},
		{"storage.sasToken", "remove it: access to storage goes by managed identities"},
		{"storage.fileShares", "remove it: file shares can only be mounted with the account's key; mount a container by identity, `azure.batch.pools.<name>.mounts = [[container: 'x', path: '/mnt/x']]`"},
	}
	azureSecretVariables = []struct{ name, way string }{
		{"AZURE_STORAGE_ACCOUNT_KEY", "access to storage goes by managed identities"},
		{"AZURE_STORAGE_SAS_TOKEN", "access to storage goes by managed identities"},
		{"AZURE_BATCH_ACCOUNT_KEY", "access to the Batch account goes by the identity of the head"},
		{"AZURE_CLIENT_SECRET", "the head takes its managed identity, a workload identity or the login of `az login`"},
		{"AZURE_REGISTRY_PASSWORD", "nodes pull images by their identity: `azure.registry.managedIdentity = true`"},
	}
	// hiddenSecret finds signatures and keys inside other text.
	hiddenSecret = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile("(?i)(([?&]|^)sig=[A-Za-z0-9%+/=_-]{8,}|(AccountKey|SharedAccessSignature|client_secret)=[^;&\\s`]+)")
	})
)

const secretsAllowed = "; or `azure.allowSecrets = true` to use it all the same"

// secretWords are names of options with secrets, or nearly so.
var secretWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)account_?key|sas_?token|secret|passw|[?&]sig=`) })

// hideSecrets keeps the text of lines that may hold a secret out of problems.
func hideSecrets(problems diag.List) {
	for _, d := range problems {
		if !d.Span.IsZero() && secretWords().MatchString(d.Span.File.Line(d.Span.Position().Line)) {
			d.Hidden = true
		}
	}
}

// secrets adds a problem for each secret, unless they are allowed, and says
// whether the files hold any.
func (r *azureReader) secrets(allowed bool) bool {
	before, found := len(r.problems), false
	r.walk(nil, r.c.Root, func(path []string, v value.Value) bool {
		d := r.secretAt(path, v)
		found = found || d != nil
		return d != nil
	})
	if allowed {
		r.problems = r.problems[:before]
		return found
	}
	for _, s := range azureSecretVariables {
		if r.env(s.name) != "" {
			d := r.problems.Add(source.Span{}, fmt.Sprintf("AZ902: the variable `%s` of the environment holds a secret", s.name))
			d.Help = "`unset " + s.name + "`: " + s.way + secretsAllowed
		}
	}
	return found
}

func (r *azureReader) secretAt(path []string, v value.Value) *diag.Diagnostic {
	name := dotted(path[1:])
	for _, s := range azureSecretOptions {
		if _, isMap := v.(*value.Map); s.option == "storage.fileShares" && !isMap {
			continue
		}
		if path[0] != "azure" || !matchName(s.option, name) || v == nil || value.ToString(v) == "" {
			continue
		}
		d := r.problems.Add(r.c.Span(path...), fmt.Sprintf("AZ901: config option `%s` holds a secret", dotted(path)))
		if s.option == "storage.fileShares" {
			d.Message = fmt.Sprintf("AZ904: config option `%s` needs the key of the storage account", dotted(path))
		}
		d.Help = s.way + secretsAllowed
		return d
	}
	if g, ok := v.(*value.GString); ok && len(g.Lazy) > 0 {
		return nil // not known before a task is
	}
	text, isText := value.Str(v)
	if !isText || !hiddenSecret().MatchString(text) {
		return nil
	}
	d := r.problems.Add(r.c.Span(path...), fmt.Sprintf("AZ903: config option `%s` has a key or signature inside its text", dotted(path)))
	d.Help = "leave out what stands behind `?`: access goes by managed identities" + secretsAllowed
	return d
}

// walk visits the options of a block, and those of maps in lists. Where visit
// says true, what lies below is not visited.
func (r *azureReader) walk(path []string, v value.Value, visit func([]string, value.Value) bool) {
	if len(path) > 0 && visit(path, v) {
		return
	}
	switch x := v.(type) {
	case *value.Map:
		x.Entries(func(k, v value.Value) bool {
			r.walk(append(path[:len(path):len(path)], value.ToString(k)), v, visit)
			return true
		})
	case *value.List:
		for _, e := range x.Elems {
			if m, ok := e.(*value.Map); ok {
				m.Entries(func(k, v value.Value) bool {
					r.walk(append(path[:len(path):len(path)], value.ToString(k)), v, visit)
					return true
				})
			} else {
				visit(path, e)
			}
		}
	}
}

// secretText is the value of an option, or of the variable that stands for it.
func (r *azureReader) secretText(variable string, path ...string) Secret {
	v := r.get(path...)
	if _, isText := value.Str(v); v != nil && !isText {
		full := append([]string{r.scope}, path...)
		r.problem(path, "is no text", "write "+dotted(full)+" = '…'")
		return ""
	}
	if v == nil && variable != "" {
		return Secret(r.env(variable))
	}
	if v == nil {
		return ""
	}
	return Secret(strings.TrimSpace(value.ToString(v)))
}

// dropSecrets forgets all secrets: they were refused.
func (a *Azure) dropSecrets() {
	a.ServicePrincipalSecret, a.Batch.AccountKey, a.Storage.AccountKey, a.Storage.SAS, a.Storage.FileShares = "", "", "", "", nil
	for _, p := range a.Pools {
		p.Password = ""
	}
	for i := range a.Registry {
		a.Registry[i].Password = ""
	}
}
