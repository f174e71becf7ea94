package batch

import (
	"math"
	"slices"
	"strings"
	"time"
)

var intervals = map[string]time.Duration{
	"TimeInterval_Zero": 0, "TimeInterval_100ns": 100, "TimeInterval_Microsecond": time.Microsecond, "TimeInterval_Millisecond": time.Millisecond,
	"TimeInterval_Second": time.Second, "TimeInterval_Minute": time.Minute, "TimeInterval_Hour": time.Hour, "TimeInterval_Day": 24 * time.Hour,
	"TimeInterval_Week": 7 * 24 * time.Hour, "TimeInterval_Year": 365 * 24 * time.Hour,
}

func (s *scope) eval(e *expr) (value, error) {
	switch e.op {
	case "num":
		return number(e.num), nil
	case "str":
		return value{kind: 's', text: e.text}, nil
	case "name":
		return s.name(e.text)
	case "?":
		cond, err := s.number(e.args[0])
		if err != nil {
			return value{}, err
		}
		if cond != 0 {
			return s.eval(e.args[1])
		}
		return s.eval(e.args[2])
	case "u-", "u!":
		n, err := s.number(e.args[0])
		if e.op == "u!" {
			return truth(n == 0), err
		}
		return number(-n), err
	case "&&", "||":
		return s.logic(e)
	case "call":
		return s.call(e)
	case "method":
		return s.method(e)
	case "member":
		return s.member(e)
	}
	left, err := s.eval(e.args[0])
	if err != nil {
		return value{}, err
	}
	right, err := s.eval(e.args[1])
	if err != nil {
		return value{}, err
	}
	return operate(e.op, left, right)
}

func (s *scope) name(name string) (value, error) {
	if v, ok := s.vars[name]; ok {
		return v, nil
	}
	if d, ok := intervals[name]; ok {
		return value{kind: 'i', num: float64(d)}, nil
	}
	switch name {
	case "requeue", "terminate", "taskcompletion", "retaineddata":
		return value{kind: 's', text: name}, nil
	case "true", "false":
		return truth(name == "true"), nil
	}
	if name == "$CurrentDedicated" || name == "$TargetDedicated" {
		name += "Nodes"
	}
	if v, ok := s.current[name]; ok {
		return number(v), nil
	}
	return value{}, formulaErr("the variable %s is not defined", name)
}

func (s *scope) logic(e *expr) (value, error) {
	left, err := s.number(e.args[0])
	if err != nil || (left != 0) == (e.op == "||") {
		return truth(left != 0), err
	}
	right, err := s.number(e.args[1])
	return truth(right != 0), err
}

// number evaluates to a number; of a vector, to its latest value.
func (s *scope) number(e *expr) (float64, error) {
	v, err := s.eval(e)
	if err != nil {
		return 0, err
	}
	switch {
	case v.kind == 'n':
		return v.num, nil
	case v.kind == 'v' && len(v.vec) > 0:
		return v.vec[len(v.vec)-1], nil
	}
	return 0, formulaErr("%s is not a number", v)
}

func operate(op string, a, b value) (value, error) {
	switch {
	case a.kind == 'v' || b.kind == 'v':
		return vectors(op, a, b)
	case a.kind == 't' && b.kind == 'i':
		switch op {
		case "+":
			return value{kind: 't', when: a.when.Add(time.Duration(b.num))}, nil
		case "-":
			return value{kind: 't', when: a.when.Add(-time.Duration(b.num))}, nil
		}
	case a.kind == 't' && b.kind == 't':
		if op == "-" {
			return value{kind: 'i', num: float64(a.when.Sub(b.when))}, nil
		}
		return compare(op, float64(a.when.Compare(b.when)))
	case a.kind == 's' && b.kind == 's':
		return compare(op, float64(strings.Compare(a.text, b.text)))
	case a.kind == 'i' && b.kind == 'n' || a.kind == 'n' && b.kind == 'i':
		v, err := arithmetic(op, a.num, b.num)
		v.kind = 'i'
		return v, err
	case a.kind == 'i' && b.kind == 'i':
		v, err := arithmetic(op, a.num, b.num)
		if op == "+" || op == "-" {
			v.kind = 'i'
		}
		return v, err
	case a.kind == 'n' && b.kind == 'n':
		return arithmetic(op, a.num, b.num)
	}
	return value{}, formulaErr("%s %s %s cannot be computed", a, op, b)
}

