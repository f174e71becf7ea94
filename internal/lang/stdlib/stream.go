package stdlib

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"sluice/internal/lang/value"
)

func javaClass(name string, parents ...*value.Class) *value.Class {
	if parents == nil {
		parents = []*value.Class{value.ObjectClass}
	}
	return &value.Class{Name: name, Parents: parents}
}

var (
	readerBaseClass     = javaClass("java.io.Reader")
	readerClass         = javaClass("java.io.BufferedReader", readerBaseClass)
	streamReaderClass   = javaClass("java.io.InputStreamReader", readerBaseClass)
	fileReaderClass     = javaClass("java.io.FileReader", readerBaseClass)
	stringReaderClass   = javaClass("java.io.StringReader", readerBaseClass)
	inputBaseClass      = javaClass("java.io.InputStream")
	inputStreamClass    = javaClass("java.io.BufferedInputStream", inputBaseClass)
	fileInputClass      = javaClass("java.io.FileInputStream", inputBaseClass)
	randomAccessClass   = javaClass("java.io.RandomAccessFile", inputBaseClass)
	gzipInputClass      = javaClass("java.util.zip.GZIPInputStream", inputBaseClass)
	gzipOutputClass     = javaClass("java.util.zip.GZIPOutputStream", writerBaseClass)
	byteInputClass      = javaClass("java.io.ByteArrayInputStream", inputBaseClass)
	writerBaseClass     = javaClass("java.io.Writer")
	writerClass         = javaClass("java.io.BufferedWriter", writerBaseClass)
	fileWriterClass     = javaClass("java.io.FileWriter", writerBaseClass)
	printWriterClass    = javaClass("java.io.PrintWriter", writerBaseClass)
	stringWriterClass   = javaClass("java.io.StringWriter", writerBaseClass)
	printStreamClass    = javaClass("java.io.PrintStream", writerBaseClass)
	byteOutputClass     = javaClass("java.io.ByteArrayOutputStream", writerBaseClass)
	outputStreamClass   = javaClass("java.io.OutputStream", writerBaseClass)
	scannerClass        = javaClass("java.util.Scanner", readerBaseClass)
	bytesClass          = javaClass("[B")
	streamOfValuesClass = javaClass("java.util.stream.ReferencePipeline")
)

// A Reader is java.io.Reader or InputStream.
type Reader struct {
	of     *value.Class
	r      *bufio.Reader
	closer io.Closer
}

func newReader(class *value.Class, r io.Reader, closer io.Closer) *Reader {
	return &Reader{of: class, r: bufio.NewReader(r), closer: closer}
}

// Class is the Java class that was asked for.
func (r *Reader) Class() *value.Class { return r.of }

// Iterate walks the lines that are left.
func (r *Reader) Iterate(yield func(value.Value) bool) {
	for {
		line, err := r.line()
		if err != nil || !yield(value.String(line)) {
			return
		}
	}
}

func (r *Reader) close() error {
	if r.closer == nil {
		return nil
	}
	c := r.closer
	r.closer = nil
	return c.Close()
}

