package splitter

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// lineReader yields lines without their ends, which may be \n or \r\n.
type lineReader struct {
	r      *bufio.Reader
	decode func([]byte) string
}

func openLines(content io.Reader, opts *Options) (*lineReader, error) {
	r, err := Content(content, opts.Decompress, false)
	if err != nil {
		return nil, err
	}
	l := &lineReader{}
	switch strings.ToUpper(strings.ReplaceAll(opts.Charset, "_", "-")) {
	case "", "UTF-8", "UTF8", "US-ASCII", "ASCII":
		l.decode = func(b []byte) string { return string(b) }
	case "ISO-8859-1", "LATIN1", "ISO8859-1":
		l.decode = latin1
	case "UTF-16", "UTF-16LE", "UTF-16BE":
		if r, err = utf16Reader(r, strings.HasSuffix(strings.ToUpper(opts.Charset), "LE")); err != nil {
			return nil, err
		}
		l.decode = func(b []byte) string { return string(b) }
	default:
		return nil, fmt.Errorf("charset `%s` is none of UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16LE, UTF-16BE", opts.Charset)
	}
	l.r = bufio.NewReaderSize(r, 64<<10)
	if head, err := l.r.Peek(3); err == nil && string(head) == "\uFEFF" {
		if _, err := l.r.Discard(3); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func utf16Reader(r io.Reader, little bool) (io.Reader, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(b) >= 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) {
		little = b[0] == 0xff
		b = b[2:]
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		hi, lo := b[2*i], b[2*i+1]
		if little {
			hi, lo = lo, hi
		}
		units[i] = uint16(hi)<<8 | uint16(lo)
	}
	return strings.NewReader(string(utf16.Decode(units))), nil
}

// next is the next line; io.EOF after the last.
func (l *lineReader) next() (string, error) {
	b, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		start := append([]byte(nil), b...) // reading on overwrites b
		b, err = l.r.ReadBytes('\n')
		b = append(start, b...)
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	if len(b) == 0 {
		return "", io.EOF
	}
	if b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	if len(b) > 0 && b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	return l.decode(b), nil
}

// textRecords are lines, each with a newline.
type textRecords struct {
	lines  *lineReader
	header string // goes before each chunk
	by     int
	n      int
}

func openText(lines *lineReader, opts *Options) (records, error) {
	t := &textRecords{lines: lines, by: opts.By}
	if !opts.KeepHeader {
		return t, nil
	}
	header, err := lines.next()
	if err == io.EOF {
		return t, nil
	}
	// Single lines lose the header: the original engine does so.
	if opts.By > 1 || opts.Chunks != nil {
		t.header = header + "\n"
	}
	t.by = max(opts.By, 1)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (t *textRecords) next() (record, error) {
	line, err := t.lines.next()
	if err != nil {
		return record{}, err
	}
	text := line + "\n"
	if t.header != "" && t.n%t.by == 0 {
		text = t.header + text
	}
	t.n++
	return record{text: text, isText: true}, nil
}
