package boost

import (
	"fmt"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

const wrongArgument = "java.lang.IllegalArgumentException"

// Plugin is the plugin as the registry knows it.
func Plugin() *plugin.Plugin {
	return &plugin.Plugin{
		Name: "nf-boost", BuiltIn: true, Doc: "functions for JSON, YAML and tables",
		Lost: "intermediate files are not deleted while the pipeline runs", LostBy: []string{"boost", "cleanup"},
		Functions: []*plugin.Function{
			{Name: "fromJson", Params: "source: Path | String", Doc: "is the value that a JSON file or text holds", Call: from("groovy.json.JsonSlurper", "parseText")},
			{Name: "toJson", Params: "value, pretty: Boolean", Doc: "is a value as JSON", Call: toJSON},
			{Name: "fromYaml", Params: "source: Path | String", Doc: "is the value that a YAML file or text holds", Call: from("org.yaml.snakeyaml.Yaml", "load")},
			{Name: "toYaml", Params: "value", Doc: "is a value as YAML", Call: toYAML},
			{Name: "mergeCsv", Params: "options: [header: Boolean | List, sep: String], records: List, path: Path", Doc: "writes records to a CSV file", Call: mergeCSV},
			{Name: "mergeText", Params: "options: [keepHeader: Boolean, newLine: Boolean, skip: Integer], items: List, path: Path", Doc: "writes files or texts to a file, one after the other", Call: mergeText},
		},
		Elsewhere: map[string]string{
			"request":  "fetch the address in a process",
			"template": "use `groovy.text.SimpleTemplateEngine`",
			"exec":     "write a process with an `exec:` block",
			"scan":     "use the operators `reduce` or `toList` and `flatMap`",
			"then":     "use the operators `map`, `flatMap` and `reduce`",
			"thenMany": "use the operators `multiMap` and `branch`",
		},
	}
}

// arguments takes options in front off, and checks how many are left.
func arguments(name string, args []value.Value, least, most int) (*value.Map, []value.Value, error) {
	options := value.NewMap(0)
	if len(args) > most {
		if m, ok := args[0].(*value.Map); ok {
			options, args = m, args[1:]
		}
	}
	if len(args) < least || len(args) > most {
		return nil, nil, value.Throw(wrongArgument, "`%s` of nf-boost takes %d arguments, %d given", name, most, len(args))
	}
	return options, args, nil
}

// content is the text of a file, or the text itself.
func content(th *value.Thread, v value.Value) (value.Value, error) {
	if _, ok := v.(*value.Path); ok {
		return th.Host.Property(th, v, "text")
	}
	if s, ok := value.Str(v); ok {
		return value.String(s), nil
	}
	return nil, value.Throw(wrongArgument, "a file or a text is expected, not `%s`", value.ToString(v))
}

// from reads with a class of the language.
func from(class, method string) func(*plugin.Env, *value.Thread, []value.Value) (value.Value, error) {
	return func(env *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
		_, args, err := arguments(method, args, 1, 1)
		if err != nil {
			return nil, err
		}
		text, err := content(th, args[0])
		if err != nil {
			return nil, err
		}
		reader, err := env.Construct(class)
		if err != nil {
			return nil, err
		}
		return th.Host.Call(th, reader, method, []value.Value{text})
	}
}

func toJSON(env *plugin.Env, _ *value.Thread, args []value.Value) (value.Value, error) {
	if len(args) < 1 || len(args) > 2 {
		return nil, value.Throw(wrongArgument, "`toJson` of nf-boost takes a value, and whether it is laid out")
	}
	text, err := env.Static("groovy.json.JsonOutput", "toJson", args[0])
	if err != nil || len(args) < 2 || !value.Truth(args[1]) {
		return text, err
	}
	return env.Static("groovy.json.JsonOutput", "prettyPrint", text)
}

func toYAML(env *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
	if len(args) != 1 {
		return nil, value.Throw(wrongArgument, "`toYaml` of nf-boost takes a value")
	}
	writer, err := env.Construct("org.yaml.snakeyaml.Yaml")
	if err != nil {
		return nil, err
	}
	return th.Host.Call(th, writer, "dump", args)
}

// mergeCSV writes every value in quotes, as the plugin does.
func mergeCSV(_ *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
	options, args, err := arguments("mergeCsv", args, 2, 2)
	if err != nil {
		return nil, err
	}
	records, ok := value.Elements(args[0])
	if !ok || len(records) == 0 {
		return nil, value.Throw(wrongArgument, "In `mergeCsv` function -- at least one record must be provided")
	}
	sep := ","
	if s := options.GetString("sep"); s != nil {
		sep = value.ToString(s)
	}
	columns, named := value.Elements(options.GetString("header"))
	if first, ok := records[0].(*value.Map); ok && !named && value.Truth(options.GetString("header")) {
		columns = first.Keys()
	}
	var b strings.Builder
	row := func(cells []value.Value) {
		for i, c := range cells {
			if i > 0 {
				b.WriteString(sep)
			}
			text := ""
			if c != nil {
				text = value.ToString(c)
			}
			b.WriteString(`"` + text + `"`)
		}
		b.WriteByte('\n')
	}
	if len(columns) > 0 {
		row(columns)
	}
	for _, r := range records {
		cells, err := cellsOf(r, columns)
		if err != nil {
			return nil, err
		}
		row(cells)
	}
	_, err = th.Host.Call(th, args[1], "setText", []value.Value{value.String(b.String())})
	return nil, err
}

// cellsOf are the values of a record, of a map those of the columns.
func cellsOf(record value.Value, columns []value.Value) ([]value.Value, error) {
	m, ok := record.(*value.Map)
	if !ok {
		if cells, ok := value.Elements(record); ok {
			return cells, nil
		}
		return nil, value.Throw(wrongArgument, "In `mergeCsv` function -- a record is a list or a map, not `%s`", value.ToString(record))
	}
	if len(columns) == 0 {
		columns = m.Keys()
	}
	cells := make([]value.Value, len(columns))
	for i, c := range columns {
		cells[i], _ = m.Get(c)
	}
	return cells, nil
}

func mergeText(_ *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
	options, args, err := arguments("mergeText", args, 2, 2)
	if err != nil {
		return nil, err
	}
	items, ok := value.Elements(args[0])
	if !ok || len(items) == 0 {
		return nil, value.Throw(wrongArgument, "In `mergeText` function -- at least one item must be provided")
	}
	header := value.Truth(options.GetString("keepHeader"))
	skip := 0
	if header {
		skip = 1
	}
	if n, ok := value.AsInt64(options.GetString("skip")); ok {
		skip = int(n)
	}
	if header && skip < 1 {
		return nil, value.Throw(wrongArgument, "In function `mergeText` -- `skip` must be greater than zero when `keepHeader` is specified")
	}
	var b strings.Builder
	for i, item := range items {
		text, err := content(th, item)
		if err != nil {
			return nil, fmt.Errorf("read the item %d of `mergeText`: %w", i+1, err)
		}
		rest := value.ToString(text)
		for range skip {
			line, after, ok := strings.Cut(rest, "\n")
			if header && i == 0 {
				b.WriteString(line)
				if ok {
					b.WriteByte('\n')
				}
			}
			rest = after
		}
		b.WriteString(rest)
		if value.Truth(options.GetString("newLine")) {
			b.WriteByte('\n')
		}
	}
	_, err = th.Host.Call(th, args[1], "append", []value.Value{value.String(b.String())})
	return nil, err
}
