package operator

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// Nextflow docs: reference/channel#interval
var intervalMaker = &operator{
	name: "interval", gives: givesQueue, min: 1, max: 2,
	doc: "emits 0, 1, 2 … at equal times",
	args: []param{
		{"duration", "String | Duration", "time between two items, such as `'5s'`; a number is milliseconds"},
		{"mapper?", "Closure", "makes what is emitted from the number; `channel.STOP` ends the channel"},
	},
	run: func(c *call) (value.Value, error) {
		period, err := c.duration(c.arg(0))
		if err != nil {
			return nil, err
		}
		var f value.Callable
		if len(c.args) == 2 {
			if f, err = c.closure(1); err != nil {
				return nil, err
			}
		}
		n := int64(0)
		return c.every(period, func(out *dataflow.Channel) (bool, error) {
			v := value.Value(value.Long(n))
			n++
			if f != nil {
				if v, err = c.invoke(f, v); err != nil || v == Stop {
					return false, err
				}
			}
			out.Emit(v)
			return true, nil
		}), nil
	},
}

func (c *call) duration(v value.Value) (time.Duration, error) {
	switch d := v.(type) {
	case value.Duration:
		return time.Duration(d) * time.Millisecond, nil
	}
	if n, ok := value.AsInt64(v); ok && value.IsNumber(v) {
		return time.Duration(n) * time.Millisecond, nil
	}
	if s, ok := value.Str(v); ok {
		if d, err := value.ParseDuration(s); err == nil {
			return time.Duration(d) * time.Millisecond, nil
		}
	}
	return 0, c.fail("takes a duration such as '5s' or '1 min', not %s", describe(v))
}

// every fills a channel by a timer, from the start of the run until tick gives
// false or nobody reads any more.
func (c *call) every(period time.Duration, tick func(out *dataflow.Channel) (bool, error)) *dataflow.Channel {
	g := c.graph
	out := g.Queue(c.op.name)
	var next func() error
	next = func() error {
		more := out.HasReaders()
		var err error
		if more {
			more, err = tick(out)
		}
		if err != nil || !more {
			out.Close()
			g.Release()
			return err
		}
		time.AfterFunc(period, func() { g.Post(next) })
		return nil
	}
	// A source that only starts the timer, because nothing may tick before the
	// run has begun.
	g.Source(c.op.name+" start", func(*dataflow.Channel) (bool, error) {
		g.Hold()
		return false, next()
	})
	return out
}

// Nextflow docs: reference/channel#watchpath
var watchPathMaker = &operator{
	name: "watchPath", gives: givesQueue, min: 1, max: 2, opts: pathOptions,
	doc: "emits files as they are created, modified or deleted; it ends only by `until` or `take`",
	args: []param{
		{"pattern", "String | Path", "glob pattern, or a directory whose files are watched"},
		{"events?", "String", "`create`, `modify` and `delete`, with commas between; `create` unless given"},
	},
	run: func(c *call) (value.Value, error) {
		opts, err := c.readFileOptions()
		if err != nil {
			return nil, err
		}
		opts.checkIfExists = false
		w := &watch{call: c, file: opts, events: map[string]bool{"create": true}, seen: map[string]watched{}}
		if len(c.args) == 2 {
			if err := w.parseEvents(); err != nil {
				return nil, err
			}
		}
		period := watchPeriod
		if asPath(c.arg(0)).Scheme != "" {
			period = watchPeriodAway
		}
		return c.every(period, w.tick), nil
	},
}

// How often watchPath looks, on this machine and in a storage, where each look
// is a call.
const (
	watchPeriod     = time.Second
	watchPeriodAway = 10 * time.Second
)

type watch struct {
	*call
	file   fileOptions
	events map[string]bool
	seen   map[string]watched
	begun  bool
	round  int
}

type watched struct {
	path  *value.Path
	size  int64
	time  time.Time
	round int
}

func (w *watch) parseEvents() error {
	text, ok := value.Str(w.arg(1))
	if !ok {
		return w.fail("takes events such as 'create,modify', not %s", describe(w.arg(1)))
	}
	w.events = map[string]bool{}
	for event := range strings.SplitSeq(text, ",") {
		switch event = strings.TrimSpace(event); event {
		case "create", "modify", "delete":
			w.events[event] = true
		default:
			return w.fail("takes the events `create`, `modify` and `delete`, not `%s`", event)
		}
	}
	return nil
}

func (w *watch) tick(out *dataflow.Channel) (bool, error) {
	files, err := w.env.files(w.th, w.arg(0), w.file)
	if err != nil {
		return false, err
	}
	w.round++
	for _, p := range files {
		var info storage.Info
		if w.events["modify"] { // only that needs more than the names
			info, err = w.stat(p)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since it was listed: the next round sees that
		}
		if err != nil {
			return false, err
		}
		old, known := w.seen[p.Name]
		now := watched{p, info.Size, info.Modified, w.round}
		w.seen[p.Name] = now
		changed := known && (old.size != now.size || !old.time.Equal(now.time))
		if w.begun && (!known && w.events["create"] || changed && w.events["modify"]) {
			out.Emit(p)
		}
	}
	w.gone(out)
	w.begun = true
	return true, nil
}

func (w *watch) stat(p *value.Path) (storage.Info, error) {
	s, err := w.env.storage(p)
	if err != nil {
		return storage.Info{}, err
	}
	return s.Stat(w.th.Context, p.Name)
}

func (w *watch) gone(out *dataflow.Channel) {
	var gone []value.Value
	for name, f := range w.seen {
		if f.round != w.round {
			delete(w.seen, name)
			gone = append(gone, f.path)
		}
	}
	if w.events["delete"] {
		if err := w.sortBy(gone, nil); err != nil {
			panic("internal error: paths do not sort: " + err.Error())
		}
		for _, p := range gone {
			out.Emit(p)
		}
	}
}
