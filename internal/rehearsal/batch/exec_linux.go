package batch

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// endAll ends the processes that have a variable in their environment: those
// of a task, whatever groups and sessions they made. A container or a control
// group does that on a node of Azure.
func endAll(variable string) {
	for range 10 { // one may have just made another
		if !endOnce([]byte(variable)) {
			return
		}
	}
}

func endOnce(variable []byte) (some bool) {
	list, err := os.ReadDir("/proc")
	if err != nil {
		return false
	}
	for _, entry := range list {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		env, err := os.ReadFile("/proc/" + entry.Name() + "/environ")
		if err != nil {
			continue // it ended, or is somebody else's
		}
		for v := range bytes.SplitSeq(env, []byte{0}) {
			if bytes.Equal(v, variable) {
				some = syscall.Kill(pid, syscall.SIGKILL) == nil || some
				break
			}
		}
	}
	return some
}
