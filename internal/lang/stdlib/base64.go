package stdlib

import (
	"encoding/base64"
	"strings"

	"sluice/internal/lang/value"
)

var (
	base64Class        = javaClass("java.util.Base64")
	base64EncoderClass = javaClass("java.util.Base64$Encoder")
	base64DecoderClass = javaClass("java.util.Base64$Decoder")
)

// A Base64Coder is Base64.Encoder or Base64.Decoder.
type Base64Coder struct {
	of   *value.Class
	enc  *base64.Encoding
	mime bool // lines of 76 characters
}

// Class is the encoder's or the decoder's.
func (k *Base64Coder) Class() *value.Class { return k.of }

func base64Statics() []def {
	coder := func(name, doc string, k Base64Coder) def {
		return def{name, "", doc, func(call) (value.Value, error) { return &k, nil }}
	}
	return []def{
		coder("getEncoder", "encodes with + and /", Base64Coder{of: base64EncoderClass, enc: base64.StdEncoding}),
		coder("getUrlEncoder", "encodes with - and _", Base64Coder{of: base64EncoderClass, enc: base64.URLEncoding}),
		coder("getMimeEncoder", "encodes in lines of 76 characters", Base64Coder{of: base64EncoderClass, enc: base64.StdEncoding, mime: true}),
		coder("getDecoder", "decodes + and /", Base64Coder{of: base64DecoderClass, enc: base64.StdEncoding}),
		coder("getUrlDecoder", "decodes - and _", Base64Coder{of: base64DecoderClass, enc: base64.URLEncoding}),
		coder("getMimeDecoder", "decodes and passes over line ends", Base64Coder{of: base64DecoderClass, enc: base64.StdEncoding, mime: true}),
	}
}

func base64EncoderMethods() []def {
	encode := func(c call) string {
		k := c.recv.(*Base64Coder)
		s := k.enc.EncodeToString(listBytes(c.arg(0)))
		if !k.mime {
			return s
		}
		var lines []string
		for ; len(s) > 76; s = s[76:] {
			lines = append(lines, s[:76])
		}
		return strings.Join(append(lines, s), "\r\n")
	}
	return []def{
		{"encodeToString", "bytes", "is the bytes in base 64", func(c call) (value.Value, error) { return value.String(encode(c)), nil }},
		{"encode", "bytes", "is the bytes in base 64, as bytes", func(c call) (value.Value, error) { return Bytes(encode(c)), nil }},
		{"withoutPadding", "", "encodes without = at the end", func(c call) (value.Value, error) {
			k := *c.recv.(*Base64Coder)
			k.enc = k.enc.WithPadding(base64.NoPadding)
			return &k, nil
		}},
	}
}

func base64DecoderMethods() []def {
	return []def{{"decode", "text", "is the bytes that base 64 stands for", func(c call) (value.Value, error) {
		k := c.recv.(*Base64Coder)
		s := string(listBytes(c.arg(0)))
		if k.mime {
			s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
		}
		for i := range len(s) {
			if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=", rune(s[i])) {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Illegal base64 character %x", s[i])
			}
		}
		b, err := k.enc.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(s, "="))
		if err != nil {
			return nil, value.Throw("java.lang.IllegalArgumentException", "Last unit does not have enough valid bits")
		}
		return Bytes(b), nil
	}}}
}
