package splitter

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// jsonRecords are the elements of an array, or the members of an object as
// maps of key and value.
type jsonRecords struct {
	d      *json.Decoder
	object bool
	empty  bool
}

// openJSON goes to the path and reads its opening bracket.
func openJSON(content io.Reader, opts *Options) (records, error) {
	r, err := Content(content, opts.Decompress, false)
	if err != nil {
		return nil, err
	}
	j := &jsonRecords{d: json.NewDecoder(r)}
	j.d.UseNumber()
	steps, err := jsonPath(opts.Path)
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		found, err := j.enter(step)
		if err != nil {
			return nil, err
		}
		if !found {
			j.empty = true
			return j, nil
		}
	}
	t, err := j.d.Token()
	if err != nil {
		return nil, jsonError(err)
	}
	switch t {
	case json.Delim('['):
	case json.Delim('{'):
		j.object = true
	default:
		where := "the JSON content"
		if opts.Path != "" {
			where = "`" + opts.Path + "` in the JSON content"
		}
		return nil, fmt.Errorf("%s is the value `%v`, not an object or an array", where, t)
	}
	return j, nil
}

func jsonError(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read JSON content: %w", err)
}

// jsonPath cuts `a.b[2].c` into "a", "b", 2, "c".
func jsonPath(path string) ([]any, error) {
	var steps []any
	for part := range strings.SplitSeq(path, ".") {
		name, index, indexed := strings.Cut(part, "[")
		if name != "" {
			steps = append(steps, name)
		}
		for indexed {
			digits, rest, closed := strings.Cut(index, "]")
			n, err := strconv.Atoi(digits)
			if !closed || err != nil || n < 0 {
				return nil, fmt.Errorf("`%s` is not a JSON path: names with dots between, and `[number]`", path)
			}
			steps = append(steps, n)
			_, index, indexed = strings.Cut(rest, "[")
		}
	}
	return steps, nil
}

func (j *jsonRecords) enter(step any) (bool, error) {
	t, err := j.d.Token()
	if err != nil {
		return false, jsonError(err)
	}
	name, byName := step.(string)
	if byName && t != json.Delim('{') || !byName && t != json.Delim('[') {
		return false, nil
	}
	for n := 0; j.d.More(); n++ {
		if byName {
			key, err := j.d.Token()
			if err != nil {
				return false, jsonError(err)
			}
			if key == name {
				return true, nil
			}
		} else if n == step.(int) {
			return true, nil
		}
		var skipped json.RawMessage
		if err := j.d.Decode(&skipped); err != nil {
			return false, jsonError(err)
		}
	}
	return false, nil
}

func (j *jsonRecords) next() (record, error) {
	if j.empty {
		return record{}, io.EOF
	}
	if !j.d.More() {
		if _, err := j.d.Token(); err != nil {
			return record{}, jsonError(err)
		}
		j.empty = true
		return record{}, io.EOF
	}
	if !j.object {
		v, err := j.value()
		return record{val: v}, err
	}
	key, err := j.d.Token()
	if err != nil {
		return record{}, jsonError(err)
	}
	v, err := j.value()
	return record{val: value.MapOf("key", value.String(key.(string)), "value", v)}, err
}

// value reads one value, keeping the order of an object's members.
func (j *jsonRecords) value() (value.Value, error) {
	t, err := j.d.Token()
	if err != nil {
		return nil, jsonError(err)
	}
	switch t := t.(type) {
	case nil:
		return nil, nil
	case bool:
		return value.Bool(t), nil
	case string:
		return value.String(t), nil
	case json.Number:
		return number(t)
	case json.Delim:
		if t == '[' {
			return j.list()
		}
		return j.members()
	}
	panic("internal error: JSON token")
}

func (j *jsonRecords) list() (value.Value, error) {
	l := value.NewList()
	for j.d.More() {
		v, err := j.value()
		if err != nil {
			return nil, err
		}
		l.Elems = append(l.Elems, v)
	}
	_, err := j.d.Token()
	return l, err
}

func (j *jsonRecords) members() (value.Value, error) {
	m := value.NewMap(4)
	for j.d.More() {
		key, err := j.d.Token()
		if err != nil {
			return nil, jsonError(err)
		}
		v, err := j.value()
		if err != nil {
			return nil, err
		}
		m.Set(value.String(key.(string)), v)
	}
	_, err := j.d.Token()
	return m, err
}

func number(n json.Number) (value.Value, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		if int64(int32(i)) == i {
			return value.Int(i), nil
		}
		return value.Long(i), nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("read JSON number %s: %w", n, err)
	}
	return value.Double(f), nil
}
