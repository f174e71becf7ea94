package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#mix
var mixOp = &operator{
	name: "mix", gives: givesQueue, min: 1, max: -1,
	doc: "emits the items of several channels as they come",
	args: []param{
		{"others...", "Channel", "channels or dataflow values"},
	},
	run: func(c *call) (value.Value, error) {
		others, err := c.channelArgs()
		if err != nil {
			return nil, err
		}
		out := c.queueOut(others...)
		open := 1 + len(others)
		for _, in := range append([]*dataflow.Channel{c.in}, others...) {
			c.readFrom(in, func(v value.Value) error {
				out.Emit(v)
				return nil
			}, func() error {
				if open--; open == 0 {
					out.Close()
				}
				return nil
			})
		}
		return out, nil
	},
}

// Nextflow docs: reference/operator#concat
var concatOp = &operator{
	name: "concat", gives: givesQueue, min: 1, max: -1,
	doc: "emits the items of several channels, one channel after the other",
	args: []param{
		{"others...", "Channel", "channels or dataflow values"},
	},
	run: func(c *call) (value.Value, error) {
		others, err := c.channelArgs()
		if err != nil {
			return nil, err
		}
		out := c.queueOut(others...)
		ins := append([]*dataflow.Channel{c.in}, others...)
		readers := make([]*dataflow.Reader, len(ins))
		for i, in := range ins {
			readers[i] = c.readFrom(in, func(v value.Value) error {
				out.Emit(v)
				return nil
			}, func() error {
				if i+1 < len(ins) {
					readers[i+1].Resume()
				} else {
					out.Close()
				}
				return nil
			})
			if i > 0 {
				readers[i].Pause()
			}
		}
		return out, nil
	},
}
