//go:build !linux

package node

func dropPages() {}
