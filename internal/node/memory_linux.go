package node

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// dropPages gives back the pages of the program's file that are only read. It
// costs some microseconds; where it is not permitted nothing is lost.
func dropPages() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if start, end, ok := readOnly(lines.Text(), self); ok {
			// Of a file, unchanged: the next access reads it again.
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, start, end-start, syscall.MADV_DONTNEED)
		}
	}
}

// readOnly reads a line of /proc/self/maps: start-end mode offset device inode file.
func readOnly(line, file string) (start, end uintptr, ok bool) {
	var mode string
	if n, err := fmt.Sscanf(line, "%x-%x %s", &start, &end, &mode); n != 3 || err != nil {
		return 0, 0, false
	}
	return start, end, strings.HasSuffix(line, " "+file) && strings.HasPrefix(mode, "r") && mode[1] == '-' && strings.HasSuffix(mode, "p")
}
