package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// conversionMethods turn strings into something else.
func conversionMethods() []def {
	return []def{
		{"toInteger", "", "reads an Integer", func(c call) (value.Value, error) { return parseInt(trimJava(c.str()), 10, 32) }},
		{"toLong", "", "reads a Long", func(c call) (value.Value, error) { return parseInt(trimJava(c.str()), 10, 64) }},
		{"toShort", "", "reads an Integer of 16 bits", func(c call) (value.Value, error) { return parseInt(trimJava(c.str()), 10, 16) }},
		{"toBigInteger", "", "reads a BigInteger", func(c call) (value.Value, error) { return newNumber(value.BigIntegerClass, trimJava(c.str())) }},
		{"toBigDecimal", "", "reads a BigDecimal", func(c call) (value.Value, error) { return newNumber(value.BigDecimalClass, trimJava(c.str())) }},
		{"toFloat", "", "reads a Float", func(c call) (value.Value, error) { return parseFloat(c.str(), 32) }},
		{"toDouble", "", "reads a Double", func(c call) (value.Value, error) { return parseFloat(c.str(), 64) }},
		{"toBoolean", "", "is true for true, y and 1", func(c call) (value.Value, error) {
			switch strings.ToLower(trimJava(c.str())) {
			case "true", "y", "1":
				return value.Bool(true), nil
			}
			return value.Bool(false), nil
		}},
		{"toCharacter", "", "is the first character", func(c call) (value.Value, error) {
			for _, r := range c.str() {
				return value.Char(r), nil
			}
			return nil, value.Throw("java.lang.StringIndexOutOfBoundsException", "index 0, length 0")
		}},
		{"isInteger", "", "says whether toInteger succeeds", succeeds(func(s string) error { _, err := strconv.ParseInt(s, 10, 32); return err })},
		{"isLong", "", "says whether toLong succeeds", succeeds(func(s string) error { _, err := strconv.ParseInt(s, 10, 64); return err })},
		{"isBigInteger", "", "says whether toBigInteger succeeds", succeeds(func(s string) error { _, err := newNumber(value.BigIntegerClass, s); return err })},
		{"isNumber", "", "says whether the string is a number", succeeds(func(s string) error { _, err := newNumber(value.BigDecimalClass, s); return err })},
		{"isBigDecimal", "", "says whether the string is a number", succeeds(func(s string) error { _, err := newNumber(value.BigDecimalClass, s); return err })},
		{"isFloat", "", "says whether toFloat succeeds", succeeds(func(s string) error { _, err := parseFloat(s, 32); return err })},
		{"isDouble", "", "says whether toDouble succeeds", succeeds(func(s string) error { _, err := parseFloat(s, 64); return err })},
		{"getBytes", "charset = 'UTF-8'", "is the bytes of the string", func(c call) (value.Value, error) { return Bytes(c.str()), nil }},
		{"md5", "", "is the MD5 digest in hexadecimal", func(c call) (value.Value, error) { return hexDigest(md5.New(), c.str()), nil }},
		{"sha256", "", "is the SHA-256 digest in hexadecimal", func(c call) (value.Value, error) { return hexDigest(sha256.New(), c.str()), nil }},
		{"digest", "algorithm: String", "is a digest in hexadecimal", func(c call) (value.Value, error) {
			h, err := digestOf(c.strArg(0))
			if err != nil {
				return nil, err
			}
			return hexDigest(h, c.str()), nil
		}},
		{"decodeBase64", "", "is the bytes that base 64 stands for", func(c call) (value.Value, error) { return decodeBase64(c.str(), base64.StdEncoding) }},
		{"decodeBase64Url", "", "is the bytes that base 64 stands for", func(c call) (value.Value, error) { return decodeBase64(c.str(), base64.URLEncoding) }},
		{"decodeHex", "", "is the bytes that hexadecimal digits stand for", func(c call) (value.Value, error) {
			b, err := hex.DecodeString(c.str())
			if err != nil {
				return nil, value.Throw("java.lang.NumberFormatException", "bad hexadecimal string: %s", c.str())
			}
			return Bytes(b), nil
		}},
		{"toURL", "", "is the URL", func(c call) (value.Value, error) { return newURL(c.str()) }},
		{"toURI", "", "is the URI", func(c call) (value.Value, error) { return newURI(c.str()) }},
		{"encodeURL", "", "escapes the characters that a URL does not allow", mapText(url.QueryEscape)},
		{"toPath", "", "is the path", func(c call) (value.Value, error) { return value.ParsePath(c.str()), nil }},
		{"translateEscapes", "", "replaces escape sequences", func(c call) (value.Value, error) {
			s, err := strconv.Unquote(`"` + strings.ReplaceAll(c.str(), `"`, `\"`) + `"`)
			if err != nil {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Invalid escape sequence")
			}
			return value.String(s), nil
		}},
	}
}

func succeeds(f func(string) error) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return value.Bool(f(trimJava(c.str())) == nil), nil }
}

func notANumber(s string) error {
	return value.Throw("java.lang.NumberFormatException", "%s", fmt.Sprintf("For input string: %q", s))
}

// parseInt reads an Integer or, for 64 bits, a Long.
func parseInt(s string, radix, bits int) (value.Value, error) {
	n, err := strconv.ParseInt(s, radix, bits)
	if err != nil {
		return nil, notANumber(s)
	}
	if bits == 64 {
		return value.Long(n), nil
	}
	return value.Int(n), nil
}

func parseFloat(s string, bits int) (value.Value, error) {
	s = trimJava(s)
	if s == "" {
		return nil, value.Throw("java.lang.NumberFormatException", "empty String")
	}
	clean := strings.TrimRight(s, "dDfF")
	if strings.HasPrefix(strings.ToLower(s), "0x") || strings.HasSuffix(strings.ToLower(clean), "in") {
		clean = s
	}
	switch strings.ToLower(strings.TrimLeft(clean, "+-")) {
	case "inf", "nan", "infinity":
		if t := strings.TrimLeft(clean, "+-"); t != "NaN" && t != "Infinity" {
			return nil, notANumber(s)
		}
	}
	f, err := strconv.ParseFloat(clean, bits)
	if err != nil && !isRange(err) || strings.Contains(clean, "_") {
		return nil, notANumber(s)
	}
	if bits == 32 {
		return value.Float(f), nil
	}
	return value.Double(f), nil
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}

func digestOf(algorithm string) (hash.Hash, error) {
	switch strings.ToUpper(strings.ReplaceAll(algorithm, "-", "")) {
	case "MD5":
		return md5.New(), nil
	case "SHA", "SHA1":
		return sha1.New(), nil
	case "SHA256":
		return sha256.New(), nil
	case "SHA512":
		return sha512.New(), nil
	}
	return nil, value.Throw("java.security.NoSuchAlgorithmException", "%s MessageDigest not available", algorithm)
}

func hexDigest(h hash.Hash, s string) value.String {
	h.Write([]byte(s))
	return value.String(hex.EncodeToString(h.Sum(nil)))
}

func decodeBase64(s string, enc *base64.Encoding) (value.Value, error) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n=", r) {
			return -1
		}
		return r
	}, s)
	b, err := enc.WithPadding(base64.NoPadding).DecodeString(s)
	if err != nil {
		return nil, value.Throw("java.lang.RuntimeException", "bad character in base64 value")
	}
	return Bytes(b), nil
}
