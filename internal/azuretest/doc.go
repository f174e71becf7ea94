// Package azuretest lends tests what others made for Azure: Azurite, a Blob
// service, and azcopy, the usual copy tool. `make test` installs both by the
// lock file in tools/azure, outside the tree. Where they are missing a test is
// skipped with a line that says so; with CI=true it fails.
//
// Start with Azurite and Azcopy. It is imported by tests, and by bench.
package azuretest
