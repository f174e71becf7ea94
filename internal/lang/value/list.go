package value

// A List is a Java list. Kind tells ArrayList (the zero value), tuple and bag
// apart where scripts can see it.
type List struct {
	Elems []Value
	Kind  ListKind
}

// ListKind is which Java list class a List stands for.
type ListKind uint8

const (
	ArrayList ListKind = iota
	Tuple
	Bag       // unordered: equal to another bag whatever the order
	Blank     // several staged files: prints with blanks between, as a shell wants them
	Immutable // changes throw UnsupportedOperationException
	LinkedList
	ArrayDeque
	Stack
	Vector
	PriorityQueue // a heap; the least element is the first
	Fixed         // Arrays.asList: elements can be set, but none added or removed
)

// NewList takes ownership of elems.
func NewList(elems ...Value) *List { return &List{Elems: elems} }

// Class tells lists, tuples and bags apart.
func (l *List) Class() *Class {
	switch l.Kind {
	case Tuple:
		return TupleClass
	case Bag:
		return BagClass
	case Blank:
		return BlankListClass
	case LinkedList:
		return LinkedListClass
	case ArrayDeque:
		return ArrayDequeClass
	case Stack:
		return StackClass
	case Vector:
		return VectorClass
	case PriorityQueue:
		return PriorityQueueClass
	case Fixed:
		return FixedListClass
	}
	return ArrayListClass
}

func (l *List) Len() int    { return len(l.Elems) }
func (l *List) Truth() bool { return len(l.Elems) > 0 }

// Iterate walks the elements; appending meanwhile is seen, as Go slices do not
// move under an index.
func (l *List) Iterate(yield func(Value) bool) {
	for i := 0; i < len(l.Elems); i++ {
		if !yield(l.Elems[i]) {
			return
		}
	}
}

// Elements copies what v iterates over; ok is false when v cannot be walked.
// A List's own slice is returned without copying: do not change it.
func Elements(v Value) (elems []Value, ok bool) {
	if l, isList := v.(*List); isList {
		return l.Elems, true
	}
	it, ok := v.(Iterable)
	if !ok {
		return nil, false
	}
	if s, isSized := v.(Sized); isSized {
		elems = make([]Value, 0, s.Len())
	}
	it.Iterate(func(e Value) bool { elems = append(elems, e); return true })
	return elems, true
}

// IsCollection says whether v is a list, set or range: what `flatten` opens.
func IsCollection(v Value) bool {
	return v != nil && v.Class().Is(CollectionClass)
}

// A Range is `from..to`, ascending or descending, of integers or of
// single characters (Chars). It is a read-only list.
type Range struct {
	From, To  int64 // both inclusive once built; an empty range has Empty set
	Reverse   bool
	Empty     bool
	Chars     bool // elements print as one-character strings
	Exclusive bool // written `..<`; for printing only
	Long      bool // elements are Long rather than Integer
}

// Class tells ranges of numbers and of characters apart.
func (r *Range) Class() *Class {
	if r.Chars {
		return ObjectRangeClass
	}
	return IntRangeClass
}

func (r *Range) Len() int {
	if r.Empty {
		return 0
	}
	if r.Reverse {
		return int(r.From - r.To + 1)
	}
	return int(r.To - r.From + 1)
}

func (r *Range) Truth() bool { return r.Len() > 0 }

// At is the i-th element, from 0.
func (r *Range) At(i int) Value {
	n := r.From + int64(i)
	if r.Reverse {
		n = r.From - int64(i)
	}
	switch {
	case r.Chars:
		return String(rune(n))
	case r.Long:
		return Long(n)
	}
	return Int(n)
}

func (r *Range) Iterate(yield func(Value) bool) {
	for i, n := 0, r.Len(); i < n; i++ {
		if !yield(r.At(i)) {
			return
		}
	}
}
