package operator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"sluice/internal/dataflow/splitter"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// The options of the splitters, as each documents them.
var (
	eachOption    = option{"each", "a closure", isClosure}
	elemOption    = option{"elem", "an index or a list of indices, counted from 0", isIndices}
	fileOption    = option{"file", "true, false, a file name or a path", either(isBool, isText, isPath)}
	commonOptions = []option{
		intOption("by"), textOption("charset"), boolOption("decompress"), elemOption, intOption("limit"), eachOption,
		{"into", "a collection", value.IsCollection},
		boolOption("autoClose"),
	}
	recordOption = option{"record", "true, false or a map of field names", either(isBool, isMap)}
)

func splitOptions(more ...option) []option {
	return append(append([]option{}, commonOptions...), more...)
}

// Nextflow docs: reference/operator#splitcsv and following.
var (
	splitCsvOp = splitOperator(splitter.CSV, splitOptions(
		option{"header", "true, false or a list of column names", either(isBool, value.IsCollection)},
		textOption("quote"), textOption("sep"), intOption("skip"), boolOption("strip")))
	splitFastaOp = splitOperator(splitter.FASTA, splitOptions(boolOption("compress"), fileOption, recordOption,
		option{"size", "a number of bases or a memory size", either(isInt, isMemory)}))
	splitFastqOp = splitOperator(splitter.FASTQ, splitOptions(boolOption("compress"), fileOption, recordOption, boolOption("pe")))
	splitJSONOp  = splitOperator(splitter.JSON, []option{
		intOption("limit"), textOption("path"), boolOption("decompress"),
		elemOption, eachOption,
		{"into", "a collection", value.IsCollection},
		boolOption("autoClose"),
	})
	splitTextOp = splitOperator(splitter.Text, splitOptions(boolOption("compress"), fileOption, boolOption("keepHeader")))

	countFastaOp = countOperator(splitter.FASTA)
	countFastqOp = countOperator(splitter.FASTQ)
	countJSONOp  = countOperator(splitter.JSON)
	countLinesOp = countOperator(splitter.Text)
)

func isMemory(v value.Value) bool { _, ok := v.(value.Memory); return ok }

func splitOperator(format splitter.Format, opts []option) *operator {
	return &operator{
		name: "split" + string(format), params: optionNames(opts) + ", each: Closure?", max: 1, opts: opts,
		doc: "cuts text or files into records or chunks of records",
		run: func(c *call) (value.Value, error) {
			s, err := c.splitting(format)
			if err != nil {
				return nil, err
			}
			out := c.queueOut()
			return c.into(out, func(v value.Value) error { return s.item(v, out.Emit) }), nil
		},
	}
}

func countOperator(format splitter.Format) *operator {
	name := "count" + string(format)
	if format == splitter.Text {
		name = "countLines"
	}
	opts := []option{textOption("charset"), boolOption("decompress"), elemOption, textOption("path")}
	return &operator{
		name: name, params: optionNames(opts), opts: opts,
		doc: "counts the records of text or files, all items together",
		run: func(c *call) (value.Value, error) {
			s, err := c.splitting(format)
			if err != nil {
				return nil, err
			}
			out := c.valueOut()
			total := int64(0)
			c.read(func(v value.Value) error {
				source := v
				if t, ok := v.(*value.List); ok {
					elems, err := s.positions(t)
					if err != nil {
						return err
					}
					source = t.Elems[elems[0]]
				}
				n, err := s.count(source)
				total += n
				return err
			}, func() error {
				out.Emit(value.Long(total))
				return nil
			})
			return out, nil
		},
	}
}

func optionNames(opts []option) string {
	names := make([]string, len(opts))
	for i, o := range opts {
		names[i] = o.name + ": "
	}
	return strings.TrimSpace(strings.Join(names, ", "))
}