// line is the next line without its end, io.EOF after the last.
func (r *Reader) line() (string, error) {
	s, err := r.r.ReadString('\n')
	if err != nil && (s == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r"), nil
}

func readerMethods() []def {
	reader := func(c call) *Reader { return c.recv.(*Reader) }
	all := func(c call) (string, error) {
		var b []byte
		var err error
		c.th.Block(func() {
			b, err = io.ReadAll(reader(c).r)
			err = errors.Join(err, reader(c).close())
		})
		return string(b), ioError(err)
	}
	return []def{
		{"readLine", "", "is the next line, null at the end", func(c call) (v value.Value, err error) {
			c.th.Block(func() {
				line, lineErr := reader(c).line()
				if lineErr == nil {
					v = value.String(line)
				} else if !errors.Is(lineErr, io.EOF) {
					err = ioError(lineErr)
				}
			})
			return v, err
		}},
		{"read", "", "is the number of the next character, -1 at the end", func(c call) (value.Value, error) {
			if reader(c).of.Is(readerBaseClass) {
				ch, _, err := reader(c).r.ReadRune()
				if err != nil {
					return value.Int(-1), eofIsNone(err)
				}
				return value.Int(ch), nil
			}
			b, err := reader(c).r.ReadByte()
			if err != nil {
				return value.Int(-1), eofIsNone(err)
			}
			return value.Int(b), nil
		}},
		{"ready", "", "says whether there is more", func(c call) (value.Value, error) {
			_, err := reader(c).r.Peek(1)
			return value.MakeBool(err == nil), nil
		}},
		{"hasNext", "", "says whether there is more", func(c call) (value.Value, error) {
			_, err := reader(c).r.Peek(1)
			return value.MakeBool(err == nil), nil
		}},
		{"hasNextLine", "", "says whether there is more", func(c call) (value.Value, error) {
			_, err := reader(c).r.Peek(1)
			return value.MakeBool(err == nil), nil
		}},
		{"nextLine", "", "is the next line", func(c call) (value.Value, error) {
			line, err := reader(c).line()
			if err != nil {
				return nil, value.Throw("java.util.NoSuchElementException", "No line found")
			}
			return value.String(line), nil
		}},
		{"getText", "charset = 'UTF-8'", "is all that is left", func(c call) (value.Value, error) {
			s, err := all(c)
			return value.String(s), err
		}},
		{"getBytes", "", "is all bytes that are left", func(c call) (value.Value, error) {
			s, err := all(c)
			return Bytes(s), err
		}},
		{"readAllBytes", "", "is all bytes that are left", func(c call) (value.Value, error) {
			s, err := all(c)
			return Bytes(s), err
		}},
		{"readLines", "charset = 'UTF-8'", "is the lines that are left", func(c call) (value.Value, error) {
			s, err := all(c)
			return value.NewList(lineValues(s)...), err
		}},
		{"lines", "", "is a stream of the lines that are left", func(c call) (value.Value, error) {
			s, err := all(c)
			return &Stream{list: lineValues(s)}, err
		}},
		{"eachLine", "action: Closure", "calls action with each line, and its number from 1", func(c call) (value.Value, error) {
			s, err := all(c)
			if err != nil {
				return nil, err
			}
			return c.eachLine(s, 1, c.arg(0))
		}},
		{"splitEachLine", "separator, action: Closure", "calls action with the pieces of each line", func(c call) (value.Value, error) {
			s, err := all(c)
			if err != nil {
				return nil, err
			}
			return c.splitEachLine(s, c.arg(0), c.arg(1))
		}},
		{"withReader", "action: Closure", "calls action with the reader and closes it", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, reader(c).close())
		}},
		{"withCloseable", "action: Closure", "calls action and closes", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, reader(c).close())
		}},
		{"withStream", "action: Closure", "calls action and closes", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, reader(c).close())
		}},
		{"next", "", "is the next word", func(c call) (value.Value, error) {
			w, err := reader(c).word()
			return value.String(w), err
		}},
		{"nextInt", "", "is the next word as Integer", func(c call) (value.Value, error) { return nextNumber(c, value.IntegerClass) }},
		{"nextLong", "", "is the next word as Long", func(c call) (value.Value, error) { return nextNumber(c, value.LongClass) }},
		{"nextDouble", "", "is the next word as Double", func(c call) (value.Value, error) { return nextNumber(c, value.DoubleClass) }},
		{"newReader", "charset = 'UTF-8'", "is a reader of the stream", func(c call) (value.Value, error) {
			return &Reader{of: readerClass, r: reader(c).r, closer: reader(c).closer}, nil
		}},
		{"close", "", "closes", func(c call) (value.Value, error) { return nil, ioError(reader(c).close()) }},
	}
}

// word skips white space and reads up to the next.
func (r *Reader) word() (string, error) {
	var b strings.Builder
	for {
		ch, _, err := r.r.ReadRune()
		if err != nil && b.Len() == 0 {
			return "", value.Throw("java.util.NoSuchElementException", "")
		}
		if err != nil {
			return b.String(), nil
		}
		if !unicode.IsSpace(ch) {
			b.WriteRune(ch)
			continue
		}
		if b.Len() > 0 {
			return b.String(), r.r.UnreadRune()
		}
	}
}

