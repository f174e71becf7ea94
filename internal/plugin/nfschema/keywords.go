package nfschema

import (
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/message"

	"sluice/internal/lang/value"
)

// keywords are those that the plugin adds to JSON schemas.
func (s *schema) keywords() (*jsonschema.Vocabulary, error) {
	const address = "https://nextflow-io.github.io/nf-schema/keywords"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(address, true); err != nil {
		return nil, err
	}
	any, err := c.Compile(address)
	if err != nil {
		return nil, err
	}
	return &jsonschema.Vocabulary{URL: address, Schema: any, Compile: s.compileKeywords}, nil
}

// extra are the keywords of one schema object.
type extra struct {
	s      *schema
	format string
	std    *jsonschema.Schema // checks a format of the standard
	exists *bool
	schema string
	unique []string
	gone   bool
}

func (s *schema) compileKeywords(_ *jsonschema.CompilerContext, obj map[string]any) (jsonschema.SchemaExt, error) {
	x := &extra{s: s}
	x.format, _ = obj["format"].(string)
	if b, ok := obj["exists"].(bool); ok {
		x.exists = &b
	}
	x.schema, _ = obj["schema"].(string)
	x.gone, _ = obj["deprecated"].(bool)
	if names, ok := obj["uniqueEntries"].([]any); ok {
		for _, n := range names {
			x.unique = append(x.unique, fmt.Sprint(n))
		}
	}
	if s.u.old { // which looks at these after everything else, or not at all
		x.exists, x.schema, x.gone, x.unique = nil, "", false, nil
	}
	if x.format != "" && pathFormats[x.format] == nil {
		std, err := standardFormat(strings.TrimPrefix(x.format, "idn-"))
		if err != nil {
			return nil, err
		}
		x.std = std
	}
	if x.format == "" && x.exists == nil && x.schema == "" && len(x.unique) == 0 && !x.gone {
		return nil, nil
	}
	return x, nil
}

// standardFormat is a schema that checks nothing but a format.
func standardFormat(name string) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	const address = "file:///format.json"
	if err := c.AddResource(address, map[string]any{"format": name}); err != nil {
		return nil, err
	}
	return c.Compile(address)
}

// Validate checks a value against the keywords.
func (x *extra) Validate(ctx *jsonschema.ValidatorContext, v any) {
	fail := func(keyword, text string) {
		if text != "" {
			ctx.AddError(&keywordError{keyword, text})
		}
	}
	if x.gone {
		fail("deprecated", "This option is deprecated")
	}
	if list, ok := v.([]any); ok && len(x.unique) > 0 {
		fail("uniqueEntries", uniqueEntries(list, x.unique, x.s.u.set.terseUnique))
	}
	text, ok := v.(string)
	if !ok {
		return
	}
	if check := pathFormats[x.format]; check != nil {
		fail("format", check(x.s.u, text))
	} else if x.std != nil && (x.std.Validate(text) != nil || strings.HasSuffix(x.format, "-reference") && wrongURI(text) != "") {
		fail("format", x.wrongFormat(text))
	}
	if x.exists != nil {
		fail("exists", x.s.u.checkExists(text, *x.exists))
	}
	if x.schema != "" {
		fail("schema", x.s.u.checkFile(text, x.schema))
	}
}

func (x *extra) wrongFormat(text string) string {
	if x.s.u.old {
		return fmt.Sprintf("%q is not in the valid format (%s)", text, x.format)
	}
	return formatText(x.format, text)
}

// A keywordError is a violation of one of the plugin's keywords.
type keywordError struct{ keyword, text string }

// KeywordPath is where the keyword stands.
func (e *keywordError) KeywordPath() []string { return []string{e.keyword} }

// LocalizedString is the message.
func (e *keywordError) LocalizedString(*message.Printer) string { return e.text }

// uniqueEntries finds the first entry whose values under the names were there
// before. Entries with none of them do not count.
//
// terse is the wording of older releases.
func uniqueEntries(list []any, names []string, terse bool) string {
	seen := map[string]bool{}
	for i, e := range list {
		entry, ok := e.(map[string]any)
		if !ok {
			return ""
		}
		var parts []string
		for _, n := range names {
			if v, ok := entry[n]; ok {
				parts = append(parts, n+":"+jsonText(v))
			}
		}
		key := strings.Join(parts, ", ")
		if len(parts) > 0 && seen[key] {
			if terse {
				return fmt.Sprintf("Entry %d: Detected non-unique combination of the following fields: [%s]", i+1, strings.Join(names, ", "))
			}
			return fmt.Sprintf("Entry %d: Detected duplicate entries: [%s]", i+1, key)
		}
		seen[key] = true
	}
	return ""
}

