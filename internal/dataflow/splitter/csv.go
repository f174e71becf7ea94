package splitter

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sluice/internal/lang/value"
)

// csvRecords are rows: lists, or maps when the columns have names.
type csvRecords struct {
	lines   *lineReader
	sep     string
	quote   string
	strip   bool
	columns []value.Value
}

func openCSV(lines *lineReader, opts *Options) (records, error) {
	c := &csvRecords{lines: lines, sep: opts.Sep, quote: opts.Quote, strip: opts.Strip}
	if c.sep == "" {
		c.sep = ","
	}
	for _, s := range []string{c.sep, c.quote} {
		if utf8.RuneCountInString(s) > 1 {
			return nil, fmt.Errorf("`%s` is not one character: a CSV separator or quote is", s)
		}
	}
	for range opts.Skip {
		if _, err := lines.next(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	for _, name := range opts.Columns {
		c.columns = append(c.columns, value.String(name))
	}
	if opts.Header && c.columns == nil {
		if err := c.readHeader(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *csvRecords) readHeader() error {
	header, err := c.row()
	if err == io.EOF {
		return fmt.Errorf("the CSV content has no header: it is empty")
	}
	if err != nil {
		return err
	}
	for _, name := range header {
		if strings.TrimSpace(name) == "" {
			return fmt.Errorf("the CSV header `%s` has a column without a name", strings.Join(header, c.sep))
		}
		c.columns = append(c.columns, value.String(name))
	}
	return nil
}

func (c *csvRecords) next() (record, error) {
	row, err := c.row()
	if err != nil {
		return record{}, err
	}
	if c.columns == nil {
		elems := make([]value.Value, len(row))
		for i, s := range row {
			elems[i] = value.String(s)
		}
		return record{val: value.NewList(elems...)}, nil
	}
	m := value.NewMap(len(c.columns))
	for i, name := range c.columns {
		if i < len(row) {
			m.Set(name, value.String(row[i]))
		} else {
			m.Set(name, nil)
		}
	}
	return record{val: m}, nil
}

// row is the next line that is not empty, in pieces.
func (c *csvRecords) row() ([]string, error) {
	for {
		line, err := c.lines.next()
		if err != nil {
			return nil, err
		}
		if line != "" {
			return c.cut(line)
		}
	}
}

func (c *csvRecords) cut(line string) ([]string, error) {
	if c.quote == "" || !strings.Contains(line, c.quote) {
		parts := strings.Split(line, c.sep)
		for i := range parts {
			parts[i] = c.trim(parts[i])
		}
		return parts, nil
	}
	var parts []string
	for rest := line; ; {
		if !strings.HasPrefix(rest, c.quote) {
			part, after, more := strings.Cut(rest, c.sep)
			parts = append(parts, c.trim(part))
			if !more {
				return parts, nil
			}
			rest = after
			continue
		}
		part, after, closed := strings.Cut(rest[len(c.quote):], c.quote)
		if !closed {
			return nil, fmt.Errorf("the CSV value starting `%s` has no closing quote in its line: %s", rest, line)
		}
		parts = append(parts, c.trim(part))
		if after == "" {
			return parts, nil
		}
		if !strings.HasPrefix(after, c.sep) {
			return nil, fmt.Errorf("the quoted CSV value `%s` is not followed by the separator `%s` in line: %s", part, c.sep, line)
		}
		rest = after[len(c.sep):]
	}
}

func (c *csvRecords) trim(s string) string {
	if c.strip {
		return strings.TrimSpace(s)
	}
	return s
}