func arithmetic(op string, a, b float64) (value, error) {
	switch op {
	case "+":
		return number(a + b), nil
	case "-":
		return number(a - b), nil
	case "*":
		return number(a * b), nil
	case "/":
		if b == 0 {
			return value{}, formulaErr("division by zero")
		}
		return number(a / b), nil
	}
	return compare(op, sign(a-b))
}

func compare(op string, c float64) (value, error) {
	switch op {
	case "<":
		return truth(c < 0), nil
	case "<=":
		return truth(c <= 0), nil
	case ">":
		return truth(c > 0), nil
	case ">=":
		return truth(c >= 0), nil
	case "==":
		return truth(c == 0), nil
	case "!=":
		return truth(c != 0), nil
	}
	return value{}, formulaErr("%s cannot be used here", op)
}

// vectors computes element by element.
func vectors(op string, a, b value) (value, error) {
	n := max(len(a.vec), len(b.vec))
	if a.kind == 'v' && b.kind == 'v' && len(a.vec) != len(b.vec) {
		return value{}, formulaErr("vectors of %d and %d values cannot be combined", len(a.vec), len(b.vec))
	}
	at := func(v value, i int) float64 {
		if v.kind == 'v' {
			return v.vec[i]
		}
		return v.num
	}
	out := value{kind: 'v'}
	for i := range n {
		v, err := arithmetic(op, at(a, i), at(b, i))
		if err != nil {
			return value{}, err
		}
		out.vec = append(out.vec, v.num)
	}
	return out, nil
}

// call evaluates a function. Vectors among the arguments count as their
// values.
func (s *scope) call(e *expr) (value, error) {
	var args []value
	var flat []float64
	for _, a := range e.args {
		v, err := s.eval(a)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
		if v.kind == 'v' {
			flat = append(flat, v.vec...)
		} else {
			flat = append(flat, v.num)
		}
	}
	switch e.text {
	case "time":
		return s.time(args)
	case "len":
		return number(float64(len(flat))), nil
	case "val":
		if len(args) != 2 || args[0].kind != 'v' {
			return value{}, formulaErr("val takes a vector and an index")
		}
		i := int(args[1].num)
		if i < 0 || i >= len(args[0].vec) {
			return value{}, formulaErr("val: there is no value %d", i)
		}
		return number(args[0].vec[i]), nil
	}
	if len(flat) == 0 {
		return value{}, formulaErr("%s needs at least one value", e.text)
	}
	if n, ok := fold(e.text, flat); ok {
		return number(n), nil
	}
	return value{}, formulaErr("the function %s is not known", e.text)
}

func fold(name string, v []float64) (float64, bool) {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	mean := sum / float64(len(v))
	switch name {
	case "min":
		return slices.Min(v), true
	case "max":
		return slices.Max(v), true
	case "sum":
		return sum, true
	case "avg":
		return mean, true
	case "range":
		return slices.Max(v) - slices.Min(v), true
	case "std", "norm":
		squares := 0.0
		for _, x := range v {
			if name == "std" {
				x -= mean
			}
			squares += x * x
		}
		if name == "std" {
			squares /= float64(len(v))
		}
		return math.Sqrt(squares), true
	case "round":
		return math.Round(v[0]), true
	case "floor":
		return math.Floor(v[0]), true
	case "ceil":
		return math.Ceil(v[0]), true
	case "ln":
		return math.Log(v[0]), true
	case "lg":
		return math.Log2(v[0]), true
	case "percentile":
		if len(v) < 2 {
			return 0, false
		}
		values, p := slices.Sorted(slices.Values(v[:len(v)-1])), v[len(v)-1]
		return values[min(int(p/100*float64(len(values))), len(values)-1)], true
	}
	return 0, false
}

