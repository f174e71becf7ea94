package node

import "testing"

func TestReadOnly(t *testing.T) {
	t.Parallel()
	const file = "/usr/bin/a program"
	for line, want := range map[string]bool{
		"00400000-01557000 r-xp 00000000 00:1b 16                                 /usr/bin/a program": true,
		"01557000-026f6000 r--p 01157000 00:1b 16                                 /usr/bin/a program": true,
		"026f6000-027f9000 rw-p 022f6000 00:1b 16                                 /usr/bin/a program": false, // its variables
		"7f403a82b000-7f403a8df000 rw-p 00000000 00:00 0":                                             false,
		"7f403a82b000-7f403a8df000 r--p 00000000 00:1b 17                         /usr/lib/other":     false,
		"": false,
	} {
		if start, end, got := readOnly(line, file); got != want || got && start >= end {
			t.Errorf("%s: %v %x-%x", line, got, start, end)
		}
	}
}

// TestDropPages: the program goes on.
func TestDropPages(t *testing.T) {
	dropPages()
	if t.Name() != "TestDropPages" {
		t.Error(t.Name())
	}
}
