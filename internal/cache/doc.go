// Package cache is what a run leaves for -resume, log and clean: the tasks it
// ran, in order, and what is needed to take one up again.
//
//	.nextflow/cache/<session>/
//	├── journal    records, appended and never changed
//	└── lock       held by the run that writes; names its process and host
//
// The journal:
//
//	"sluicej\x01"                            8 bytes, last one the version
//	┌────────┬────────┬────────┬──────┬─────────┐
//	│ marker │ length │ crc32c │ kind │ payload │  repeated
//	│   4    │   4    │   4    │  1   │ length  │  little endian
//	└────────┴────────┴────────┴──────┴─────────┘
//
// The checksum covers length, kind and payload; a payload starts with the
// version of its own encoding.
//
// Why an append-only file and not a key-value store: any number of readers may
// look at it while a run is live, without a lock and without its help; a
// process killed at any byte costs at most the record it was writing; a
// damaged record is found by its checksum and costs only itself, as reading
// goes on at the next marker; a write is one system call. The index from hash
// to place is built when the file is opened, which is cheaper than keeping one
// on disk right.
//
// Start with Open (to write) and OpenReader (to look).
package cache