func (s *scope) time(args []value) (value, error) {
	if len(args) == 0 || args[0].text == "" {
		return value{kind: 't', when: s.now}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02", "01/02/2006"} {
		if t, err := time.Parse(layout, args[0].text); err == nil {
			return value{kind: 't', when: t}, nil
		}
	}
	return value{}, formulaErr("time: %q is not a time", args[0].text)
}

func (s *scope) member(e *expr) (value, error) {
	v, err := s.eval(e.args[0])
	if err != nil {
		return value{}, err
	}
	if v.kind == 't' {
		t := v.when.UTC()
		switch e.text {
		case "year":
			return number(float64(t.Year())), nil
		case "month":
			return number(float64(t.Month())), nil
		case "day":
			return number(float64(t.Day())), nil
		case "weekday":
			return number(float64(t.Weekday())), nil
		case "hour":
			return number(float64(t.Hour())), nil
		case "minute":
			return number(float64(t.Minute())), nil
		case "second":
			return number(float64(t.Second())), nil
		case "yearday":
			return number(float64(t.YearDay())), nil
		}
	}
	return value{}, formulaErr("%s has no %s", v, e.text)
}

// method reads the samples of a service-defined variable.
func (s *scope) method(e *expr) (value, error) {
	name := e.args[0].text
	if _, ok := s.current[name]; e.args[0].op != "name" || !ok {
		return value{}, formulaErr("%s has no samples", name)
	}
	var args []value
	for _, a := range e.args[1:] {
		v, err := s.eval(a)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	switch e.text {
	case "GetSample":
		return s.getSample(name, args)
	case "GetSamplePercent":
		vec, expected := s.window(name, args)
		if expected == 0 {
			return number(0), nil
		}
		return number(min(100, 100*float64(len(vec))/float64(expected))), nil
	case "GetSamplePeriod":
		return value{kind: 'i', num: float64(sampleInterval)}, nil
	case "Count":
		return number(float64(len(s.samples))), nil
	case "HistoryBeginTime":
		if len(s.samples) == 0 {
			return value{kind: 't', when: s.now}, nil
		}
		return value{kind: 't', when: s.samples[0].at}, nil
	}
	return value{}, formulaErr("%s has no method %s", name, e.text)
}

func (s *scope) getSample(name string, args []value) (value, error) {
	if len(args) == 0 {
		return value{}, formulaErr("GetSample needs a number of samples or a span of time")
	}
	if args[0].kind == 'n' {
		// A pool that was just made has no samples: the vector is empty, and
		// max(0, …) of it is 0, on which common formulas rely.
		n := max(0, int(min(args[0].num, float64(len(s.samples)))))
		v := value{kind: 'v'}
		for _, x := range s.samples[len(s.samples)-n:] {
			v.vec = append(v.vec, x.values[name])
		}
		return v, nil
	}
	percent := 0.0
	if last := args[len(args)-1]; len(args) > 1 && last.kind == 'n' {
		percent, args = last.num, args[:len(args)-1]
	}
	vec, expected := s.window(name, args)
	if len(vec) == 0 || float64(len(vec)) < percent/100*float64(expected) {
		return value{}, &formulaError{"InsufficientSampleData", "There are not enough samples of " + name + " in the span of time"}
	}
	return value{kind: 'v', vec: vec}, nil
}

// window is the samples of a span of time, and how many there should be. The
// span is given by its beginning, and its end (now): times, or intervals ago.
func (s *scope) window(name string, args []value) (vec []float64, expected int) {
	from, to := s.now, s.now
	for i, a := range args {
		t := a.when
		if a.kind != 't' {
			t = s.now.Add(-time.Duration(a.num))
		}
		if i == 0 {
			from = t
		} else {
			to = t
		}
	}
	if from.After(to) {
		from, to = to, from
	}
	for _, x := range s.samples {
		if !x.at.Before(from) && !x.at.After(to) {
			vec = append(vec, x.values[name])
		}
	}
	return vec, int(to.Sub(from) / sampleInterval)
}
