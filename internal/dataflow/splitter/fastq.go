package splitter

import (
	"fmt"
	"strings"

	"sluice/internal/lang/value"
)

// fastqRecords are reads: their text, or maps of fields.
type fastqRecords struct {
	lines  *lineReader
	fields Fields
}

func (f *fastqRecords) next() (record, error) {
	var l [4]string
	var err error
	for l[0] == "" { // blank lines between reads and at the end
		if l[0], err = f.lines.next(); err != nil {
			return record{}, err
		}
	}
	for i := 1; i < 4; i++ {
		// A read cut off at the end of the content is dropped, as in the
		// original engine.
		if l[i], err = f.lines.next(); err != nil {
			return record{}, err
		}
	}
	if !strings.HasPrefix(l[0], "@") || !strings.HasPrefix(l[2], "+") {
		return record{}, fmt.Errorf("the content is not FASTQ: a read starts `%s` and its third line `%s`, not with `@` and `+`", short(l[0]), short(l[2]))
	}
	r := record{text: strings.Join(l[:], "\n") + "\n", isText: f.fields == nil}
	if f.fields != nil {
		m := value.NewMap(4)
		for i, name := range FastqFields {
			if _, wanted := f.fields[name]; wanted || len(f.fields) == 0 {
				m.Set(value.String(name), value.String([...]string{l[0][1:], l[1], l[2][1:], l[3]}[i]))
			}
		}
		r.val = m
	}
	return r, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
