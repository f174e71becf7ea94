package process

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// noOption is the fault for an option that a qualifier does not have.
func (d *definition) noOption(a syntax.Arg, qualifier, option string, known []string) error {
	help := "it has no options"
	if len(known) > 0 {
		help = "options are `" + strings.Join(known, "`, `") + "`"
	}
	if near, ok := diag.Near(option, known); ok {
		help = "an option `" + near + "` exists"
	}
	return d.fault(a.Name.Span(), "`%s` is not an option of `%s` (%s)", option, qualifier, help)
}

// checkOutputOption refuses options that the qualifier does not have.
func (d *definition) checkOutputOption(a syntax.Arg, qualifier, option string) error {
	use := directive.OutputQualifier(qualifier)
	if use.Accepts(option) {
		return nil
	}
	return d.noOption(a, qualifier, option, use.OptionNames())
}

// checkName refuses what cannot follow `P.out.`.
func (d *definition) checkName(a syntax.Arg, option string) error {
	if name := constantText(a.Value); !isName(name) {
		return d.fault(a.Value.Span(), "option `%s` is a name of letters, digits and underscores, not %s", option, a.Value.Span().Text())
	}
	return nil
}

func isName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i], i > 0) {
			return false
		}
	}
	return s != ""
}

var fileTypes = []string{"any", "dir", "file"}

func (d *definition) checkType(a syntax.Arg) error {
	lit, constant := a.Value.(*syntax.Literal)
	if !constant {
		return nil
	}
	text, ok := value.Str(lit.Value)
	if ok && slices.Contains(fileTypes, text) {
		return nil
	}
	return d.fault(a.Value.Span(), "option `type` is `any`, `dir` or `file`, not %s", a.Value.Span().Text())
}

// needs is the fault for a qualifier without what it is about.
func (d *definition) needs(at syntax.Node, qualifier, example string) error {
	return d.fault(at.Span(), "%s", fmt.Sprintf("`%s` needs a name or a value: %s", qualifier, example))
}
