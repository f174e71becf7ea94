package stdlib

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sluice/internal/lang/value"
)

var (
	connectionClass = javaClass("java.net.HttpURLConnection")
	urlEncoderClass = javaClass("java.net.URLEncoder")
	urlDecoderClass = javaClass("java.net.URLDecoder")
)

// A URL is java.net.URL or URI.
type URL struct {
	of *value.Class
	u  *url.URL
	s  string
}

// Class is URL or URI.
func (u *URL) Class() *value.Class { return u.of }

// ToString is the text it was made of.
func (u *URL) ToString() string { return u.s }

// EqualTo compares the texts.
func (u *URL) EqualTo(other value.Value) bool { o, ok := other.(*URL); return ok && o.s == u.s }

// HashCode is that of the text.
func (u *URL) HashCode() int32 { return value.HashCode(value.String(u.s)) }

func newURL(s string) (value.Value, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return nil, value.Throw("java.net.MalformedURLException", "no protocol: %s", s)
	}
	return &URL{value.URLClass, u, s}, nil
}

func newURI(s string) (value.Value, error) {
	u, err := url.Parse(s)
	if err != nil || strings.ContainsAny(s, " \"<>\\^`{|}") {
		return nil, value.Throw("java.net.URISyntaxException", "Illegal character in path at index %d: %s", max(strings.IndexAny(s, " \"<>\\^`{|}"), 0), s)
	}
	return &URL{value.URIClass, u, s}, nil
}

// AsType is `v as C`, where C may be a class of this package too.
func AsType(th *value.Thread, v value.Value, c *value.Class) (value.Value, error) {
	s, isText := value.Str(v)
	switch {
	case isText && c == value.URLClass:
		return newURL(s)
	case isText && c == value.URIClass:
		u, err := newURI(s)
		if err != nil { // `as` wraps what the constructor checks
			return nil, value.Throw("java.lang.IllegalArgumentException", "%s", err.Error())
		}
		return u, nil
	}
	return value.AsType(th, v, c)
}

func urlConstructors() []def {
	return []def{{"<init>", "text", "is the address", func(c call) (value.Value, error) {
		if c.recv.(value.ClassRef).Of == value.URIClass {
			return newURI(c.strArg(0))
		}
		return newURL(c.strArg(0))
	}}}
}

func uriStatics() []def {
	return []def{{"create", "text: String", "is the address", func(c call) (value.Value, error) { return newURI(c.strArg(0)) }}}
}

