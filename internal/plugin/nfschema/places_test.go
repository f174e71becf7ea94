package nfschema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinesOfEntries(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		got  []int
		want []int
	}{
		{"rows", numberedRows("a,b\n1,2\n\n3,4\n", true), []int{2, 4}},
		{"rows without a header", numberedRows("1\r\n\r\n2", false), []int{1, 3}},
		{"no rows", numberedRows("a,b\n", true), nil},
		{"yaml", numberedYAML("# x\n- a: 1\n  l:\n  - 1\n  - 2\n\n- a: 2\n-\n  a: 3\n"), []int{2, 7, 8}},
		{"yaml, indented", numberedYAML("  - 1\n    - 2\n  - 3\n"), []int{1, 3}},
		{"yaml in brackets", numberedYAML("[1,\n 2]"), []int{1, 2}},
		{"json", numberedJSON("[\n {\"a\": [1,\n 2]},\n {\"b\": \"],\\\"\"}\n]"), []int{2, 4}},
		{"empty json", numberedJSON("[ ]"), nil},
	} {
		if d := cmp.Diff(tc.want, tc.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestFormats: sentences as the plugin writes them.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tc := range [][3]string{
		{"date", "2020-13-01", "Text '2020-13-01' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13"},
		{"date", "x", "Text 'x' could not be parsed at index 0"},
		{"date", "2020-02-30", "Text '2020-02-30' could not be parsed: Invalid date 'FEBRUARY 30'"},
		{"date", "2021-02-29", "Text '2021-02-29' could not be parsed: Invalid date 'February 29' as '2021' is not a leap year"},
		{"date", "2020-1-1", "Text '2020-1-1' could not be parsed at index 5"},
		{"date", "", "Text '' could not be parsed at index 0"},
		{"date", "20200101", "Text '20200101' could not be parsed at index 0"},
		{"date", "2020-01-01T00:00:00", "Text '2020-01-01T00:00:00' could not be parsed, unparsed text found at index 10"},
		{"date-time", "2020-01-01", "Text '2020-01-01' could not be parsed at index 10"},
		{"date-time", "2020-01-01T25:00:00Z", "Text '2020-01-01T25:00:00Z' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 25"},
		{"time", "10:61:00", "Text '10:61:00' could not be parsed: Invalid value for MinuteOfHour (valid values 0 - 59): 61"},
		{"email", "nomail", `"nomail" is not a valid email address`},
		{"ipv6", "zz", `"zz" is not a valid IPv6 address`},
		{"uri", "no uri", "Illegal character in path at index 2: no uri"},
		{"uri", "http://a b", "Illegal character in authority at index 7: http://a b"},
		{"uri", "rel", `"rel" is a relative URI`},
		{"uri", "::", "Expected scheme name at index 0: ::"},
		{"uri", "http://a/b?c d", "Illegal character in query at index 12: http://a/b?c d"},
		{"uuid", "x", "Invalid UUID string: x"},
		{"strange", "x", `"x" is not in the valid format (strange)`},
	} {
		if got := formatText(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%s: %s, not %s", tc[0], got, tc[2])
		}
	}
}
