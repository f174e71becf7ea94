// Package azblob keeps files in Azure Blob storage: storage.Storage over the
// blobs of one account. Names are "container/path"; what has `/` in its path
// is in directories, which are nothing but prefixes. An empty directory is a
// marker: a blob of no bytes with the metadata hdi_isfolder=true, or with `/`
// at the end of its name, as several tools write them.
//
// Files appear when they are closed, whole or not at all. Large ones travel
// in blocks, several at a time; a broken transfer goes on where it stopped,
// and never mixes two versions of a file. Copies are made by the service.
//
// It makes no credential: the client that is handed in has one. Nothing here
// reads or makes keys or signatures.
//
// Start with New; what a failure means is said by Error.
package azblob
