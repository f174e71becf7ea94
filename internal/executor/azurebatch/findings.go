package azurebatch

import "sluice/internal/azure"

// Ids of findings, as the table of package azure has them.
const (
	findingCredential   = "AZ001"
	findingSystem       = "AZ101"
	findingAssign       = "AZ103"
	findingAttached     = "AZ105" // the pool lacks the identity
	findingIdentity     = "AZ105" // a node lacks it
	findingNoIdentity   = "AZ107"
	findingSeveral      = "AZ108"
	findingStorageRole  = "AZ201" // a node may not read or write blobs
	findingFirewall     = "AZ203" // the storage account does not let a node in
	findingImage        = "AZ210" // a node may not pull an image
	findingVault        = "AZ211" // a node may not read a secret
	findingPoolQuota    = "AZ304"
	findingJobQuota     = "AZ305"
	findingPoolWait     = "AZ306" // quota or capacity, for longer than maxPoolWait
	findingDenied       = "AZ308" // the head lacks a role on the Batch account
	findingMachine      = "AZ401"
	findingPool         = "AZ501" // no such pool, and none may be made
	findingPoolState    = "AZ502"
	findingNoContainers = "AZ503"
	findingNodes        = "AZ504" // nodes do not come up
	findingProgram      = "AZ601" // azcopy
	findingSpot         = "AZ307"
	findingCall         = "AZ801"
	findingOther        = "AZ802" // on a node, of no kind that we know
)

// newFinding is a finding about a pool, without more to say.
func newFinding(id, what string) error {
	return &azure.FindingError{Finding: azure.Finding{ID: id, Check: 5, What: what}}
}