// SplitMethods are the splitters and counters as methods of strings and paths:
// to be added to the classes String, GString and Path.
func SplitMethods(env *Env) []*stdlib.Method {
	var methods []*stdlib.Method
	for _, op := range []*operator{
		splitCsvOp, splitFastaOp, splitFastqOp, splitJSONOp, splitTextOp,
		countFastaOp, countFastqOp, countJSONOp, countLinesOp,
	} {
		methods = append(methods, &stdlib.Method{
			Name: op.name, Params: op.params, Max: -1, Doc: op.doc,
			Fn: func(th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
				return op.asMethod(env, th, recv, args)
			},
		})
	}
	return methods
}

func (op *operator) asMethod(env *Env, th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
	c := &call{env: env, th: th, op: op, recv: recv, args: args}
	if len(args) > 0 && isMap(args[0]) {
		c.opts, c.args = args[0].(*value.Map), args[1:]
	}
	if err := c.checkOptions(); err != nil {
		return nil, err
	}
	if len(c.args) > op.max {
		return nil, c.fail("takes %s, %d given", arity(op.min, op.max), len(c.args))
	}
	format := splitter.Text
	for _, f := range []splitter.Format{splitter.CSV, splitter.FASTA, splitter.FASTQ, splitter.JSON} {
		if strings.HasSuffix(op.name, string(f)) {
			format = f
		}
	}
	s, err := c.splitting(format)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(op.name, "count") {
		n, err := s.count(recv)
		return value.Long(n), err
	}
	records := value.NewList()
	err = s.source(recv, func(v value.Value) { records.Elems = append(records.Elems, v) })
	return records, err
}

// A splitting is one use of a splitter.
type splitting struct {
	*call
	format splitter.Format
	opts   splitter.Options
	each   value.Callable
	elems  []int // nil: chosen by the item
	pair   bool
}

func (c *call) splitting(format splitter.Format) (*splitting, error) {
	s := &splitting{call: c, format: format, pair: c.boolOpt("pe")}
	each, err := c.optionalClosure()
	if err != nil {
		return nil, err
	}
	s.each = each
	if f, ok := c.opt("each").(value.Callable); ok && each == nil {
		s.each = f
	}
	if s.elems, err = c.indices("elem", nil); err != nil {
		return nil, err
	}
	s.opts = splitter.Options{
		By: c.intOpt("by", 1), Limit: int64(c.intOpt("limit", 0)), Charset: c.textOpt("charset", ""),
		Decompress: c.boolOpt("decompress"), KeepHeader: c.boolOpt("keepHeader"),
		Sep: c.textOpt("sep", ""), Quote: c.textOpt("quote", ""), Strip: c.boolOpt("strip"),
		Skip: c.intOpt("skip", 0), Path: c.textOpt("path", ""),
	}
	if err := s.header(); err != nil {
		return nil, err
	}
	if err := s.sizeOption(); err != nil {
		return nil, err
	}
	return s, s.record()
}

func (s *splitting) header() error {
	h := s.opt("header")
	if isBool(h) || h == nil {
		s.opts.Header = value.Truth(h)
		return nil
	}
	names, _ := value.Elements(h)
	if len(names) == 0 {
		return s.fail("takes true, false or a list of column names as `header`, not an empty list")
	}
	for _, n := range names {
		s.opts.Columns = append(s.opts.Columns, value.ToString(n))
	}
	return nil
}

func (s *splitting) sizeOption() error {
	v := s.opt("size")
	if v == nil {
		return nil
	}
	if s.opt("by") != nil {
		return s.fail("takes `by` or `size`, not both")
	}
	if m, ok := v.(value.Memory); ok {
		s.opts.Size = int64(m)
		return nil
	}
	s.opts.Size, _ = value.AsInt64(v)
	return nil
}

