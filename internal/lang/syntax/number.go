package syntax

import (
	"math"
	"math/big"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"sluice/internal/lang/value"
)

// parseNumber is the value of a number literal that may have a minus sign. The
// sign belongs to the literal: -2147483648 is an Integer although 2147483648
// is a Long.
func parseNumber(raw string) (value.Value, error) {
	digits, negative := strings.CutPrefix(raw, "-")
	v, err := value.ParseNumber(digits)
	if err != nil || !negative {
		return v, err
	}
	suffixed := strings.HasSuffix(strings.ToLower(digits), "l") || strings.HasSuffix(strings.ToLower(digits), "g")
	switch n := v.(type) {
	case value.Int:
		return -n, nil
	case value.Long:
		if n == -math.MinInt32 && !suffixed {
			return value.Int(math.MinInt32), nil
		}
		return -n, nil
	case value.BigInt:
		neg := new(big.Int).Neg(n.Int)
		if neg.IsInt64() && !suffixed {
			return value.Long(neg.Int64()), nil
		}
		return value.BigInt{Int: neg}, nil
	case value.Float:
		return -n, nil
	case value.Double:
		return -n, nil
	case value.Decimal:
		if n.IsZero() { // there is no negative zero in BigDecimal
			return n, nil
		}
		return value.Decimal{Decimal: new(apd.Decimal).Neg(n.Decimal)}, nil
	}
	return v, nil
}
