package value

// A GString is a string with `${}` parts. The values were computed when the
// literal was evaluated, their text is made when it is used; a part written
// `${-> x}` is computed then too. Strs has one more element than Vals.
type GString struct {
	Strs []string
	Vals []Value
	Lazy map[int]func() (Value, error) // parts written ${-> x}, by index; their Vals are nil
}

func (*GString) Class() *Class { return GStringClass }

// A Path is java.nio.file.Path: a local path or a URI with a scheme. Local
// relative paths stay relative until used.
type Path struct {
	Scheme string // "" for local files; "http", "https", "ftp", "az", "s3", "gs"
	Name   string // local path, or what follows `scheme://`
	IsFile bool   // made by new File(): java.io.File rather than Path
	Stage  string // a task's view: the name the file is staged under; "" elsewhere
	Shown  string // what printing shows of Stage: escaped for a shell; "" is Stage itself
}

func (p *Path) Class() *Class {
	switch {
	case p.IsFile:
		return FileClass
	case p.Stage != "":
		return TaskPathClass
	}
	return PathClass
}

// Duration is nextflow.util.Duration, in milliseconds.
type Duration int64

// Memory is nextflow.util.MemoryUnit, in bytes.
type Memory int64

func (Duration) Class() *Class { return DurationClass }
func (Memory) Class() *Class   { return MemoryUnitClass }
