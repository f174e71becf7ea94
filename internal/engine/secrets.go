package engine

import (
	"fmt"
	"os"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/secret"
)

// vault is `secrets` of scripts and configuration: values are read from the
// store when the first is asked for, once for the run.
type vault struct {
	getenv func(string) (string, bool)
	values map[string]string
	fail   func(error) // ends the run; nil while the configuration is read
	names  bool        // secrets are their names: what is made of them is to be shown
	err    error
}

// enabled: NXF_ENABLE_SECRETS switches the feature off.
func (v *vault) enabled() bool {
	text, ok := v.getenv("NXF_ENABLE_SECRETS")
	return !ok || text == "" || strings.EqualFold(text, "true")
}

// get finds a value.
func (v *vault) get(name string) (string, bool, error) {
	if err := v.open(); err != nil {
		return "", false, err
	}
	text, ok := v.values[name]
	return text, ok, nil
}

func (v *vault) open() error {
	if v.values != nil {
		return nil
	}
	store, err := secret.Open(v.getenv)
	if err != nil {
		return err
	}
	all, err := store.All()
	if err != nil {
		return err
	}
	v.values = make(map[string]string, len(all))
	for _, e := range all {
		v.values[e.Name] = e.Value
	}
	return nil
}

var vaultClass = &value.Class{Name: "nextflow.secret.SecretsContext", Parents: []*value.Class{value.ObjectClass}}

func (*vault) Class() *value.Class { return vaultClass }

// ToString shows no names and no values.
func (*vault) ToString() string { return "secrets" }

// Property is `secrets.NAME`, null when there is none of that name. A store
// that cannot be read ends the run.
func (v *vault) Property(name string) (value.Value, bool) {
	if v.names {
		return value.String("secrets." + name), true
	}
	text, found, err := v.get(name)
	if !v.enabled() {
		found, err = false, fmt.Errorf("`secrets.%s` is asked for, and secrets are switched off: set NXF_ENABLE_SECRETS=true in the environment", name)
	}
	if err != nil && v.err == nil {
		v.err = err
		if v.fail != nil {
			v.fail(err)
		}
	}
	if err != nil {
		return nil, false // ends the code that asks; the run ends with err
	}
	if !found {
		return nil, true
	}
	return value.String(text), true
}

// InvokeMethod answers get, the index operator and containsKey.
func (v *vault) InvokeMethod(_ *value.Thread, method string, args []value.Value) (value.Value, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	text, ok := v.Property(value.ToString(args[0]))
	if !ok {
		return nil, true, v.err
	}
	switch method {
	case "get", "getAt":
		return text, true, nil
	case "containsKey":
		return value.Bool(text != nil), true, nil
	}
	return nil, false, nil
}

// program is the path of this program, for wrappers called by hand.
func program() string {
	if path, err := os.Executable(); err == nil {
		return path
	}
	return "sluice"
}

// secret is how processes find values; nil when the feature is switched off.
func (r *run) secret() func(string) (string, bool, error) {
	if !r.vault.enabled() {
		return nil
	}
	return r.vault.get
}

// path is the file of the store, "" if there is no home for it.
func (v *vault) path() string {
	store, err := secret.Open(v.getenv)
	if err != nil {
		return ""
	}
	return store.Path
}