func urlMethods() []def {
	part := func(name, doc string, f func(*url.URL) string) def {
		return def{name, "", doc, func(c call) (value.Value, error) {
			if s := f(c.recv.(*URL).u); s != "" || name == "getPath" || name == "getHost" {
				return value.String(s), nil
			}
			return nil, nil
		}}
	}
	get := func(c call) ([]byte, error) {
		conn := &connection{url: c.recv.(*URL).u, headers: http.Header{}}
		return conn.body(c)
	}
	return []def{
		part("getHost", "is the name of the server", (*url.URL).Hostname),
		part("getPath", "is the path", func(u *url.URL) string { return u.Path }),
		part("getQuery", "is what follows the question mark", func(u *url.URL) string { return u.RawQuery }),
		part("getProtocol", "is the scheme", func(u *url.URL) string { return u.Scheme }),
		part("getScheme", "is the scheme", func(u *url.URL) string { return u.Scheme }),
		part("getFile", "is path and query", func(u *url.URL) string { return u.RequestURI() }),
		part("getFragment", "is what follows the hash", func(u *url.URL) string { return u.Fragment }),
		part("getRef", "is what follows the hash", func(u *url.URL) string { return u.Fragment }),
		part("getAuthority", "is server and port", func(u *url.URL) string { return u.Host }),
		{"getPort", "", "is the port, -1 if none is given", func(c call) (value.Value, error) {
			port, err := strconv.Atoi(c.recv.(*URL).u.Port())
			if err != nil {
				port = -1
			}
			return value.Int(port), nil
		}},
		{"getText", "options...", "is what the server answers", func(c call) (value.Value, error) {
			b, err := get(c)
			return value.String(b), err
		}},
		{"getBytes", "", "is the bytes that the server answers", func(c call) (value.Value, error) {
			b, err := get(c)
			return Bytes(b), err
		}},
		{"readLines", "", "is the lines that the server answers", func(c call) (value.Value, error) {
			b, err := get(c)
			return value.NewList(lineValues(string(b))...), err
		}},
		{"eachLine", "action: Closure", "calls action with each line", func(c call) (value.Value, error) {
			b, err := get(c)
			if err != nil {
				return nil, err
			}
			return c.eachLine(string(b), 1, c.arg(0))
		}},
		{"openStream", "", "reads what the server answers", openURL},
		{"newInputStream", "", "reads what the server answers", openURL},
		{"newReader", "", "reads what the server answers", openURL},
		{"withReader", "action: Closure", "calls action with a reader of the answer", func(c call) (value.Value, error) {
			r, err := openURL(c)
			if err != nil {
				return nil, err
			}
			return c.run(c.arg(0), r)
		}},
		{"withInputStream", "action: Closure", "calls action with a stream of the answer", func(c call) (value.Value, error) {
			r, err := openURL(c)
			if err != nil {
				return nil, err
			}
			return c.run(c.arg(0), r)
		}},
		{"openConnection", "", "prepares a request", func(c call) (value.Value, error) {
			return &connection{url: c.recv.(*URL).u, headers: http.Header{}}, nil
		}},
		{"toURI", "", "is the address as URI", func(c call) (value.Value, error) { return newURI(c.recv.(*URL).s) }},
		{"toURL", "", "is the address as URL", func(c call) (value.Value, error) { return newURL(c.recv.(*URL).s) }},
		{"toExternalForm", "", "prints the address", func(c call) (value.Value, error) { return value.String(c.recv.(*URL).s), nil }},
		{"resolve", "other", "is another address from here", func(c call) (value.Value, error) {
			ref, err := url.Parse(value.ToString(c.arg(0)))
			if err != nil {
				return nil, value.Throw("java.lang.IllegalArgumentException", "%s", err.Error())
			}
			return newURI(c.recv.(*URL).u.ResolveReference(ref).String())
		}},
		{"toPath", "", "is the address as path", func(c call) (value.Value, error) { return value.ParsePath(c.recv.(*URL).s), nil }},
	}
}

func openURL(c call) (value.Value, error) {
	conn := &connection{url: c.recv.(*URL).u, headers: http.Header{}}
	b, err := conn.body(c)
	if err != nil {
		return nil, err
	}
	class := inputStreamClass
	if c.name == "newReader" || c.name == "withReader" {
		class = readerClass
	}
	return newReader(class, bytes.NewReader(b), nil), nil
}

// A connection is java.net.HttpURLConnection: it asks when an answer is read.
type connection struct {
	url     *url.URL
	method  string
	headers http.Header
	send    bytes.Buffer
	timeout time.Duration
	asked   bool
	status  int
	got     http.Header
	answer  []byte
	err     error
}

func (*connection) Class() *value.Class { return connectionClass }

// maxAnswer bounds what a script can load from a server into memory.
const maxAnswer = 1 << 30

