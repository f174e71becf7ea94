package reference

// A Command is one line of the command line's table.
type Command struct {
	Name, Usage, Doc string
	Options          []CommandOption // of the command itself
}

// A CommandOption is written as Usage says: `-c, -config <file>`.
type CommandOption struct{ Usage, Doc string }

// General is the name that the options of all commands are handed in under.
const General = "general options"

func commandPages(commands []Command) []*Page {
	var pages []*Page
	for _, c := range commands {
		p := &Page{Kind: "command", Name: c.Name, Doc: c.Doc, Follows: "reference/cli#" + c.Name}
		if c.Name == General {
			p.Kind, p.File, p.Follows = "table", "general-options", "reference/cli#options"
		} else {
			p.Forms = []string{"sluice " + c.Name + " " + c.Usage}
			p.Errors = []string{"an option that is not in the table, or without the value it needs"}
		}
		var rows []Row
		for _, o := range c.Options {
			since, deprecated, doc := marks(o.Doc)
			rows = append(rows, Row{Name: o.Usage, Since: since, Deprecated: deprecated, Doc: doc})
		}
		p.table("Options", rows)
		pages = append(pages, p)
	}
	return pages
}
