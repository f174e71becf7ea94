package azurebatch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"syscall"
)

// machineID is the same for processes that see each other by their ids: the
// same boot of the same machine, the same name space. "" is not known.
func machineID() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	h := sha256.Sum256(append(boot, space...))
	return hex.EncodeToString(h[:8])
}

// deadHere says whether a head ran where we do and has ended.
func deadHere(meta map[string]string) bool {
	pid, err := strconv.Atoi(meta[metaPID])
	if err != nil || pid <= 0 || meta[metaMachine] == "" || meta[metaMachine] != machineID() {
		return false
	}
	return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
