// Package local is the storage of this machine's disk. Relative names start
// at a directory given once, the launch directory.
package local
