package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/secret"
)

// secretActions are the words after `secrets` and how many arguments they take.
var secretActions = []struct {
	name, usage string
	args        int
	run         func(*program, *secret.Store, []string) error
}{
	{"delete", "delete <name>", 1, (*program).deleteSecret},
	{"get", "get <name>", 1, (*program).getSecret},
	{"list", "list", 0, (*program).listSecrets},
	{"set", "set <name> <value>", 2, (*program).setSecret},
}

// secrets keeps values in the store that the environment names.
func (p *program) secrets(r *request) error {
	if v, ok := p.getenv("NXF_ENABLE_SECRETS"); ok && v != "" && !strings.EqualFold(v, "true") {
		return &usageError{message: "secrets are switched off by NXF_ENABLE_SECRETS=" + v, help: "unset the variable, or set it to true"}
	}
	if len(r.args) == 0 {
		p.commandHelp(r.command)
		return nil
	}
	action, args := r.args[0], r.args[1:]
	var names []string
	for _, a := range secretActions {
		names = append(names, a.name)
		if a.name != action {
			continue
		}
		if len(args) != a.args && (a.name != "set" || len(args) != 1) {
			return &usageError{message: fmt.Sprintf("`secrets %s` takes %d arguments, %d given", a.name, a.args, len(args)), help: fmt.Sprintf("write `%s secrets %s`", p.brand, a.usage)}
		}
		store, err := secret.Open(p.getenv)
		if err != nil {
			return err
		}
		return a.run(p, store, args)
	}
	e := &usageError{message: fmt.Sprintf("`secrets` has no command `%s`", action), help: "it has " + strings.Join(names, ", ")}
	if near, ok := diag.Near(action, names); ok {
		e.help = fmt.Sprintf("a command `secrets %s` exists", near)
	}
	return e
}

func (p *program) listSecrets(s *secret.Store, _ []string) error {
	all, err := s.All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(p.stdout, "no secrets available")
	}
	for _, e := range all {
		fmt.Fprintln(p.stdout, e.Name)
	}
	return nil
}

func (p *program) getSecret(s *secret.Store, args []string) error {
	text, found, err := s.Get(args[0])
	if err != nil {
		return err
	}
	if !found {
		return noSecret(s, args[0])
	}
	fmt.Fprintln(p.stdout, text)
	return nil
}

func (p *program) deleteSecret(s *secret.Store, args []string) error {
	found, err := s.Delete(args[0])
	if err == nil && !found {
		return noSecret(s, args[0])
	}
	return err
}

// setSecret takes the value from standard input when it is `-` or missing:
// what stands on a command line can be read by others.
func (p *program) setSecret(s *secret.Store, args []string) error {
	if err := secret.CheckName(args[0]); err != nil {
		return &usageError{message: err.Error()}
	}
	if len(args) == 2 && args[1] != "-" {
		return s.Set(args[0], args[1])
	}
	if p.stdin == nil {
		return &usageError{message: "`secrets set` needs a value", help: fmt.Sprintf("write `%s secrets set %s <value>`, or give the value on standard input", p.brand, args[0])}
	}
	b, err := io.ReadAll(p.stdin)
	if err != nil {
		return fmt.Errorf("read the value of `%s`: %w", args[0], err)
	}
	text := strings.TrimSuffix(string(b), "\n")
	if text == "" {
		return &usageError{message: "`secrets set` needs a value", help: fmt.Sprintf("write `%s secrets set %s <value>`, or give the value on standard input", p.brand, args[0])}
	}
	return s.Set(args[0], text)
}

func noSecret(s *secret.Store, name string) error {
	e := &usageError{message: fmt.Sprintf("there is no secret `%s`", name), note: "the store is " + s.Path}
	var names []string
	if all, err := s.All(); err == nil {
		for _, a := range all {
			names = append(names, a.Name)
		}
	} else {
		return errors.Join(e, err)
	}
	if near, ok := diag.Near(name, names); ok {
		e.help = fmt.Sprintf("a secret `%s` exists", near)
	}
	return e
}