func (k *connection) ask(c call) {
	if k.asked {
		return
	}
	k.asked = true
	if k.url.Scheme == "file" {
		s, err := c.t.ReadText(c.th, &value.Path{Name: k.url.Path})
		k.answer, k.status, k.err = []byte(s), 200, err
		return
	}
	method := k.method
	if method == "" {
		method = http.MethodGet
		if k.send.Len() > 0 {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(threadContext(c.th), method, k.url.String(), &k.send)
	if err != nil {
		k.err = ioError(err)
		return
	}
	req.Header = k.headers
	client := &http.Client{Timeout: k.timeout}
	c.th.Block(func() {
		resp, err := client.Do(req)
		if err != nil {
			k.err = ioError(err)
			return
		}
		k.status, k.got = resp.StatusCode, resp.Header
		k.answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		k.err = ioError(errors.Join(err, resp.Body.Close()))
	})
}

// body is the answer; an error status throws, as getInputStream does.
func (k *connection) body(c call) ([]byte, error) {
	k.ask(c)
	switch {
	case k.err != nil:
		return nil, k.err
	case k.status == 404 || k.status == 410:
		return nil, value.Throw("java.io.FileNotFoundException", "%s", k.url.String())
	case k.status >= 400:
		return nil, value.Throw("java.io.IOException", "Server returned HTTP response code: %d for URL: %s", k.status, k.url.String())
	}
	return k.answer, nil
}

func connectionMethods() []def {
	get := func(c call) *connection { return c.recv.(*connection) }
	set := func(name, params string, f func(c call, k *connection)) def {
		return def{name, params, "sets a part of the request", func(c call) (value.Value, error) {
			f(c, get(c))
			return nil, nil
		}}
	}
	return []def{
		set("setRequestMethod", "method: String", func(c call, k *connection) { k.method = c.strArg(0) }),
		set("setRequestProperty", "name: String, value", func(c call, k *connection) { k.headers.Set(c.strArg(0), value.ToString(c.arg(1))) }),
		set("addRequestProperty", "name: String, value", func(c call, k *connection) { k.headers.Add(c.strArg(0), value.ToString(c.arg(1))) }),
		set("setDoOutput", "yes", func(call, *connection) {}), set("setDoInput", "yes", func(call, *connection) {}),
		set("setUseCaches", "yes", func(call, *connection) {}), set("setInstanceFollowRedirects", "yes", func(call, *connection) {}),
		set("setConnectTimeout", "millis: Number", func(c call, k *connection) { k.timeout = time.Duration(toInt64(c.arg(0))) * time.Millisecond }),
		set("setReadTimeout", "millis: Number", func(c call, k *connection) { k.timeout = time.Duration(toInt64(c.arg(0))) * time.Millisecond }),
		set("disconnect", "", func(call, *connection) {}),
		{"connect", "", "sends the request", func(c call) (value.Value, error) {
			get(c).ask(c)
			return nil, get(c).err
		}},
		{"getOutputStream", "", "writes the body of the request", func(c call) (value.Value, error) {
			return &Writer{of: writerClass, w: &get(c).send}, nil
		}},
		{"getResponseCode", "", "is the status of the answer", func(c call) (value.Value, error) {
			get(c).ask(c)
			return value.Int(get(c).status), get(c).err
		}},
		{"getResponseMessage", "", "is the text of the status", func(c call) (value.Value, error) {
			get(c).ask(c)
			return value.String(http.StatusText(get(c).status)), get(c).err
		}},
		{"getContentLength", "", "is the number of bytes of the answer", func(c call) (value.Value, error) {
			get(c).ask(c)
			return value.Int(len(get(c).answer)), get(c).err
		}},
		{"getHeaderField", "name: String", "is a header of the answer", func(c call) (value.Value, error) {
			get(c).ask(c)
			if s := get(c).got.Get(c.strArg(0)); s != "" {
				return value.String(s), get(c).err
			}
			return nil, get(c).err
		}},
		{"getInputStream", "", "reads the answer", func(c call) (value.Value, error) {
			b, err := get(c).body(c)
			if err != nil {
				return nil, err
			}
			return newReader(inputStreamClass, bytes.NewReader(b), nil), nil
		}},
		{"getErrorStream", "", "reads the answer of an error", func(c call) (value.Value, error) {
			get(c).ask(c)
			if get(c).err != nil || get(c).status < 400 {
				return nil, get(c).err
			}
			return newReader(inputStreamClass, bytes.NewReader(get(c).answer), nil), nil
		}},
	}
}

func urlCodecStatics() []def {
	return []def{
		{"encode", "text: String, charset = 'UTF-8'", "escapes a text for a query", func(c call) (value.Value, error) {
			return value.String(url.QueryEscape(c.strArg(0))), nil
		}},
		{"decode", "text: String, charset = 'UTF-8'", "reads an escaped text", func(c call) (value.Value, error) {
			s, err := url.QueryUnescape(c.strArg(0))
			if err != nil {
				return nil, value.Throw("java.lang.IllegalArgumentException", "URLDecoder: %s", err.Error())
			}
			return value.String(s), nil
		}},
	}
}
