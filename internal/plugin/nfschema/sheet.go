package nfschema

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"sluice/internal/dataflow/splitter"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// fileType is csv, tsv, yaml or json: by the extension, or by what the first
// line has more of.
func (u *use) fileType(file value.Value, text string) (string, error) {
	name := value.ToString(file)
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		switch ext := name[i+1:]; ext {
		case "csv", "tsv", "yaml", "json":
			return ext, nil
		case "yml":
			return "yaml", nil
		}
	}
	header, _, _ := strings.Cut(text, "\n")
	commas, tabs := strings.Count(header, ","), strings.Count(header, "\t")
	switch {
	case commas > tabs:
		return "csv", nil
	case tabs > commas:
		return "tsv", nil
	}
	return "", u.fail("Could not derive file type from %s. Please specify the file extension (CSV, TSV, YML, YAML and JSON are supported).", name)
}

// text reads a file.
func (u *use) text(file value.Value) (string, error) {
	v, err := u.th.Host.Property(u.th, file, "text")
	if err != nil {
		return "", err
	}
	return value.ToString(v), nil
}

// readSheet reads a sample sheet, or a file of names and values. What a CSV
// or TSV file holds gets the type that it looks like.
func (u *use) readSheet(file value.Value, s *schema) (value.Value, error) {
	text, err := u.text(file)
	if err != nil {
		return nil, err
	}
	typ, err := u.fileType(file, text)
	if err != nil {
		return nil, err
	}
	switch typ {
	case "yaml":
		v, err := stdlib.ParseYAML(text, false)
		u.number(v, numberedYAML(text))
		return u.entries(file, v, err)
	case "json":
		v, err := stdlib.ParseJSON(text)
		u.number(v, numberedJSON(text))
		return u.entries(file, v, err)
	}
	if err := u.flat(file, typ, s); err != nil {
		return nil, err
	}
	items, _ := s.tree.GetString("items").(*value.Map)
	named := items != nil && items.GetString("properties") != nil
	rows, err := u.rows(file, text, typ, named, nil)
	if err != nil {
		return nil, err
	}
	if !named {
		for i, row := range rows.Elems {
			if l, ok := row.(*value.List); ok && len(l.Elems) == 1 {
				rows.Elems[i] = l.Elems[0]
			}
		}
	}
	return infer(rows), nil
}

// entries checks that a YAML or JSON file holds entries or names and values.
func (u *use) entries(file, v value.Value, err error) (value.Value, error) {
	if err != nil {
		return nil, u.fail("cannot read %s: %v", value.ToString(file), err)
	}
	if _, ok := v.(*value.Map); ok || value.IsCollection(v) {
		return v, nil
	}
	return nil, u.fail("Could not determine if the file is a list or map of values: %s", value.ToString(file))
}

// flat refuses schemas that rows of text cannot satisfy.
func (u *use) flat(file value.Value, typ string, s *schema) error {
	if value.ToString(s.tree.GetString("type")) == "object" {
		return u.fail("CSV or TSV files are not supported. Use a JSON or YAML file instead of %s. (Expected a non-list data structure, which is not supported in CSV or TSV)", value.ToString(file))
	}
	nested := ""
	s.columns().Entries(func(_, p value.Value) bool {
		if m, ok := p.(*value.Map); ok {
			if t, isText := value.Str(m.GetString("type")); isText && (t == "array" || t == "object") {
				nested = t
			}
		}
		return nested == ""
	})
	if nested != "" {
		return u.fail("Using \"type\": \"array\" or \"type\": \"object\" in schema with a \".%s\" samplesheet is not supported\n", typ)
	}
	return nil
}

// columns are the properties of an entry.
func (s *schema) columns() *value.Map {
	if items, ok := s.tree.GetString("items").(*value.Map); ok {
		if p, ok := items.GetString("properties").(*value.Map); ok {
			return p
		}
	}
	return value.NewMap(0)
}

var trailing = regexp.MustCompile(`[,\t]+(\r?)$`)

// rows cuts a CSV or TSV text: into maps by the header or by the columns given,
// else into lists.
func (u *use) rows(file value.Value, text, typ string, header bool, columns []string) (*value.List, error) {
	first, _, _ := strings.Cut(text, "\n")
	if header && trailing.MatchString(first) {
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			lines[i] = trailing.ReplaceAllString(l, "$1")
		}
		text = strings.Join(lines, "\n")
	}
	sep := ","
	if typ == "tsv" {
		sep = "\t"
	}
	rows := value.NewList()
	opts := &splitter.Options{Sep: sep, Quote: `"`, Strip: true, Header: header, Columns: columns}
	err := splitter.Split(splitter.CSV, strings.NewReader(text), opts, func(v value.Value) (bool, error) {
		rows.Elems = append(rows.Elems, v)
		return true, nil
	})
	if err != nil {
		return nil, u.fail("cannot read %s: %v", value.ToString(file), err)
	}
	u.number(rows, numberedRows(text, header))
	return rows, nil
}

// infer gives texts the type they look like; an empty one is null.
func infer(v value.Value) value.Value {
	switch x := v.(type) {
	case *value.Map:
		m := value.NewMap(x.Len())
		x.Entries(func(k, e value.Value) bool { m.Set(k, infer(e)); return true })
		return m
	case *value.List:
		l := value.NewList()
		for _, e := range x.Elems {
			l.Elems = append(l.Elems, infer(e))
		}
		return l
	case value.String:
		return inferText(string(x))
	}
	return v
}

// inferText reads true, false, null and numbers; a number with a leading zero
// stays text.
func inferText(s string) value.Value {
	switch strings.ToLower(s) {
	case "", "null":
		return nil
	case "true":
		return value.Bool(true)
	case "false":
		return value.Bool(false)
	}
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return value.String(s)
	}
	if strings.ContainsAny(s, ".eE") || s == "-0" {
		if f, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "xXpP_") {
			if f == 0 && s[0] == '-' {
				return value.Double(f)
			}
			if d, err := value.ParseNumber(s); err == nil {
				return d
			}
		}
		return value.String(s)
	}
	if len(digits) > 1 && digits[0] == '0' {
		return value.String(s)
	}
	n, ok := new(big.Int).SetString(s, 10)
	switch {
	case !ok || strings.ContainsAny(s, "_+"):
		return value.String(s)
	case n.BitLen() <= 31:
		return value.Int(int32(n.Int64()))
	case n.BitLen() <= 63:
		return value.Long(n.Int64())
	}
	return value.BigInt{Int: n}
}
