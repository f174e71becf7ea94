package value

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
	if err != nil {
		return err
	}
	b.Bytes = append(b.Bytes, s...)
	return nil
}
