package nfschema

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// A schema is a JSON schema as it stands in its file, and ready to check with.
type schema struct {
	path  string
	tree  *value.Map // in the order of the file
	check *jsonschema.Schema
	u     *use
}

// draft is the only one that nf-schema takes.
const draft = "https://json-schema.org/draft/2020-12/schema"

// find is the path of a schema: as given from where the run was launched, or
// in the project directory.
func (u *use) find(name string) string {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(u.th.Host.LaunchDir(), path)
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return filepath.Join(u.env.ProjectDir, name)
}

// readTree reads a schema file as it is.
func (u *use) readTree(path string) (*value.Map, string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", u.fail("the schema %s does not exist", u.show(path))
	}
	if err != nil {
		return nil, "", u.fail("cannot read the schema %s: %v", u.show(path), err)
	}
	if err := u.syntax(path, string(text)); err != nil {
		return nil, "", err
	}
	v, err := stdlib.ParseJSON(string(text))
	if err != nil {
		return nil, "", u.fail("the schema %s is not valid JSON: %v", u.show(path), err)
	}
	tree, ok := v.(*value.Map)
	if !ok {
		return nil, "", u.fail("the schema %s holds a value of the type %s: a schema is an object", u.show(path), kindOf(v))
	}
	return tree, string(text), nil
}

// syntax points at the place where a file stops being JSON.
func (u *use) syntax(path, text string) error {
	var any any
	err := json.Unmarshal([]byte(text), &any)
	var wrong *json.SyntaxError
	if !errors.As(err, &wrong) {
		return nil
	}
	at := max(0, min(int(wrong.Offset)-1, len(text)-1))
	file := source.NewFile(u.show(path), text)
	var list diag.List
	d := list.Add(source.Span{File: file, Start: int32(at), End: int32(min(at+1, len(text)))}, "the schema "+u.show(path)+" is not valid JSON")
	d.Label = wrong.Error()
	return list
}

// show is a path as messages show it.
func (u *use) show(path string) string {
	if rel, err := filepath.Rel(u.th.Host.LaunchDir(), path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// load reads a schema and makes it ready.
func (u *use) load(path string) (*schema, error) {
	tree, text, err := u.readTree(path)
	if err != nil {
		return nil, err
	}
	if !u.old {
		if used := value.ToString(tree.GetString("$schema")); used != draft {
			return nil, u.fail("Failed to load the meta schema:\n    The schema draft of %s (%s) is not the one that nf-schema uses: %s\n"+
				"    - authors of the pipeline: https://nextflow-io.github.io/nf-schema/latest/migration_guide/\n"+
				"    - users of the pipeline: name the plugin nf-validation in `plugins { }`, which reads older drafts", u.show(path), used, draft)
		}
	}
	raw, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, u.fail("cannot read the schema %s: %v", u.show(path), err)
	}
	if u.set.lenient {
		relax(raw)
	}
	s := &schema{path: path, tree: tree, u: u}
	s.check, err = s.compile(raw)
	if err != nil {
		return nil, u.fail("the schema %s is not a valid JSON schema:\n\n%s", u.show(path), strings.TrimSpace(describeInvalid(err)))
	}
	return s, nil
}

func (s *schema) compile(raw any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseRegexpEngine(compilePattern)
	c.UseLoader(noLoader{})
	keywords, err := s.keywords()
	if err != nil {
		return nil, err
	}
	c.RegisterVocabulary(keywords)
	c.AssertVocabs()
	at := "file://" + (&url.URL{Path: s.path}).EscapedPath()
	if err := c.AddResource(at, raw); err != nil {
		return nil, err
	}
	return c.Compile(at)
}

// noLoader refuses schemas of other files: nothing is fetched.
type noLoader struct{}

func (noLoader) Load(address string) (any, error) {
	return nil, errors.New("schemas in other files are not read")
}

// describeInvalid says what of a schema is against the rules for schemas.
func describeInvalid(err error) string {
	var invalid *jsonschema.SchemaValidationError
	var v *jsonschema.ValidationError
	if errors.As(err, &invalid) && errors.As(invalid.Err, &v) {
		var lines []string
		for _, leaf := range leaves(v) {
			lines = append(lines, "* /"+strings.Join(leaf.InstanceLocation, "/")+": "+leaf.ErrorKind.LocalizedString(printer))
		}
		slices.Sort(lines)
		return strings.Join(slices.Compact(lines), "\n")
	}
	return "* " + err.Error()
}

// leaves are the errors that have no causes.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, c := range e.Causes {
		all = append(all, leaves(c)...)
	}
	return all
}

func unique(lines []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, l := range lines {
		if !seen[l] {
			seen[l] = true
			kept = append(kept, l)
		}
	}
	return kept
}

// javaPattern matches as the plugin's own library does: Java's syntax, look-around
// included, anywhere in the text.
type javaPattern struct{ *value.Pattern }

func compilePattern(source string) (jsonschema.Regexp, error) {
	p, err := value.NewPattern(source, 0)
	if err != nil {
		return nil, err
	}
	return javaPattern{p}, nil
}

func (p javaPattern) MatchString(s string) bool {
	ok, err := p.Find(s)
	return err == nil && ok
}

func (p javaPattern) String() string { return p.Source }

// relax lets numbers, booleans and null pass where a string is wanted.
func relax(node any) {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			relax(e)
		}
	case map[string]any:
		relaxType(n)
		for key, sub := range n {
			switch key {
			case "properties", "patternProperties", "$defs", "defs", "definitions", "dependentSchemas":
				if named, ok := sub.(map[string]any); ok {
					for _, s := range named {
						relax(s)
					}
				}
			case "enum", "const", "default", "examples", "required", "meta":
			default:
				relax(sub)
			}
		}
	}
}

func relaxType(n map[string]any) {
	var types []any
	switch t := n["type"].(type) {
	case string:
		types = []any{t}
	case []any:
		types = t
	}
	has := map[any]bool{}
	for _, t := range types {
		has[t] = true
	}
	if !has["string"] {
		return
	}
	for _, t := range []string{"number", "boolean", "null"} {
		if !has[t] {
			types = append(types, t)
		}
	}
	n["type"] = types
}

// at is the part of the schema that a pointer of the checking library names.
func (s *schema) at(location string) value.Value {
	var v value.Value = s.tree
	for _, token := range pointer(location) {
		switch n := v.(type) {
		case *value.Map:
			v = n.GetString(token)
		case *value.List:
			i, ok := index(token)
			if !ok || i >= len(n.Elems) {
				return nil
			}
			v = n.Elems[i]
		default:
			return nil
		}
	}
	return v
}

// pointer takes the fragment of a location apart.
func pointer(location string) []string {
	_, fragment, _ := strings.Cut(location, "#")
	if fragment == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(fragment, "/"), "/")
	for i, t := range tokens {
		if plain, err := url.PathUnescape(t); err == nil {
			t = plain
		}
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return tokens
}

// index reads a token as a position in a list.
func index(token string) (int, bool) {
	n := 0
	for _, c := range token {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, token != ""
}
