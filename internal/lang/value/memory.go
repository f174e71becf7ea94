package value

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// memoryUnits are powers of 1024, the first being bytes.
const memoryUnits = "BKMGTPEZ"

var memoryFormat = regexp.MustCompile(`^([0-9.]+)\s*(\S)?B?$`)

// ParseMemory reads `8 GB`, `8.GB`, `1.5G`, `512 k` and plain bytes.
func ParseMemory(text string) (Memory, error) {
	m := memoryFormat.FindStringSubmatch(text)
	if m == nil {
		return 0, illegalArgument("Not a valid FileSize value: '%s'", text)
	}
	power := 0
	if unit := strings.ToUpper(m[2]); unit != "" {
		power = strings.Index(memoryUnits, unit)
		if power < 0 {
			return 0, illegalArgument("Not a valid file size unit: %s", text)
		}
	}
	if power == 0 {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			return 0, numberFormat(m[1])
		}
		return Memory(n), nil
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil && !math.IsInf(n, 0) {
		if strings.Count(m[1], ".") > 1 {
			return 0, Throw("java.lang.NumberFormatException", "multiple points")
		}
		return 0, numberFormat(m[1])
	}
	return Memory(doubleToLong(n * math.Pow(1024, float64(power)))), nil
}

// NewMemory is that many bytes, which Nextflow does not let be negative.
func NewMemory(bytes int64) (Memory, error) {
	if bytes < 0 {
		return 0, Throw("java.lang.AssertionError",
			"Memory unit cannot be a negative number. Expression: (value >= 0). Values: value = %d", bytes)
	}
	return Memory(bytes), nil
}

func (m Memory) Bytes() int64 { return int64(m) }
func (m Memory) Kilo() int64  { return int64(m) >> 10 }
func (m Memory) Mega() int64  { return int64(m) >> 20 }
func (m Memory) Giga() int64  { return int64(m) >> 30 }

// ToUnit is the size in a unit such as `MB`, cut off.
func (m Memory) ToUnit(unit string) (int64, error) {
	if unit == "B" {
		return int64(m), nil
	}
	power := strings.Index(memoryUnits, strings.TrimSuffix(unit, "B"))
	if len(unit) != 2 || unit[1] != 'B' || power < 1 {
		return 0, illegalArgument("Not a valid memory unit: %s", unit)
	}
	if power > 6 {
		return 0, nil
	}
	return int64(m) >> (10 * power), nil
}

// ToString takes the largest unit of which there is one, with at most one
// digit after the point.
func (m Memory) ToString() string {
	if m <= 0 {
		return "0"
	}
	power := 0
	for power < 6 && int64(m)>>(10*(power+1)) > 0 {
		power++
	}
	s := strconv.FormatFloat(float64(m)/math.Pow(1024, float64(power)), 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0") + " " + memoryUnits[power:power+1]
	if power > 0 {
		s += "B"
	}
	return s
}