func nextNumber(c call, class *value.Class) (value.Value, error) {
	w, err := c.recv.(*Reader).word()
	if err != nil {
		return nil, err
	}
	v, err := newNumber(class, w)
	if err != nil {
		return nil, value.Throw("java.util.InputMismatchException", "For input string: \"%s\"", w)
	}
	return v, nil
}

func eofIsNone(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return ioError(err)
}

func ioError(err error) error {
	if err == nil {
		return nil
	}
	ex := value.Throw("java.io.IOException", "%s", err.Error())
	ex.Cause = err
	return ex
}

func gzipConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"GZIP_MAGIC": value.Int(0x8b1f)}
}

// readerConstructors open a file, or wrap a stream, a text or bytes.
func readerConstructors() []def {
	return []def{{"<init>", "source, size = null", "reads a file, a stream or a text", func(c call) (value.Value, error) {
		class := c.recv.(value.ClassRef).Of
		if mode, _ := value.Str(c.arg(1)); class == randomAccessClass && mode != "r" {
			return nil, value.Throw("java.lang.IllegalArgumentException", "a RandomAccessFile is only read here: its mode is \"r\", not \"%s\"", mode)
		}
		switch src := c.arg(0).(type) {
		case *Reader:
			if class != gzipInputClass {
				return &Reader{of: class, r: src.r, closer: src.closer}, nil
			}
			z, err := gzip.NewReader(src.r)
			if err != nil {
				return nil, value.Throw("java.util.zip.ZipException", "Not in GZIP format")
			}
			return newReader(class, z, src.closer), nil
		case *value.Path:
			c.recv = asPath(src, true)
			return c.openFor(class)
		case Bytes:
			return newReader(class, bytes.NewReader(src), nil), nil
		}
		if class == fileReaderClass || class == fileInputClass || class == randomAccessClass {
			c.recv = asPath(value.ParsePath(c.strArg(0)), true)
			return c.openFor(class)
		}
		return newReader(class, strings.NewReader(value.ToString(c.arg(0))), nil), nil
	}}}
}

// A Writer is java.io.Writer, OutputStream or PrintStream.
type Writer struct {
	of     *value.Class
	w      io.Writer
	flush  func() error
	closer io.Closer
	buffer *bytes.Buffer // of those that keep what is written
	toErr  bool          // System.err
}

// Class is the Java class that was asked for.
func (w *Writer) Class() *value.Class { return w.of }

// ToString is what was written, where it is kept.
func (w *Writer) ToString() string {
	if w.buffer != nil {
		return w.buffer.String()
	}
	return fmt.Sprintf("%s@%08x", w.of.Name, uint32(value.HashCode(value.String(w.of.Name))))
}

func (w *Writer) close() error {
	var err error
	if w.flush != nil {
		err = w.flush()
	}
	if w.closer != nil {
		err = errors.Join(err, w.closer.Close())
		w.closer = nil
	}
	return err
}

func (c call) put(s string) error {
	w := c.recv.(*Writer)
	if w.w == nil {
		if p, ok := c.th.Host.(errPrinter); ok && w.toErr {
			p.PrintErr(s)
			return nil
		}
		c.th.Host.Print(s)
		return nil
	}
	_, err := io.WriteString(w.w, s)
	return ioError(err)
}

