package local

import "syscall"

// errCrossDevice is a rename between file systems.
const errCrossDevice = syscall.EXDEV
