package value

import "testing"

func TestDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1h 30m": "1h 30m", "1 day": "1d", "1day": "1d", "2days": "2d", "500ms": "500ms", "500 ms": "500ms", "1:30:00": "1h 30m", "01:30:00": "1h 30m",
		"1h30m": "1h 30m", "1 h 30 m": "1h 30m", "1.5h": "1h 30m", "1.5 h": "1h 30m", "1 hour": "1h", "2 hours": "2h", "1min": "1m", "5 minute": "5m",
		"5 sec": "5s", "5 seconds": "5s", "5 milli": "5ms", "5 millis": "5ms", "1.h": "1h", "10.s": "10s", "1 day 2 hours 3 min 4 sec 5 ms": "1d 2h 3m 4s",
		"30m 1h": "1h 30m", "1h 1h": "2h", "1d2h3m4s5ms": "1d 2h 3m 4s", "25:61:61": "1d 2h 2m 1s", "1:2:3": "1h 2m 3s", "1. h": "1h", "1.5ms": "2ms",
		"1 h30m": "1h 30m", "1.25d": "1d 6h", "0.0001s": "0ms", "1\th": "1h", "1h\n": "1h", "1.7ms": "2ms",
	} {
		check(t, text, show(nilOnError(ParseDuration(text))), "nextflow.util.Duration "+want)
	}
	for _, text := range []string{
		"30:00", "1hr", "2hrs", "5 mins", "5 secs", "5 milliseconds", "5 w", "1 week", "100", "", "abc", "1x", "-1h", "1H",
		"1 D 2 H", " 1h ", "1.5.h", "1h,30m", "1h x", "1e3s", ".5h", "100:00:00", "1:2:3:4",
	} {
		check(t, text, show(nilOnError(ParseDuration(text))), "!! java.lang.IllegalArgumentException: Not a valid duration value: "+text)
	}
	for ms, want := range map[int64]string{
		0: "0ms", 999: "999ms", 1500: "1.5s", 1350: "1.4s", 1360: "1.4s", 1999: "2s", 1049: "1s", 1050: "1.1s", 1150: "1.2s", 1250: "1.3s", 10050: "10.1s",
		59940: "59.9s", 59950: "60s", 59999: "60s", 60001: "1m", 61500: "1m 2s", 61499: "1m 1s", 3661000: "1h 1m 1s", 3599400: "59m 59s", 3599500: "1h",
		86399999: "1d", 86369000: "23h 59m 29s", 90061000: "1d 1h 1m 1s", 1234567: "20m 35s", 86400000 * 400: "400d", 119600: "2m",
	} {
		check(t, want, Duration(ms).ToString(), want)
	}
	d := Duration(90061005)
	if d.Days() != 1 || d.Hours() != 25 || d.Minutes() != 1501 || d.Seconds() != 90061 || d.Millis() != 90061005 {
		t.Errorf("units of %d ms: %d %d %d %d", int64(d), d.Days(), d.Hours(), d.Minutes(), d.Seconds())
	}
}

func TestMemoryUnit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"8 GB": "8 GB", "8GB": "8 GB", "8.GB": "8 GB", "8G": "8 GB", "8 g": "8 GB", "1.5 GB": "1.5 GB", "100 MB": "100 MB", "1024": "1 KB", "1024B": "1 KB",
		"1  GB": "1 GB", "1k": "1 KB", "1 T": "1 TB", "1 E": "1 EB", "1 ZB": "8 EB", "0": "0", "0.1 KB": "102 B", ".5 GB": "512 MB", "5. GB": "5 GB",
		"1 b": "1 B", "1 BB": "1 B", "1 kB": "1 KB",
	} {
		check(t, text, show(nilOnError(ParseMemory(text))), "nextflow.util.MemoryUnit "+want)
	}
	for text, want := range map[string]string{
		"8 gb": "IllegalArgumentException: Not a valid FileSize value: '8 gb'", "8 GiB": "IllegalArgumentException: Not a valid FileSize value: '8 GiB'",
		"1024 bytes": "IllegalArgumentException: Not a valid FileSize value: '1024 bytes'", "": "IllegalArgumentException: Not a valid FileSize value: ''",
		"-1 GB": "IllegalArgumentException: Not a valid FileSize value: '-1 GB'", "1 GB ": "IllegalArgumentException: Not a valid FileSize value: '1 GB '",
		"1,5 GB": "IllegalArgumentException: Not a valid FileSize value: '1,5 GB'", "1 YB": "IllegalArgumentException: Not a valid file size unit: 1 YB",
		"1 %": "IllegalArgumentException: Not a valid file size unit: 1 %", "1.5 B": `NumberFormatException: For input string: "1.5"`,
		"1..5 GB": "NumberFormatException: multiple points", ". GB": `NumberFormatException: For input string: "."`,
	} {
		check(t, text, show(nilOnError(ParseMemory(text))), "!! java.lang."+want)
	}
	for bytes, want := range map[int64]string{
		1023: "1023 B", 1025: "1 KB", 1500: "1.5 KB", 1000000: "976.6 KB", 1280: "1.2 KB", 1382: "1.3 KB", 10239: "10 KB", 1048575: "1024 KB",
		1048524: "1023.9 KB", 1 << 40: "1 TB", 1<<63 - 1: "8 EB", 12345 << 30: "12.1 TB", 12345678 << 30: "11.8 PB", 1075 << 10: "1 MB", 1076 << 10: "1.1 MB",
	} {
		check(t, want, Memory(bytes).ToString(), want)
	}
	m := Memory(1536 << 20)
	if m.Giga() != 1 || m.Mega() != 1536 || m.Kilo() != 1536<<10 {
		t.Errorf("units of %s: %d %d %d", m.ToString(), m.Giga(), m.Mega(), m.Kilo())
	}
	if n, err := m.ToUnit("MB"); n != 1536 || err != nil {
		t.Errorf("ToUnit(MB) = %d, %v", n, err)
	}
	for _, unit := range []string{"M", "XB", "", "mb"} {
		if n, err := m.ToUnit(unit); err == nil {
			t.Errorf("ToUnit(%q) = %d", unit, n)
		}
	}
	if n, err := ParseMemory("1.999 GB"); n != 2146409906 || err != nil {
		t.Errorf("1.999 GB = %d, %v", n, err)
	}
}
