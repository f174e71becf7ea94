package directive

import (
	"sluice/internal/lang/value"
)

// A Publish is one publishDir with its options.
type Publish struct {
	Path         value.Value // string or path
	Mode         string      // "" is symlink
	Pattern      string
	SaveAs       value.Callable // nil keeps the names
	Enabled      bool
	Overwrite    *bool // nil: as the run decides
	FailOnError  *bool // nil: as the run decides
	ContentType  string
	StorageClass string
	Tags         *value.Map
}

// PublishDirs converts the directive publishDir: a path, a map of options, or
// a list of them. What is switched off, or has no path, is left out; closures
// other than saveAs must have been called before.
func PublishDirs(v value.Value) ([]Publish, error) {
	var dirs []Publish
	for _, e := range asList(v) {
		if e == nil || e == value.Bool(false) {
			continue
		}
		p, err := publishOf(e)
		if err != nil {
			return nil, err
		}
		if p.Enabled && p.Path != nil {
			dirs = append(dirs, p)
		}
	}
	return dirs, nil
}

func publishOf(v value.Value) (Publish, error) {
	p := Publish{Enabled: true}
	d := Lookup("publishDir")
	m, ok := v.(*value.Map)
	if !ok {
		if _, isPath := v.(*value.Path); !isPath {
			if _, isText := value.Str(v); !isText {
				return p, wrong("publishDir", v)
			}
		}
		p.Path = v
		return p, nil
	}
	if err := checkOptions(d, m); err != nil {
		return p, err
	}
	p.Path = m.GetString("path")
	p.Mode, p.Pattern = text(m.GetString("mode")), text(m.GetString("pattern"))
	p.SaveAs, _ = m.GetString("saveAs").(value.Callable)
	p.ContentType, p.StorageClass = text(m.GetString("contentType")), text(m.GetString("storageClass"))
	p.Tags, _ = m.GetString("tags").(*value.Map)
	var err error
	if p.Enabled, err = Flag("publishDir enabled", m.GetString("enabled"), true); err != nil {
		return p, err
	}
	if p.Overwrite, err = optionalFlag("publishDir overwrite", m.GetString("overwrite")); err != nil {
		return p, err
	}
	p.FailOnError, err = optionalFlag("publishDir failOnError", m.GetString("failOnError"))
	return p, err
}

func optionalFlag(name string, v value.Value) (*bool, error) {
	if v == nil {
		return nil, nil
	}
	b, err := Flag(name, v, false)
	return &b, err
}
