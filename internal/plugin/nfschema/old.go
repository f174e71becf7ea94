package nfschema

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// oldParams are the parameters that configure nf-validation; they are never
// unexpected.
var oldParams = []string{
	"validationFailUnrecognisedParams", "validationLenientMode", "help", "validationShowHiddenParams", "validationSchemaIgnoreParams",
	"validationSkipDuplicateCheck", "validationS3PathCheck", "monochromeLogs", "monochrome_logs",
}

// oldValidateParameters checks the parameters of the run, then the files that
// they name and that have schemas of their own.
func oldValidateParameters(u *use) (value.Value, error) {
	s, err := u.load(u.find(u.set.schema))
	if err != nil {
		return nil, err
	}
	groups, err := u.groups(u.set.schema)
	if err != nil {
		return nil, err
	}
	errs := u.oldMissing(groups, func(name string) value.Value { return param(u.env, name) }, "")
	odd := u.oldUnexpected(groups, &errs)
	if len(odd) > 0 {
		message := "The following invalid input values have been detected:\n\n" + strings.Join(odd, "\n") + "\n\n"
		u.th.Host.Log("warn", message)
	}
	found, err := s.find(u.clean(u.env.Params, false))
	if err != nil {
		return nil, err
	}
	errs = append(errs, s.oldLines(found, u.env.Params)...)
	if err := u.refuse(unique(errs)); err != nil {
		return nil, err
	}
	return nil, u.oldFiles(groups)
}

var cloud = regexp.MustCompile(`^(s3|az|gs)://`)

// oldMissing finds files that must exist and do not.
func (u *use) oldMissing(groups *value.Map, get func(name string) value.Value, prefix string) []string {
	var errs []string
	each(groups, func(_ string, group *value.Map) {
		each(group, func(name string, p *value.Map) {
			format, _ := value.Str(p.GetString("format"))
			if !value.Truth(p.GetString("exists")) || !slices.Contains([]string{"file-path", "directory-path", "path"}, format) {
				return
			}
			v := get(name)
			if !value.Truth(v) {
				return
			}
			text := value.ToString(v)
			if u.unread(text) || cloud.MatchString(text) && !value.Truth(param(u.env, "validationS3PathCheck")) {
				return
			}
			if f, err := u.env.File(u.th, text); err == nil {
				if ok, err := u.ask(f, "exists"); err == nil && ok {
					return
				}
			}
			errs = append(errs, fmt.Sprintf("* --%s%s: the file or directory '%s' does not exist.", prefix, name, text))
		})
	})
	return errs
}

// oldUnexpected finds parameters that the schema does not have.
func (u *use) oldUnexpected(groups *value.Map, errs *[]string) []string {
	expected := slices.Clone(oldParams)
	each(groups, func(_ string, group *value.Map) {
		each(group, func(name string, _ *value.Map) { expected = append(expected, name) })
	})
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "")) }
	var odd []string
	u.env.Params.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		if slices.Contains(engineOptions, name) {
			*errs = append(*errs, "You used a core Nextflow option with two hyphens: '--"+name+"'. Please resubmit with '-"+name+"'")
		}
		kebab := strings.Contains(name, "-") && slices.ContainsFunc(expected, func(e string) bool { return plain(e) == plain(name) })
		if slices.Contains(expected, name) || kebab || slices.Contains(u.set.ignored, name) || name == "schemaIgnoreParams" {
			return true
		}
		line := "* --" + name + ": " + value.ToString(v)
		if u.set.unknownParam == "error" {
			*errs = append(*errs, line)
		} else {
			odd = append(odd, line)
		}
		return true
	})
	return odd
}

// oldFiles checks the files that parameters name against their own schemas.
func (u *use) oldFiles(groups *value.Map) error {
	var failed error
	each(groups, func(title string, group *value.Map) {
		each(group, func(name string, p *value.Map) {
			v := param(u.env, name)
			path, has := value.Str(p.GetString("schema"))
			if failed != nil || !has || !value.Truth(v) || title == ungrouped {
				return
			}
			file, err := u.sheetFile(v)
			if err != nil {
				failed = u.fail("* --%s: The file path '%s' is invalid. Unable to validate file.", name, value.ToString(v))
				return
			}
			_, failed = u.oldRows(file, name, u.find(path))
		})
	})
	return failed
}

// oldRows reads a sheet, gives its values the types of the schema and checks
// them. The rows come back as they were read.
func (u *use) oldRows(file value.Value, name, schemaPath string) (*value.List, error) {
	s, err := u.load(schemaPath)
	if err != nil {
		return nil, err
	}
	raw, err := u.oldRead(file, s)
	if err != nil {
		return nil, err
	}
	columns := s.columns()
	rows := value.NewList()
	for _, r := range raw.Elems {
		row, ok := r.(*value.Map)
		if !ok {
			return nil, u.fail("the sample sheet %s is not a list of names and values", value.ToString(file))
		}
		rows.Elems = append(rows.Elems, castRow(row, columns))
	}
	var errs []string
	group := value.MapOf("items", columns)
	for i, r := range rows.Elems {
		errs = append(errs, u.oldMissing(group, r.(*value.Map).GetString, fmt.Sprintf(" Entry %d - ", i+1))...)
	}
	found, err := s.find(rows)
	if err != nil {
		return nil, err
	}
	errs = append(errs, s.oldLines(found, rows)...)
	if errs = unique(errs); len(errs) > 0 {
		u.th.Host.Log("error", "ERROR: Validation of '"+name+"' file failed!")
		return nil, u.fail("%s", u.set.colors.red()+"The following errors have been detected:\n\n"+strings.Join(errs, "\n")+"\n"+u.set.colors.reset())
	}
	return raw, nil
}

