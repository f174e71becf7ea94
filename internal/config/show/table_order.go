package show

import "unicode/utf16"

// tableOrder is the order in which java.util.Properties lists the keys that
// were put in the given order. It follows the hash table of Java 17: chains
// in a table whose size doubles, with the order of chains that a doubling
// leaves.
func tableOrder(keys []string) []string {
	t := hashTable{bins: make([][]hashKey, 16)}
	for _, k := range keys {
		t.put(k)
	}
	order := make([]string, 0, len(keys))
	for _, bin := range t.bins {
		for _, k := range bin {
			order = append(order, k.name)
		}
	}
	return order
}

type hashKey struct {
	name string
	hash uint32
}

type hashTable struct {
	bins  [][]hashKey
	count int
}

// spread is String.hashCode with its upper half mixed in.
func spread(s string) uint32 {
	var h uint32
	for _, u := range utf16.Encode([]rune(s)) {
		h = 31*h + uint32(u)
	}
	return (h ^ h>>16) & 0x7fffffff
}

func (t *hashTable) put(name string) {
	k := hashKey{name, spread(name)}
	i := int(k.hash) & (len(t.bins) - 1)
	t.bins[i] = append(t.bins[i], k)
	t.count++
	if n := len(t.bins); t.count >= n-n>>2 {
		t.double()
	}
}

// double splits each chain in two. The longest run at the end of a chain that
// stays together keeps its order; what is before it goes to the front one by
// one, and so ends in the opposite order.
func (t *hashTable) double() {
	n := len(t.bins)
	next := make([][]hashKey, 2*n)
	for i, bin := range t.bins {
		last := len(bin)
		for last > 1 && bin[last-2].hash&uint32(n) == bin[len(bin)-1].hash&uint32(n) {
			last--
		}
		if last > 0 {
			last--
		}
		var low, high []hashKey
		for _, k := range bin[last:] {
			if k.hash&uint32(n) == 0 {
				low = append(low, k)
			} else {
				high = append(high, k)
			}
		}
		for _, k := range bin[:last] {
			if k.hash&uint32(n) == 0 {
				low = append([]hashKey{k}, low...)
			} else {
				high = append([]hashKey{k}, high...)
			}
		}
		next[i], next[i+n] = low, high
	}
	t.bins = next
}
