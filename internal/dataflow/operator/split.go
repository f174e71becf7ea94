package operator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"sluice/internal/dataflow/splitter"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// The options of the splitters, as each documents them.
var (
	charsetOption    = textOption("charset", "'UTF-8'", "encoding of the content: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16LE or UTF-16BE")
	decompressOption = boolOption("decompress", "false", "whether the content is gzip; a file that begins as gzip does is decompressed anyway")
	elemOption       = option{name: "elem", is: "an index or a list of indices, counted from 0", ok: isIndices, doc: "which elements of a tuple are cut; the first file, else the first element unless given"}
	limitOption      = intOption("limit", "", "how many records are read at most; all unless given")
	byRecords        = intOption("by", "1", "how many records a chunk has")
	compressOption   = boolOption("compress", "false", "whether the files of `file` are compressed with gzip")
	fileOption       = option{name: "file", is: "true, false, a file name or a path", ok: either(isBool, isText, isPath), def: "false", doc: "whether chunks are files instead of text; a text is the beginning of their names, a path also their place"}
	// Of older releases; the reference leaves them out.
	olderOptions = []option{
		closureOption("each", "is applied to each record"),
		{name: "into", is: "a collection", ok: value.IsCollection, doc: "a list that records are added to as well"},
		boolOption("autoClose", "true", "accepted; content is always closed"),
	}
)

func splitOptions(more ...option) []option { return append(more, olderOptions...) }

// Nextflow docs: reference/operator#splitcsv and following.
var (
	splitCsvOp = splitOperator(splitter.CSV, "cuts CSV content into rows: lists, or maps when the columns have names", splitOptions(
		intOption("by", "1", "how many rows a chunk has; chunks of more than one are lists"), charsetOption, decompressOption, elemOption,
		option{name: "header", is: "true, false or a list of column names", ok: either(isBool, value.IsCollection), def: "false", doc: "whether the first row names the columns, or the names; rows are then maps"},
		limitOption, textOption("quote", "", "character around values that hold the separator; none unless given"),
		textOption("sep", "','", "one character between values"),
		intOption("skip", "0", "how many lines are left out at the beginning, before the header"),
		boolOption("strip", "false", "whether blanks around values are dropped")))
	splitFastaOp = splitOperator(splitter.FASTA, "cuts FASTA content into sequences: text, or maps of fields", splitOptions(
		byRecords, charsetOption, compressOption, decompressOption, elemOption, fileOption, limitOption,
		option{
			name: "record", is: "a map of field names", ok: either(isBool, isMap),
			doc: "fields that each sequence is a map of: `id`, `desc`, `header`, `text`, `seqString`, `sequence`, each true, and `width`, the length of the lines of `sequence`",
		},
		option{name: "size", is: "a number of bases or a memory size", ok: either(isInt, isMemory), doc: "how many bases a chunk has at least; not together with `by`"}))
	splitFastqOp = splitOperator(splitter.FASTQ, "cuts FASTQ content into reads: text, or maps of fields", splitOptions(
		byRecords, charsetOption, compressOption, decompressOption, elemOption, fileOption, limitOption,
		boolOption("pe", "false", "whether the two files of a tuple are cut side by side"),
		option{
			name: "record", is: "true, false or a map of field names", ok: either(isBool, isMap), def: "false",
			doc: "whether reads are maps, or the fields they have: `readHeader`, `readString`, `qualityHeader`, `qualityString`",
		}))
	splitJSONOp = splitOperator(splitter.JSON, "cuts JSON content into the elements of an array, or the members of an object as maps with `key` and `value`", splitOptions(
		limitOption, textOption("path", "", "which part of the document is cut, such as `a.b[2]`; the whole unless given"), decompressOption, elemOption))
	splitTextOp = splitOperator(splitter.Text, "cuts text into lines, each with its newline", splitOptions(
		intOption("by", "1", "how many lines a chunk has"), charsetOption, compressOption, decompressOption, elemOption, fileOption,
		boolOption("keepHeader", "false", "whether the first line stands before each chunk"), limitOption))

	countFastaOp = countOperator("countFasta", "sequences", splitter.FASTA)
	countFastqOp = countOperator("countFastq", "reads", splitter.FASTQ)
	countJSONOp  = countOperator("countJson", "elements or members", splitter.JSON, textOption("path", "", "which part of the document is counted, such as `a.b[2]`; the whole unless given"))
	countLinesOp = countOperator("countLines", "lines", splitter.Text)
)

func isMemory(v value.Value) bool { _, ok := v.(value.Memory); return ok }

func splitOperator(format splitter.Format, doc string, opts []option) *operator {
	return &operator{
		name: "split" + string(format), gives: givesQueue, max: 1, opts: opts, doc: doc,
		args: []param{{"each?", "Closure", "is applied to each record"}},
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

func countOperator(name, what string, format splitter.Format, more ...option) *operator {
	return &operator{
		name: name, gives: givesValue, opts: append([]option{charsetOption, decompressOption, elemOption}, more...),
		doc: "counts the " + what + " of text or files, all items together",
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

// SplitMethods are the splitters and counters as methods of strings and paths:
// to be added to the classes String, GString and Path.
func SplitMethods(env *Env) []*stdlib.Method {
	var methods []*stdlib.Method
	for _, op := range []*operator{
		splitCsvOp, splitFastaOp, splitFastqOp, splitJSONOp, splitTextOp,
		countFastaOp, countFastqOp, countJSONOp, countLinesOp,
	} {
		methods = append(methods, &stdlib.Method{
			Name: op.name, Params: op.signature(), Max: -1, Doc: op.doc,
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
		return nil, s.wrap(p, err)
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
	var thrown *value.Exception
	var exit *stdlib.ExitError
	switch {
	case err == nil, errors.As(err, &exit), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &thrown):
		return thrown
	}
	if p, ok := v.(*value.Path); ok {
		return throw("operator `%s`: %s: %s", s.op.name, p, err)
	}
	return throw("operator `%s`: %s", s.op.name, err)
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
	name := numbered("chunk")
	if p, ok := source.(*value.Path); ok {
		name = numbered(strings.TrimSuffix(p.FileName(), ".gz"))
	}
	var dir string
	var away *value.Path
	p, isPath := file.(*value.Path)
	if isPath {
		name = numbered(p.FileName())
		if p.Scheme != "" {
			away = p.Parent()
		} else {
			dir = parentDir(s.env.local(s.th, p))
		}
	} else if text, ok := value.Str(file); ok {
		name = numbered(text)
	}
	if dir == "" {
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
		w, err := newSettled(dir, at, compress)
		if err == nil && away != nil {
			w.goesTo(s.env, s.th, away.ResolveName(at))
		}
		return w, err
	}, nil
}

// numbered puts numbers before the ending of a file name.
func numbered(name string) func(n int) string {
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ext = name[:i], name[i:]
	}
	return func(n int) string { return fmt.Sprintf("%s.%d%s", stem, n, ext) }
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
