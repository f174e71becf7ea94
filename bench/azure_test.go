package main

import "testing"

func TestAzureMet(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		row  azureRow
		got  reading
		want string
	}{
		{azureRow{atLeast: 30, rssMB: 30}, reading{value: 31, rss: 30 * mib}, "yes"},
		{azureRow{atLeast: 30, rssMB: 30}, reading{value: 29, rss: 31 * mib}, "no: speed, memory"},
		{azureRow{atMost: 5}, reading{value: 5.1}, "no: speed"},
		{azureRow{atMost: 5}, reading{value: 4.9, rss: 1000 * mib}, "yes"},
	} {
		if got := tt.row.met(tt.got); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.got, got, tt.want)
		}
	}
	if got, want := (azureRow{atLeast: 30, rssMB: 30}).target("×"), "≥30 ×, ≤30 MB"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