func writerMethods() []def {
	return []def{
		{"write", "text, from: Integer = 0, length: Integer = 0", "writes a text, or a character by its number", func(c call) (value.Value, error) {
			switch v := c.arg(0).(type) {
			case value.Int:
				return nil, c.put(string(rune(v)))
			case Bytes:
				return nil, c.put(string(v))
			}
			s := value.ToString(c.arg(0))
			if c.n() == 3 {
				cut, err := substring(s, c.intArg(1), c.intArg(1)+c.intArg(2))
				if err != nil {
					return nil, err
				}
				s = cut
			}
			return nil, c.put(s)
		}},
		{"append", "text", "writes a text", func(c call) (value.Value, error) { return c.recv, c.put(value.ToString(c.arg(0))) }},
		{"leftShift", "text", "writes a text", func(c call) (value.Value, error) {
			if b, ok := c.arg(0).(Bytes); ok {
				return c.recv, c.put(string(b))
			}
			return c.recv, c.put(value.ToString(c.arg(0)))
		}},
		{"print", "text", "writes a text", func(c call) (value.Value, error) { return nil, c.put(value.ToString(c.arg(0))) }},
		{"println", "text = ''", "writes a line", func(c call) (value.Value, error) {
			if c.n() == 0 {
				return nil, c.put("\n")
			}
			return nil, c.put(value.ToString(c.arg(0)) + "\n")
		}},
		{"writeLine", "text", "writes a line", func(c call) (value.Value, error) { return nil, c.put(value.ToString(c.arg(0)) + "\n") }},
		{"newLine", "", "ends a line", func(c call) (value.Value, error) { return nil, c.put("\n") }},
		{"printf", "format: String, args...", "writes as String.format does", printFormatted},
		{"format", "format: String, args...", "writes as String.format does", printFormatted},
		{"toByteArray", "", "is the bytes written", func(c call) (value.Value, error) { return Bytes(c.recv.(*Writer).ToString()), nil }},
		{"getBuffer", "", "is what was written", func(c call) (value.Value, error) { return value.String(c.recv.(*Writer).ToString()), nil }},
		{"withWriter", "action: Closure", "calls action with the writer and closes it", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, c.recv.(*Writer).close())
		}},
		{"withPrintWriter", "action: Closure", "calls action with the writer and closes it", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, c.recv.(*Writer).close())
		}},
		{"withStream", "action: Closure", "calls action and closes", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, c.recv.(*Writer).close())
		}},
		{"withCloseable", "action: Closure", "calls action and closes", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), c.recv)
			return v, errors.Join(err, c.recv.(*Writer).close())
		}},
		{"flush", "", "writes what is waiting", func(c call) (value.Value, error) {
			if f := c.recv.(*Writer).flush; f != nil {
				return nil, ioError(f())
			}
			return nil, nil
		}},
		{"close", "", "closes", func(c call) (value.Value, error) { return nil, ioError(c.recv.(*Writer).close()) }},
	}
}

func printFormatted(c call) (value.Value, error) {
	s, err := formatJava(c.strArg(0), c.args[1:])
	if err != nil {
		return nil, err
	}
	return nil, c.put(s)
}

func writerConstructors() []def {
	return []def{
		{"<init>", "", "keeps what is written", func(c call) (value.Value, error) {
			b := &bytes.Buffer{}
			return &Writer{of: c.recv.(value.ClassRef).Of, w: b, buffer: b}, nil
		}},
		{"<init>", "target, append = false", "writes to a file or another writer", func(c call) (value.Value, error) {
			class := c.recv.(value.ClassRef).Of
			switch dst := c.arg(0).(type) {
			case *Writer:
				if class == gzipOutputClass {
					z := gzip.NewWriter(dst.w)
					return &Writer{of: class, w: z, closer: closers{z, dst}}, nil
				}
				return &Writer{of: class, w: dst.w, flush: dst.flush, closer: dst.closer, buffer: dst.buffer}, nil
			case value.Int:
				b := &bytes.Buffer{}
				return &Writer{of: class, w: b, buffer: b}, nil
			case *value.Path:
				c.recv = asPath(dst, true)
			default:
				c.recv = asPath(value.ParsePath(c.strArg(0)), true)
			}
			w, err := openWriter(value.Truth(c.arg(1)))(c)
			if err != nil {
				return nil, err
			}
			w.(*Writer).of = class
			return w, nil
		}},
	}
}

// closers close one after the other, the last being a Writer.
type closers struct {
	first io.Closer
	then  *Writer
}

func (k closers) Close() error { return errors.Join(k.first.Close(), k.then.close()) }

// errPrinter is a host that tells standard error from standard output.
type errPrinter interface{ PrintErr(text string) }
