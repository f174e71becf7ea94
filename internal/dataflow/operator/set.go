package operator

import "sluice/internal/lang/value"

// set and tap name a channel: the interpreter compiles `{ name }` to a closure
// that assigns its argument to the variables named, and calls nothing else.

// Nextflow docs: reference/operator#set
var setOp = &operator{
	name: "set", gives: givesNothing, min: 1, max: 1, multi: true,
	doc: "gives the channel a name, as an assignment does",
	args: []param{
		{"name", "Closure", "`{ name }`"},
	},
	forms: []string{"set { name }"},
	run: func(c *call) (value.Value, error) {
		f, err := c.closure(0)
		if err != nil {
			return nil, err
		}
		if _, err := c.invoke(f, c.recv); err != nil {
			return nil, err
		}
		return nil, nil
	},
}

// Nextflow docs: reference/operator#tap
var tapOp = &operator{
	name: "tap", gives: givesSame, min: 1, max: 1, multi: true,
	doc: "gives the channel a name and passes it on",
	args: []param{
		{"name", "Closure", "`{ name }`"},
	},
	forms: []string{"tap { name }"},
	run: func(c *call) (value.Value, error) {
		f, err := c.closure(0)
		if err != nil {
			return nil, err
		}
		_, err = c.invoke(f, c.recv)
		return c.recv, err
	},
}