// withoutHeader is the name of the one column of a sheet without a header.
const withoutHeader = "empty"

// oldRead reads a sheet as maps of text.
func (u *use) oldRead(file value.Value, s *schema) (*value.List, error) {
	text, err := u.text(file)
	if err != nil {
		return nil, err
	}
	typ, err := u.fileType(file, text)
	if err != nil {
		return nil, err
	}
	columns := s.columns()
	header := columns.Len() != 1 || !columns.Has(value.String(""))
	if typ == "yaml" || typ == "json" {
		content, err := u.readSheet(file, s)
		if err != nil {
			return nil, err
		}
		elems, _ := value.Elements(content)
		rows := value.NewList()
		for _, e := range elems {
			if !header {
				e = value.MapOf(withoutHeader, e)
			}
			rows.Elems = append(rows.Elems, e)
		}
		return rows, nil
	}
	if header {
		return u.rows(file, text, typ, true, nil)
	}
	return u.rows(file, text, typ, false, []string{withoutHeader})
}

// castRow gives the values of a row the types of the schema where they can
// have them.
func castRow(row, columns *value.Map) *value.Map {
	cast := value.NewMap(row.Len())
	row.Entries(func(k, v value.Value) bool {
		text := ""
		if v != nil {
			text = value.ToString(v)
		}
		if text == "" {
			return true
		}
		name := k
		if value.ToString(k) == withoutHeader && !columns.Has(k) {
			name = value.String("")
		}
		typ := "string"
		if p, ok := columns.GetString(value.ToString(name)).(*value.Map); ok && p.GetString("type") != nil {
			typ = value.ToString(p.GetString("type"))
		}
		cast.Set(k, castText(text, typ))
		return true
	})
	return cast
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

func castText(text, typ string) value.Value {
	switch typ {
	case "boolean":
		if l := strings.ToLower(text); l == "true" || l == "false" {
			return value.Bool(l == "true")
		}
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 32); err == nil && wholeNumber.MatchString(text) {
			return value.Int(int32(n))
		}
	case "number":
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return value.Double(f)
		}
	}
	return value.String(text)
}

// oldLines are the violations that no others explain.
func (s *schema) oldLines(found []violation, v value.Value) []string {
	var lines []string
	for _, x := range found {
		if sumsUp := x.keyword == "allOf" || x.keyword == "anyOf" || x.keyword == "if"; !sumsUp {
			lines = append(lines, s.oldLine(x, v))
		}
	}
	return lines
}

// oldLine writes a violation as nf-validation does.
func (s *schema) oldLine(x violation, v value.Value) string {
	_, isSheet := v.(*value.List)
	kind := "parameter: --"
	if isSheet {
		kind = "value: "
	}
	row, inRow := firstIndex(x.at)
	if x.keyword == "required" {
		if isSheet && inRow && len(x.at) == 1 {
			return fmt.Sprintf("* -- Entry %d: Missing required %s%s", row+1, kind, strings.Join(x.missing, ", "))
		}
		var lines []string
		for _, m := range x.missing {
			lines = append(lines, "* Missing required "+kind+m)
		}
		return strings.Join(lines, "\n")
	}
	if len(x.at) == 0 {
		return "* " + x.text
	}
	name := strings.Join(x.at, "/")
	if isSheet && inRow {
		name = fmt.Sprintf(" Entry %d - %s", row+1, strings.Join(x.at[1:], "/"))
		if len(x.at) == 1 {
			return fmt.Sprintf("* -- Entry %d: %s", row+1, x.text)
		}
	}
	got := value.ToString(inside(v, x.at))
	if own, ok := s.at(x.location).(*value.Map); ok && x.keyword == "enum" && !isSheet {
		return oldChoice(name, got, own)
	}
	text := x.text
	if own := s.ownMessage(x); own != "" {
		text = own
	}
	return fmt.Sprintf("* --%s: %s (%s)", name, text, got)
}

// oldChoice names the values of an enum, five at most.
func oldChoice(name, got string, schema *value.Map) string {
	elems, _ := value.Elements(schema.GetString("enum"))
	var all []string
	for _, e := range elems {
		all = append(all, value.ToString(e))
	}
	const most = 5
	if len(all) > most {
		return fmt.Sprintf("* --%s: '%s' is not a valid choice (Available choices (%d of %d): %s, ... )", name, got, most, len(all), strings.Join(all[:most], ", "))
	}
	return fmt.Sprintf("* --%s: '%s' is not a valid choice (Available choices: %s)", name, got, strings.Join(all, ", "))
}
