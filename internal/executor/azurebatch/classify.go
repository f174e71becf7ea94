package azurebatch

import (
	"strings"
	"time"

	"sluice/internal/node"
)

// A class is what is made of a task that ended.
type class uint8

const (
	byItself class = iota // its exit status counts
	killed                // by us
	overtime              // by its time limit
	misset                // goes wrong everywhere until somebody mends it
	infra                 // may go well when it is added again
	broken                // the task is at fault, and it has no exit status: no such image
	stopped               // somebody else ended it
)

// An ending is what is known of how a task ended.
type ending struct {
	Exit      *int // nil: nothing ran, or it was ended from outside
	Category  string
	Code      string // failureInfo
	Message   string
	Container string // what the container engine said
	Fault     *node.Fault
	Mute      bool   // our program did not start: it would have left an exit status
	LastWords string // then, what the service kept of its output
	Killed    bool   // we asked for it
	JobEnded  bool   // its job was ended, by its lease or by hand
	Ran       time.Duration
	Limit     time.Duration // directive time; 0 is none
}

// Codes of failureInfo that say that an identity, a role or the network is
// not as it must be.
var configCodes = map[string]bool{
	"BlobAccessDenied": true, "ResourceContainerAccessDenied": true, "ResourceContainerListMiscError": true,
	"BlobListMiscError": true, "ContainerRegistryAccessDenied": true, "ContainerPoolNotSupported": true,
	"BlobNotFound": true, "ResourceContainerNotFound": true,
}

// Codes of failureInfo of faults that pass.
var infraCodes = map[string]bool{
	"BlobDownloadTimedOut": true, "BlobDownloadMiscError": true, "ResourceContainerListTimedOut": true,
	"DiskFull": true, "NodePreempted": true, "NodeLost": true, "NodeUnusable": true, "OutputFileUploadTimedOut": true,
	"OutputFileUploadMiscError": true, "ApplicationPackageError": true, "ComputeNodeUnavailable": true,
	"BlobDownloadTimeout": true, "TaskPreempted": true,
}

// slack is how much a task may end before its limit by the clocks, and have
// been ended by it.
const slack = 3 * time.Second

// classify decides what is made of a task that ended.
func classify(x ending) class {
	late := x.Limit > 0 && x.Ran >= x.Limit-slack
	switch {
	case x.Killed:
		return killed
	case x.Fault != nil && x.Fault.Class == node.ClassConfig && x.Exit != nil && *x.Exit != 0:
		return misset
	case x.Fault != nil && x.Fault.Class == node.ClassInfra && x.Exit != nil && *x.Exit != 0:
		return infra
	case x.Exit != nil && *x.Exit == 0:
		return byItself
	case x.Mute:
		return infra // the next node may have it, or may run it
	case x.Code == "TaskEnded" && late:
		return overtime
	case x.Code == "TaskEnded" && x.JobEnded:
		return infra
	case x.Code == "TaskEnded":
		return stopped
	case isPull(x.Code):
		return pullFault(x)
	// What the storage refuses comes in different codes, as the user's fault.
	case x.Category == "usererror" && strings.HasSuffix(x.Code, "MiscError"):
		return misset
	case configCodes[x.Code], strings.HasSuffix(x.Code, "ListMiscError"):
		return misset
	case infraCodes[x.Code], strings.HasSuffix(x.Code, "TimedOut"), x.Category == "servererror":
		return infra
	case x.Exit != nil:
		return byItself // also 111 and 112: a script may end with them
	case x.Category == "usererror":
		return broken
	}
	return infra // it ended, and nobody knows why
}

// isPull says whether a failure is one of getting or starting an image.
func isPull(code string) bool {
	return strings.Contains(code, "Pull") || strings.Contains(code, "ContainerImage") || strings.Contains(code, "ContainerInvalid") || code == "ContainerCreateFailed"
}

// pullFault tells the causes of a failed pull apart. The codes are not
// written anywhere, so what the registry said counts as well: it is quoted
// from the protocol of registries, whose words are fixed.
func pullFault(x ending) class {
	said := strings.ToLower(x.Code + " " + x.Message + " " + x.Container)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("unauthorized", "denied", "forbidden", "authentication required", "accessdenied"):
		return misset
	case has("not found", "notfound", "manifest unknown", "name unknown", "invalid reference", "containerinvalidimage", "no such image"):
		return broken
	}
	return infra
}
