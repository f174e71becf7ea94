package process

import (
	"errors"
	"fmt"
	"slices"

	"sluice/internal/directive"
	"sluice/internal/task"
)

// secrets gives the task the values that the directive `secret` names. They
// are no part of its hash: a renewed password runs nothing again.
func (in *instance) secrets() error {
	v, err := in.setting("secret")
	if err != nil || v == nil || in.node.def.madeStub() {
		return err
	}
	r := in.run()
	if e := in.elsewhere(); e != nil {
		return in.secretsElsewhere(e, directive.Words(v))
	}
	var names []string
	values := map[string]string{}
	for _, name := range directive.Words(v) {
		if name == "" {
			continue
		}
		if r.Secret == nil {
			return errors.New("Secrets are switched off by NXF_ENABLE_SECRETS, and `" + name + "` is required")
		}
		text, found, err := r.Secret(name)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("Required secret is missing: '%s'", name)
		}
		if _, twice := values[name]; !twice {
			names = append(names, name)
		}
		values[name] = text
	}
	if len(names) > 0 {
		in.task.Secrets = task.NewSecrets(r.SecretStore, r.Program, names, values)
	}
	return nil
}

// secretsElsewhere gives the task the names alone: the machine that runs it
// asks for the values by its own identity.
func (in *instance) secretsElsewhere(e *Elsewhere, words []string) error {
	var names []string
	for _, name := range words {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	if !e.Secrets {
		return fmt.Errorf("process `%s` asks for the secret `%s`, and tasks of executor `%s` find secrets in a key vault only -- set azure.keyVault.uri", in.node.name, names[0], in.task.Executor)
	}
	in.task.Secrets = task.NewSecrets("", "", names, nil)
	return nil
}
