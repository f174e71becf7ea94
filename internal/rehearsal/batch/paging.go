package batch

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

const pageSize = 1000

// query is what lists have in common: $filter, $select, a page.
type query struct {
	filter *filter
	fields map[string]bool // of $select; nil: all
	limit  int
	skip   string // where the page starts, as the list understands it
}

func parseQuery(c *call, allowed ...string) (query, *failure) {
	v := c.r.URL.Query()
	q := query{limit: pageSize, skip: v.Get("$skiptoken")}
	var f *failure
	if q.filter, f = parseFilter(v.Get("$filter"), allowed...); f != nil {
		return q, f
	}
	q.fields = selected(v)
	if m := v.Get("maxresults"); m != "" {
		n, err := strconv.Atoi(m)
		if err != nil || n < 1 || n > pageSize {
			return q, badRequest("OutOfRangeQueryParameterValue", "A query parameter specified in the request URI is outside the permissible range.").
				with("QueryParameterName", "maxresults").with("QueryParameterValue", "%s", m).with("MinimumAllowed", "1").with("MaximumAllowed", "1000")
		}
		q.limit = n
	}
	return q, nil
}

func selected(v url.Values) map[string]bool {
	text := v.Get("$select")
	if text == "" {
		return nil
	}
	set := map[string]bool{}
	for _, name := range strings.Split(text, ",") {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "/")
		set[name] = true
	}
	return set
}

// only says whether every field that is wanted is one of the set.
func (q query) only(set map[string]bool) bool {
	if q.fields == nil {
		return false
	}
	for name := range q.fields {
		if !set[name] {
			return false
		}
	}
	return true
}

// project leaves the fields that were selected.
func (q query) project(m object) object {
	if q.fields != nil {
		for name := range m {
			if !q.fields[name] {
				delete(m, name)
			}
		}
	}
	return m
}

// object is a JSON object as it is answered.
type object map[string]any

// rawObject reads a JSON object, its values as they stand.
func rawObject(data []byte) object {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return object{}
	}
	m := object{}
	for k, v := range raw {
		m[k] = v
	}
	return m
}

// page writes a page of a list; next is where the following one starts, "" at
// the end.
func (c *call) page(kind string, value []object, next string) {
	if value == nil {
		value = []object{}
	}
	body := object{"odata.metadata": c.base() + "/$metadata#" + kind, "value": value}
	if next != "" {
		v := c.r.URL.Query()
		v.Set("$skiptoken", next)
		body["odata.nextLink"] = c.base() + c.r.URL.EscapedPath() + "?" + v.Encode()
	}
	c.reply(200, body)
}

// slicePage takes the page of a list that is in memory whole; the token is an
// index.
func slicePage[T any](items []T, q query) (page []T, next string) {
	from, err := strconv.Atoi(q.skip)
	if err != nil || from < 0 {
		from = 0
	}
	from = min(from, len(items))
	to := min(from+q.limit, len(items))
	if to < len(items) {
		next = strconv.Itoa(to)
	}
	return items[from:to], next
}
