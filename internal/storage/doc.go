// Package storage is the contract between Nextflow paths and where files
// really are: the local disk, Azure blobs, web servers. Implementations live
// in directories below; the engine picks one by the scheme of a path.
//
// It knows nothing of scripts or tasks. Start with Storage.
package storage
