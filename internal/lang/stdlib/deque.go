package stdlib

import "sluice/internal/lang/value"

// queueMethods are those of LinkedList, ArrayDeque and PriorityQueue.
func queueMethods() []def {
	return []def{
		{"offer", "element", "adds an element", func(c call) (value.Value, error) { return value.True, c.enqueue(c.arg(0)) }},
		{"add", "element", "adds an element", func(c call) (value.Value, error) { return value.True, c.enqueue(c.arg(0)) }},
		{"leftShift", "element", "adds an element and returns the queue", func(c call) (value.Value, error) { return c.recv, c.enqueue(c.arg(0)) }},
		{"poll", "", "removes the first element and returns it, null if there is none", func(c call) (value.Value, error) { return c.takeEnd(false, false) }},
		{"remove", "", "removes the first element and returns it", func(c call) (value.Value, error) { return c.takeEnd(false, true) }},
		{"peek", "", "is the first element, null if there is none", func(c call) (value.Value, error) { return c.seeEnd(false, false) }},
		{"element", "", "is the first element", func(c call) (value.Value, error) { return c.seeEnd(false, true) }},
	}
}

// dequeMethods are those of both ends.
func dequeMethods() []def {
	return []def{
		{"addFirst", "element", "puts an element before the others", func(c call) (value.Value, error) { return nil, c.insert(0, c.arg(0)) }},
		{"addLast", "element", "puts an element after the others", func(c call) (value.Value, error) { return nil, c.enqueue(c.arg(0)) }},
		{"offerFirst", "element", "puts an element before the others", func(c call) (value.Value, error) { return value.True, c.insert(0, c.arg(0)) }},
		{"offerLast", "element", "puts an element after the others", func(c call) (value.Value, error) { return value.True, c.enqueue(c.arg(0)) }},
		{"push", "element", "puts an element before the others", func(c call) (value.Value, error) { return nil, c.insert(0, c.arg(0)) }},
		{"pop", "", "removes the first element and returns it", func(c call) (value.Value, error) { return c.takeEnd(false, true) }},
		{"getFirst", "", "is the first element", func(c call) (value.Value, error) { return c.seeEnd(false, true) }},
		{"getLast", "", "is the last element", func(c call) (value.Value, error) { return c.seeEnd(true, true) }},
		{"peekFirst", "", "is the first element, null if there is none", func(c call) (value.Value, error) { return c.seeEnd(false, false) }},
		{"peekLast", "", "is the last element, null if there is none", func(c call) (value.Value, error) { return c.seeEnd(true, false) }},
		{"pollFirst", "", "removes the first element and returns it, null if there is none", func(c call) (value.Value, error) { return c.takeEnd(false, false) }},
		{"pollLast", "", "removes the last element and returns it, null if there is none", func(c call) (value.Value, error) { return c.takeEnd(true, false) }},
		{"removeFirst", "", "removes the first element and returns it", func(c call) (value.Value, error) { return c.takeEnd(false, true) }},
		{"removeLast", "", "removes the last element and returns it", func(c call) (value.Value, error) { return c.takeEnd(true, true) }},
		{"descendingIterator", "", "walks the elements, last first", func(c call) (value.Value, error) { return &Iterator{list: reversed(elems(c.recv))}, nil }},
	}
}

// stackMethods are those of java.util.Stack, whose top is its end.
func stackMethods() []def {
	return []def{
		{"push", "element", "puts an element on top and returns it", func(c call) (value.Value, error) { return c.arg(0), c.enqueue(c.arg(0)) }},
		{"pop", "", "removes the element on top and returns it", func(c call) (value.Value, error) {
			if c.recv.(value.Sized).Len() == 0 {
				return nil, value.Throw("java.util.EmptyStackException", "")
			}
			return c.takeEnd(true, true)
		}},
		{"peek", "", "is the element on top", func(c call) (value.Value, error) {
			if c.recv.(value.Sized).Len() == 0 {
				return nil, value.Throw("java.util.EmptyStackException", "")
			}
			return c.seeEnd(true, true)
		}},
		{"empty", "", "says whether there is no element", func(c call) (value.Value, error) {
			return value.Bool(c.recv.(value.Sized).Len() == 0), nil
		}},
		{"search", "element", "is the distance from the top, 1 being the top, -1 when not there", func(c call) (value.Value, error) {
			list := reversed(elems(c.recv))
			if i := indexKey(list, c.arg(0)); i >= 0 {
				return value.Int(i + 1), nil
			}
			return value.Int(-1), nil
		}},
	}
}

func (c call) enqueue(e value.Value) error {
	l, err := c.mutableList()
	if err != nil {
		return err
	}
	if e == nil && (l.Kind == value.ArrayDeque || l.Kind == value.PriorityQueue) {
		return value.Throw("java.lang.NullPointerException", "")
	}
	l.Elems = append(l.Elems, e)
	if l.Kind == value.PriorityQueue {
		siftUp(l.Elems, len(l.Elems)-1)
	}
	return nil
}

// seeEnd is the first or last element; must says that there has to be one.
func (c call) seeEnd(last, must bool) (value.Value, error) {
	list, _ := value.Elements(c.recv)
	if len(list) == 0 {
		if must {
			return nil, value.Throw("java.util.NoSuchElementException", "")
		}
		return nil, nil
	}
	if last {
		return list[len(list)-1], nil
	}
	return list[0], nil
}

func (c call) takeEnd(last, must bool) (value.Value, error) {
	v, err := c.seeEnd(last, must)
	l, ok := c.recv.(*value.List)
	if err != nil || !ok || len(l.Elems) == 0 {
		return nil, err
	}
	if l.Kind == value.PriorityQueue {
		n := len(l.Elems) - 1
		l.Elems[0] = l.Elems[n]
		l.Elems = l.Elems[:n]
		siftDown(l.Elems, 0)
		return v, nil
	}
	if last {
		l.Elems = l.Elems[:len(l.Elems)-1]
		return v, nil
	}
	removeIndex(l, 0)
	return v, nil
}

// The heap of a PriorityQueue is laid out as Java's, which printing shows.

func heapify(l *value.List) {
	for i := len(l.Elems)/2 - 1; i >= 0; i-- {
		siftDown(l.Elems, i)
	}
}

func siftUp(heap []value.Value, i int) {
	e := heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if order(e, heap[parent]) >= 0 {
			break
		}
		heap[i] = heap[parent]
		i = parent
	}
	heap[i] = e
}

func siftDown(heap []value.Value, i int) {
	if len(heap) == 0 {
		return
	}
	e := heap[i]
	for i < len(heap)/2 {
		child := 2*i + 1
		if child+1 < len(heap) && order(heap[child], heap[child+1]) > 0 {
			child++
		}
		if order(e, heap[child]) <= 0 {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = e
}
