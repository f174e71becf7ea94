package azblob

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// What the service allows.
const (
	mib       = int64(1) << 20
	maxBlocks = 50_000
	maxBlock  = 4000 * mib
	minBlock  = 8 * mib
	// MaxSize is the size of the largest blob there can be: 190.7 TiB.
	MaxSize = maxBlocks * maxBlock
)

// BlockSize is the size of the blocks in which a file of this size travels:
// 8 MiB, and more for files that would need over 45,000 of them. The service
// takes 50,000; the rest is for what is appended.
func BlockSize(size int64) int64 {
	for _, blocks := range []int64{45_000, maxBlocks} {
		n := (size + blocks - 1) / blocks
		n = (n + mib - 1) / mib * mib
		if n <= maxBlock {
			return max(minBlock, n)
		}
	}
	return maxBlock
}

// growing is the size of the n-th block of a file whose size is not known: it
// doubles every 6,250 blocks, so that 48 GiB go in blocks of 8 MiB and 12 TiB
// can be written at all.
func growing(n int) int64 {
	return min(minBlock<<(n/6250), maxBlock)
}

// ids makes the ids of blocks of one file: all of one length, as the service
// demands, and different from those of any other writer of the same file.
type ids struct{ prefix []byte }

// of is the id of the n-th block.
func (i ids) of(n int) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(append([]byte(nil), i.prefix...), uint32(n)))
}

func tooLarge(size int64) error {
	return fmt.Errorf("%d bytes are more than a blob can hold, which is %d", size, int64(MaxSize))
}

func decode(id string) ([]byte, error) { return base64.StdEncoding.DecodeString(id) }