// pathFormats check texts that name files; "" is right.
var pathFormats = map[string]func(u *use, text string) string{
	"file-path": func(u *use, text string) string {
		return u.checkPath(text, "a file", "file", func(isDir bool) string {
			if isDir {
				return fmt.Sprintf("'%s' is not a file, but a directory", text)
			}
			return ""
		})
	},
	"directory-path": func(u *use, text string) string {
		return u.checkPath(text, "a directory", "directory", func(isDir bool) string {
			if !isDir {
				return fmt.Sprintf("'%s' is not a directory, but a file", text)
			}
			return ""
		})
	},
	"path":              func(u *use, text string) string { return u.checkPath(text, "a path", "file", nil) },
	"file-path-pattern": (*use).checkPattern,
}

// unread says whether a text names a file of a storage that cannot be read
// here. Such files are not looked at: what is wrong with them shows when a
// task needs them.
func (u *use) unread(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && !u.env.Reads(scheme)
}

// checkPath checks that a text is one path, and what is there.
func (u *use) checkPath(text, what, format string, there func(isDir bool) string) string {
	if u.unread(text) {
		return ""
	}
	f, err := u.env.File(u.th, text)
	if err != nil {
		return fmt.Sprintf("could not validate %s format of '%s': %v", format, text, err)
	}
	if _, several := f.(*value.List); several {
		if u.old {
			return ""
		}
		return fmt.Sprintf("'%s' is not %s, but a file path pattern", text, what)
	}
	if there == nil || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return "" // a web address is no directory, and asking takes time
	}
	if ok, err := u.ask(f, "exists"); err != nil || !ok {
		return ""
	}
	isDir, err := u.ask(f, "isDirectory")
	if err != nil {
		return ""
	}
	return there(isDir)
}

func (u *use) checkPattern(text string) string {
	if u.unread(text) {
		return ""
	}
	v, err := u.env.Files(u.th, text)
	if err != nil {
		return fmt.Sprintf("could not validate file format of '%s': %v", text, err)
	}
	files, _ := value.Elements(v)
	if len(files) == 0 {
		if u.old {
			return fmt.Sprintf("No files were found using the globbing pattern '%s'", text)
		}
		return fmt.Sprintf("No files were found using the glob pattern '%s'", text)
	}
	var wrong []string
	for _, f := range files {
		if isDir, err := u.ask(f, "isDirectory"); err == nil && isDir {
			wrong = append(wrong, fmt.Sprintf("'%s' is not a file, but a directory", value.ToString(f)))
		}
	}
	return strings.Join(wrong, "\n")
}

// checkExists checks whether a file or directory is there, or is not.
func (u *use) checkExists(text string, want bool) string {
	if u.unread(text) {
		return ""
	}
	v, err := u.env.Files(u.th, text)
	exists := false
	if err == nil {
		files, _ := value.Elements(v)
		exists = len(files) > 1
		if len(files) == 1 {
			exists, err = u.ask(files[0], "exists")
		}
	}
	switch {
	case err != nil:
		return fmt.Sprintf("could not check existence of '%s': %v", text, err)
	case want && !exists:
		return fmt.Sprintf("the file or directory '%s' does not exist", text)
	case !want && exists:
		return fmt.Sprintf("the file or directory '%s' should not exist", text)
	}
	return ""
}

// ask calls a method of a path that answers yes or no.
func (u *use) ask(path value.Value, method string) (bool, error) {
	v, err := u.th.Host.Call(u.th, path, method, nil)
	return value.Truth(v), err
}

// checkFile checks the file that a parameter or field names against a schema
// of its own.
func (u *use) checkFile(text, name string) string {
	if u.unread(text) {
		return ""
	}
	f, err := u.env.File(u.th, text)
	if err != nil {
		return fmt.Sprintf("Validation of file failed:\n\t%v", err)
	}
	if ok, err := u.ask(f, "exists"); err != nil || !ok {
		return ""
	}
	if isDir, err := u.ask(f, "isDirectory"); err != nil || isDir {
		return ""
	}
	lines, err := u.fileViolations(f, u.find(name))
	if err != nil {
		return fmt.Sprintf("Validation of file failed:\n\t%v", err)
	}
	if len(lines) == 0 {
		return ""
	}
	for i, l := range lines {
		lines[i] = "\t" + l
	}
	return "Validation of file failed:\n" + strings.Join(lines, "\n")
}

// fileViolations checks a file of entries or of names and values.
func (u *use) fileViolations(file value.Value, schemaPath string) ([]string, error) {
	s, err := u.load(schemaPath)
	if err != nil {
		return nil, err
	}
	content, err := u.readSheet(file, s)
	if err != nil {
		return nil, err
	}
	kind := field
	if _, named := content.(*value.Map); named {
		kind = parameter
	}
	return s.violations(content, kind)
}