// record reads the option `record`: which fields of a FASTA or FASTQ record.
func (s *splitting) record() error {
	known := splitter.FastaFields
	if s.format == splitter.FASTQ {
		known = splitter.FastqFields
	}
	switch r := s.opt("record").(type) {
	case nil:
		return nil
	case value.Bool:
		if r && s.format == splitter.FASTA {
			return s.fail("takes a map of fields as `record`, not true: `record: [id: true, seqString: true]`")
		}
		if r {
			s.opts.Record = splitter.Fields{}
		}
		return nil
	case *value.Map:
		s.opts.Record = splitter.Fields{}
		for _, k := range r.Keys() {
			if err := s.field(value.ToString(k), r, known); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *splitting) field(name string, fields *value.Map, known []string) error {
	v, _ := fields.Get(value.String(name))
	if !containsText(known, name) {
		return s.fail("has no record field `%s`%s: the fields are `%s`", name, near(name, known), strings.Join(known, "`, `"))
	}
	if name == "width" {
		if !isInt(v) {
			return s.fail("takes an integer as record field `width`, not %s", describe(v))
		}
		n, _ := value.AsInt64(v)
		s.opts.Record[name] = int(n)
	} else if value.Truth(v) {
		s.opts.Record[name] = 1
	}
	return nil
}

func containsText(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// item splits one item of the channel: a source, or a tuple with sources, each
// of whose records takes the place of its source.
func (s *splitting) item(v value.Value, emit func(value.Value)) error {
	t, ok := v.(*value.List)
	if !ok {
		return s.source(v, emit)
	}
	positions, err := s.positions(t)
	if err != nil {
		return err
	}
	if len(positions) == 1 {
		return s.source(t.Elems[positions[0]], func(rec value.Value) { emit(with(t, positions, []value.Value{rec})) })
	}
	columns := make([][]value.Value, len(positions))
	for i, p := range positions {
		if err := s.source(t.Elems[p], func(rec value.Value) { columns[i] = append(columns[i], rec) }); err != nil {
			return err
		}
		if len(columns[i]) != len(columns[0]) {
			return s.fail("split %s into %d parts and %s into %d: they must have equal numbers of records",
				describe(t.Elems[positions[0]]), len(columns[0]), describe(t.Elems[p]), len(columns[i]))
		}
	}
	for row := range columns[0] {
		recs := make([]value.Value, len(positions))
		for i := range columns {
			recs[i] = columns[i][row]
		}
		emit(with(t, positions, recs))
	}
	return nil
}

func with(t *value.List, positions []int, recs []value.Value) value.Value {
	elems := append([]value.Value(nil), t.Elems...)
	for i, p := range positions {
		elems[p] = recs[i]
	}
	return value.NewList(elems...)
}

// positions are the elements of a tuple to split: those of `elem`, else the
// first file, or the two of a pair, else the first element.
func (s *splitting) positions(t *value.List) ([]int, error) {
	for _, p := range s.elems {
		if p >= len(t.Elems) {
			return nil, s.fail("has `elem` %s, but the tuple %s has %d elements", describe(s.opt("elem")), describe(t), len(t.Elems))
		}
	}
	if s.elems != nil {
		return s.elems, nil
	}
	var files []int
	for i, e := range t.Elems {
		if isPath(e) {
			files = append(files, i)
		}
	}
	switch {
	case s.pair && len(files) < 2:
		return nil, s.fail("with `pe` needs tuples with two files, not %s", describe(t))
	case s.pair:
		return files[:2], nil
	case len(files) > 0:
		return files[:1], nil
	case len(t.Elems) == 0:
		return nil, s.fail("cannot split an empty list")
	}
	return []int{0}, nil
}

func (s *splitting) open(v value.Value) (io.ReadCloser, error) {
	if text, ok := value.Str(v); ok {
		return io.NopCloser(strings.NewReader(text)), nil
	}
	p, ok := v.(*value.Path)
	if !ok {
		return nil, s.fail("splits text and files, not %s", describe(v))
	}
	f, err := s.env.open(s.th, p)
	if err != nil {
		return nil, err
	}
	content, err := splitter.Content(f, s.opts.Decompress, true)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("operator `%s`: %s: %w", s.op.name, p, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{content, f}, nil
}

// source splits one text or file.
func (s *splitting) source(v value.Value, emit func(value.Value)) error {
	r, err := s.open(v)
	if err != nil {
		return err
	}
	defer r.Close()
	opts := s.opts
	if isPath(v) {
		opts.Decompress = false // open has done it
	}
	if f := s.opt("file"); value.Truth(f) {
		if opts.Chunks, err = s.chunks(v, f); err != nil {
			return err
		}
	}
	var into *value.List
	if l, ok := s.opt("into").(*value.List); ok {
		into = l
	}
	err = splitter.Split(s.format, r, &opts, func(rec value.Value) (bool, error) {
		if s.each != nil {
			mapped, err := s.invoke(s.each, rec)
			if err != nil {
				return false, err
			}
			rec = mapped
		}
		if into != nil {
			into.Elems = append(into.Elems, rec)
		}
		emit(rec)
		return true, nil
	})
	return s.wrap(v, err)
}

// wrap says which file an error is about; errors of closures stay as they are.
func (s *splitting) wrap(v value.Value, err error) error {
	if _, thrown := err.(*value.Exception); err == nil || thrown {
		return err
	}
	if p, ok := v.(*value.Path); ok {
		return fmt.Errorf("operator `%s`: %s: %w", s.op.name, p, err)
	}
	return fmt.Errorf("operator `%s`: %w", s.op.name, err)
}

func (s *splitting) count(v value.Value) (int64, error) {
	r, err := s.open(v)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	opts := s.opts
	if isPath(v) {
		opts.Decompress = false
	}
	n, err := splitter.Count(s.format, r, &opts)
	return n, s.wrap(v, err)
}

// chunks names the files of chunks: reads.fq gives reads.1.fq, reads.2.fq in a
// directory that is the same for the same source and options; `file: 'x'`
// gives x.1; a path gives its directory too.
func (s *splitting) chunks(source, file value.Value) (func(n int) (splitter.Chunk, error), error) {
	name := func(n int) string { return fmt.Sprintf("chunk.%d", n) }
	if p, ok := source.(*value.Path); ok {
		base := strings.TrimSuffix(p.FileName(), ".gz")
		stem, ext := base, ""
		if i := strings.LastIndexByte(base, '.'); i > 0 {
			stem, ext = base[:i], base[i:]
		}
		name = func(n int) string { return fmt.Sprintf("%s.%d%s", stem, n, ext) }
	}
	var dir string
	switch f := file.(type) {
	case *value.Path:
		if f.Scheme != "" {
			return nil, s.fail("writes chunks to local files, not to %s", describe(f))
		}
		at := s.env.local(s.th, f)
		dir = parentDir(at)
		name = func(n int) string { return fmt.Sprintf("%s.%d", f.FileName(), n) }
	default:
		if text, ok := value.Str(f); ok {
			name = func(n int) string { return fmt.Sprintf("%s.%d", text, n) }
		}
		made, err := s.env.tempDir(s.chunkKey(source))
		if err != nil {
			return nil, err
		}
		dir = made
	}
	compress := s.boolOpt("compress")
	return func(n int) (splitter.Chunk, error) {
		at := name(n)
		if compress {
			at += ".gz"
		}
		return newSettled(dir, at, compress)
	}, nil
}

// chunkKey is equal for equal sources and options.
func (s *splitting) chunkKey(source value.Value) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", s.op.name, s.env.fingerprint(s.th, source))
	if s.call.opts != nil {
		s.call.opts.Entries(func(k, v value.Value) bool {
			if !isClosure(v) && k != value.String("into") {
				fmt.Fprintf(h, "%s=%s\n", value.ToString(k), value.ToString(v))
			}
			return true
		})
	}
	return hex.EncodeToString(h.Sum(nil))
}
