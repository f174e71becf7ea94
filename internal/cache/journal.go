package cache

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	magic      = "sluicej\x01"
	marker     = "\xa7slJ"
	headerSize = 13
	// maxPayload bounds a record, so that a damaged length is seen as such.
	maxPayload = 64 << 20
)

// kind says what a record holds. Values are on disk: never reuse one.
type kind uint8

const (
	kindTask kind = 1 + iota
	kindRunStart
	kindRunEnd
	kindRunRemoved
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord puts one record at the end of b.
func appendRecord(b []byte, k kind, payload []byte) ([]byte, error) {
	if len(payload) > maxPayload {
		return b, fmt.Errorf("record of %d bytes is larger than %d", len(payload), maxPayload)
	}
	start := len(b)
	b = append(b, marker...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	b = append(b, 0, 0, 0, 0, byte(k))
	b = append(b, payload...)
	binary.LittleEndian.PutUint32(b[start+8:], checksum(b[start:]))
	return b, nil
}

// checksum covers a record without its marker and the checksum itself.
func checksum(record []byte) uint32 {
	sum := crc32.Update(0, castagnoli, record[4:8])
	return crc32.Update(sum, castagnoli, record[12:])
}

// readRecord takes the record at the start of b; ok is false when there is no
// whole and sound one.
func readRecord(b []byte) (k kind, payload []byte, size int, ok bool) {
	if len(b) < headerSize || string(b[:4]) != marker {
		return 0, nil, 0, false
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n > maxPayload || int(n) > len(b)-headerSize {
		return 0, nil, 0, false
	}
	size = headerSize + int(n)
	if checksum(b[:size]) != binary.LittleEndian.Uint32(b[8:]) {
		return 0, nil, 0, false
	}
	return kind(b[12]), b[headerSize:size], size, true
}

// damage is a stretch of the journal that holds no record.
type damage struct {
	offset, size int64
	torn         bool // nothing sound follows: the end was never written
}

// scan walks the records of a journal. After a damaged one it goes on at the
// next sound one. end is where the last sound record ends.
func scan(data []byte, record func(offset int64, k kind, payload []byte)) (end int64, bad []damage) {
	pos := len(magic)
	for pos < len(data) {
		k, payload, size, ok := readRecord(data[pos:])
		if ok {
			record(int64(pos), k, payload)
			pos += size
			continue
		}
		next := nextRecord(data, pos+1)
		bad = append(bad, damage{offset: int64(pos), size: int64(next - pos), torn: next == len(data)})
		if next == len(data) {
			return int64(pos), bad
		}
		pos = next
	}
	return int64(pos), bad
}

func nextRecord(data []byte, from int) int {
	for from < len(data) {
		i := bytes.Index(data[from:], []byte(marker))
		if i < 0 {
			break
		}
		if _, _, _, ok := readRecord(data[from+i:]); ok {
			return from + i
		}
		from += i + 1
	}
	return len(data)
}
