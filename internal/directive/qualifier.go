package directive

// A Qualifier is what an input or output of a process begins with: `path`.
type Qualifier struct {
	Name   string
	Input  *Use // nil if no input may begin with it
	Output *Use // nil if no output may
}

// A Use is a qualifier in one of the two sections.
type Use struct {
	Forms      []string
	Args       []Parameter
	Options    []Parameter
	Older      bool // known only to scripts of the older grammar
	Since      string
	Deprecated string // what to use instead
	Doc        string
}

// A Parameter is an argument or option of a qualifier.
type Parameter struct {
	Name, Type, Default, Since, Doc string
	Ignored                         bool // of older releases: accepted, without effect
}

// Qualifiers are all qualifiers, in order of their names.
func Qualifiers() []Qualifier { return qualifiers }

// InputQualifier finds how inputs use a qualifier; nil if they cannot.
func InputQualifier(name string) *Use {
	for i := range qualifiers {
		if qualifiers[i].Name == name {
			return qualifiers[i].Input
		}
	}
	return nil
}

// OutputQualifier finds how outputs use a qualifier; nil if they cannot.
func OutputQualifier(name string) *Use {
	for i := range qualifiers {
		if qualifiers[i].Name == name {
			return qualifiers[i].Output
		}
	}
	return nil
}

// OptionNames are the options that have an effect.
func (u *Use) OptionNames() []string {
	var names []string
	for _, o := range u.Options {
		if !o.Ignored {
			names = append(names, o.Name)
		}
	}
	return names
}

// Accepts says whether there is an option of that name.
func (u *Use) Accepts(option string) bool {
	for _, o := range u.Options {
		if o.Name == option {
			return true
		}
	}
	return false
}

// QualifierExample is a script about a qualifier, and what it prints.
func QualifierExample(name string) (script, output string) { return example("qualifier/" + name) }
