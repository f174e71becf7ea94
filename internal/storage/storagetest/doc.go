// Package storagetest is the contract of storage.Storage as tests: every
// implementation runs Run from its own.
package storagetest
