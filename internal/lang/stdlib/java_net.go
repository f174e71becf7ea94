package stdlib

import (
	"net"
	"os"

	"sluice/internal/lang/value"
)

var inetClass = javaClass("java.net.InetAddress")

// An InetAddress is java.net.InetAddress: a host and its address.
type InetAddress struct{ host, addr string }

// Class is java.net.InetAddress.
func (*InetAddress) Class() *value.Class { return inetClass }

// ToString is host/address.
func (a *InetAddress) ToString() string { return a.host + "/" + a.addr }

// inetOf finds the address of a host.
func inetOf(c call, host string) (value.Value, error) {
	if ip := net.ParseIP(host); ip != nil {
		return &InetAddress{"", host}, nil
	}
	var addrs []string
	var err error
	c.th.Block(func() { addrs, err = net.DefaultResolver.LookupHost(threadContext(c.th), host) })
	if err != nil || len(addrs) == 0 {
		return nil, value.Throw("java.net.UnknownHostException", "%s: Name or service not known", host)
	}
	return &InetAddress{host, addrs[0]}, nil
}

func inetStatics() []def {
	return []def{
		{"getLocalHost", "", "is this host", func(c call) (value.Value, error) {
			host, err := os.Hostname()
			if err != nil {
				return nil, value.Throw("java.net.UnknownHostException", "%s", err.Error())
			}
			return inetOf(c, host)
		}},
		{"getByName", "host: String", "is a host", func(c call) (value.Value, error) { return inetOf(c, c.strArg(0)) }},
		{"getLoopbackAddress", "", "is localhost", func(call) (value.Value, error) { return &InetAddress{"localhost", "127.0.0.1"}, nil }},
	}
}

func inetMethods() []def {
	get := func(name, doc string, f func(*InetAddress) string) def {
		return def{name, "", doc, func(c call) (value.Value, error) { return value.String(f(c.recv.(*InetAddress))), nil }}
	}
	return []def{
		get("getHostName", "is the name of the host", func(a *InetAddress) string { return a.host }),
		get("getCanonicalHostName", "is the name of the host", func(a *InetAddress) string { return a.host }),
		get("getHostAddress", "is the address", func(a *InetAddress) string { return a.addr }),
	}
}
