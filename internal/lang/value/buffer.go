package value

import "strings"

// A Buffer is StringBuilder or StringBuffer.
type Buffer struct {
	Of    *Class
	Bytes []byte
}

func (b *Buffer) Class() *Class    { return b.Of }
func (b *Buffer) ToString() string { return string(b.Bytes) }
func (b *Buffer) Truth() bool      { return len(b.Bytes) > 0 }
func (b *Buffer) Len() int         { return StringLen(string(b.Bytes)) }

// Append adds the text of v.
func (b *Buffer) Append(v Value) error {
	s, err := Text(v)
	if m, ok := v.(*Map); ok {
		s = JavaText(m)
	}
	if err != nil {
		return err
	}
	b.Bytes = append(b.Bytes, s...)
	return nil
}

// JavaText is Java's own toString, which prints maps as {a=1}.
func JavaText(v Value) string {
	var b strings.Builder
	switch x := v.(type) {
	case *Map:
		b.WriteByte('{')
		x.Entries(func(k, e Value) bool {
			if b.Len() > 1 {
				b.WriteString(", ")
			}
			b.WriteString(JavaText(k) + "=" + JavaText(e))
			return true
		})
		b.WriteByte('}')
		return b.String()
	case *List:
		b.WriteByte('[')
		for i, e := range x.Elems {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(JavaText(e))
		}
		b.WriteByte(']')
		return b.String()
	}
	return ToString(v)
}
