package batch

import (
	"encoding/json"
	"strings"
)

// The parts of pools, jobs and tasks as the data plane writes them. What we
// only hand back stays as it was sent.

type poolSpec struct {
	ID                  string            `json:"id"`
	DisplayName         string            `json:"displayName,omitempty"`
	VMSize              string            `json:"vmSize"`
	VM                  *vmSpec           `json:"virtualMachineConfiguration,omitempty"`
	TargetDedicated     *int              `json:"targetDedicatedNodes,omitempty"`
	TargetLowPriority   *int              `json:"targetLowPriorityNodes,omitempty"`
	EnableAutoScale     bool              `json:"enableAutoScale,omitempty"`
	Formula             string            `json:"autoScaleFormula,omitempty"`
	Interval            string            `json:"autoScaleEvaluationInterval,omitempty"`
	ResizeTimeout       string            `json:"resizeTimeout,omitempty"`
	StartTask           *taskSpec         `json:"startTask,omitempty"`
	Slots               *int              `json:"taskSlotsPerNode,omitempty"`
	Scheduling          *fillSpec         `json:"taskSchedulingPolicy,omitempty"`
	Network             *networkSpec      `json:"networkConfiguration,omitempty"`
	Metadata            []nameValue       `json:"metadata,omitempty"`
	Mounts              []mountSpec       `json:"mountConfiguration,omitempty"`
	UserAccounts        []userAccount     `json:"userAccounts,omitempty"`
	Packages            json.RawMessage   `json:"applicationPackageReferences,omitempty"`
	Certificates        json.RawMessage   `json:"certificateReferences,omitempty"`
	Tags                map[string]string `json:"resourceTags,omitempty"`
	UpgradePolicy       json.RawMessage   `json:"upgradePolicy,omitempty"`
	InterNode           bool              `json:"enableInterNodeCommunication,omitempty"`
	TargetCommunication string            `json:"targetNodeCommunicationMode,omitempty"`
}

type fillSpec struct {
	Fill string `json:"nodeFillType"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type networkSpec struct {
	Subnet      string          `json:"subnetId,omitempty"`
	Scope       string          `json:"dynamicVNetAssignmentScope,omitempty"`
	Endpoint    json.RawMessage `json:"endpointConfiguration,omitempty"`
	PublicIP    json.RawMessage `json:"publicIPAddressConfiguration,omitempty"`
	Accelerated *bool           `json:"enableAcceleratedNetworking,omitempty"`
}

type userAccount struct {
	Name      string          `json:"name"`
	Password  string          `json:"password,omitempty"` // taken, never shown
	Elevation string          `json:"elevationLevel,omitempty"`
	Linux     json.RawMessage `json:"linuxUserConfiguration,omitempty"`
	Windows   json.RawMessage `json:"windowsUserConfiguration,omitempty"`
}

type vmSpec struct {
	Image            imageRef        `json:"imageReference"`
	Agent            string          `json:"nodeAgentSKUId"`
	Container        *containerSpec  `json:"containerConfiguration,omitempty"`
	DataDisks        json.RawMessage `json:"dataDisks,omitempty"`
	Encryption       json.RawMessage `json:"diskEncryptionConfiguration,omitempty"`
	Extensions       json.RawMessage `json:"extensions,omitempty"`
	License          string          `json:"licenseType,omitempty"`
	Placement        json.RawMessage `json:"nodePlacementConfiguration,omitempty"`
	OSDisk           json.RawMessage `json:"osDisk,omitempty"`
	Security         json.RawMessage `json:"securityProfile,omitempty"`
	ServiceReference json.RawMessage `json:"serviceArtifactReference,omitempty"`
	Windows          json.RawMessage `json:"windowsConfiguration,omitempty"`
}

type imageRef struct {
	Publisher string `json:"publisher,omitempty"`
	Offer     string `json:"offer,omitempty"`
	SKU       string `json:"sku,omitempty"`
	Version   string `json:"version,omitempty"`
	ID        string `json:"virtualMachineImageId,omitempty"`
	Community string `json:"communityGalleryImageId,omitempty"`
	Shared    string `json:"sharedGalleryImageId,omitempty"`
	Exact     string `json:"exactVersion,omitempty"`
}

type containerSpec struct {
	Type       string         `json:"type"`
	Images     []string       `json:"containerImageNames,omitempty"`
	Registries []registrySpec `json:"containerRegistries,omitempty"`
}

type registrySpec struct {
	Server   string       `json:"registryServer,omitempty"`
	User     string       `json:"username,omitempty"`
	Password string       `json:"password,omitempty"` // taken, never shown
	Identity *identityRef `json:"identityReference,omitempty"`
}

type identityRef struct {
	ID string `json:"resourceId"`
}

func (r *identityRef) id() string {
	if r == nil {
		return ""
	}
	return r.ID
}

type mountSpec struct {
	Blob  *blobMount      `json:"azureBlobFileSystemConfiguration,omitempty"`
	Files json.RawMessage `json:"azureFileShareConfiguration,omitempty"`
	CIFS  json.RawMessage `json:"cifsMountConfiguration,omitempty"`
	NFS   json.RawMessage `json:"nfsMountConfiguration,omitempty"`
}

type blobMount struct {
	Account   string       `json:"accountName"`
	Container string       `json:"containerName"`
	Path      string       `json:"relativeMountPath"`
	Key       string       `json:"accountKey,omitempty"` // taken, never shown
	SAS       string       `json:"sasKey,omitempty"`     // taken, never shown
	Options   string       `json:"blobfuseOptions,omitempty"`
	Identity  *identityRef `json:"identityReference,omitempty"`
}

// taskSpec is a task of any kind: start task, job preparation and release
// task, and those of a job.
type taskSpec struct {
	ID          string             `json:"id,omitempty"`
	DisplayName string             `json:"displayName,omitempty"`
	Line        string             `json:"commandLine"`
	Container   *containerSettings `json:"containerSettings,omitempty"`
	Resources   []resourceFile     `json:"resourceFiles,omitempty"`
	Outputs     []outputFile       `json:"outputFiles,omitempty"`
	Environment []nameValue        `json:"environmentSettings,omitempty"`
	User        json.RawMessage    `json:"userIdentity,omitempty"`
	Constraints *taskConstraints   `json:"constraints,omitempty"`
	Slots       *int               `json:"requiredSlots,omitempty"`
	Wait        *bool              `json:"waitForSuccess,omitempty"`
	Rerun       *bool              `json:"rerunOnNodeRebootAfterSuccess,omitempty"`
	Retries     *int               `json:"maxTaskRetryCount,omitempty"` // of a start task
	Wall        string             `json:"maxWallClockTime,omitempty"`  // of a release task
	Retention   string             `json:"retentionTime,omitempty"`     // of a release task
	Affinity    json.RawMessage    `json:"affinityInfo,omitempty"`
	Packages    json.RawMessage    `json:"applicationPackageReferences,omitempty"`
	Tokens      json.RawMessage    `json:"authenticationTokenSettings,omitempty"`
	DependsOn   json.RawMessage    `json:"dependsOn,omitempty"`
	Exit        json.RawMessage    `json:"exitConditions,omitempty"`
	Multi       json.RawMessage    `json:"multiInstanceSettings,omitempty"`
}

type taskConstraints struct {
	Retries   *int   `json:"maxTaskRetryCount,omitempty"`
	Wall      string `json:"maxWallClockTime,omitempty"`
	Retention string `json:"retentionTime,omitempty"`
}

type containerSettings struct {
	Image    string          `json:"imageName"`
	Options  string          `json:"containerRunOptions,omitempty"`
	Registry *registrySpec   `json:"registry,omitempty"`
	Dir      string          `json:"workingDirectory,omitempty"`
	Mounts   json.RawMessage `json:"containerHostBatchBindMounts,omitempty"`
}

type resourceFile struct {
	HTTP      string       `json:"httpUrl,omitempty"`
	Container string       `json:"storageContainerUrl,omitempty"`
	Auto      string       `json:"autoStorageContainerName,omitempty"`
	Prefix    string       `json:"blobPrefix,omitempty"`
	Path      string       `json:"filePath,omitempty"`
	Mode      string       `json:"fileMode,omitempty"`
	Identity  *identityRef `json:"identityReference,omitempty"`
}

type outputFile struct {
	Pattern     string `json:"filePattern"`
	Destination struct {
		Container *struct {
			URL      string          `json:"containerUrl"`
			Path     string          `json:"path,omitempty"`
			Identity *identityRef    `json:"identityReference,omitempty"`
			Headers  json.RawMessage `json:"uploadHeaders,omitempty"`
		} `json:"container,omitempty"`
	} `json:"destination"`
	Upload struct {
		Condition string `json:"uploadCondition"`
	} `json:"uploadOptions"`
}

type jobSpec struct {
	ID          string          `json:"id"`
	DisplayName string          `json:"displayName,omitempty"`
	Pool        poolInfo        `json:"poolInfo"`
	Priority    int             `json:"priority"`
	MaxParallel *int            `json:"maxParallelTasks,omitempty"`
	Preemption  *bool           `json:"allowTaskPreemption,omitempty"`
	Constraints *jobConstraints `json:"constraints,omitempty"`
	OnComplete  string          `json:"onAllTasksComplete,omitempty"`
	OnFailure   string          `json:"onTaskFailure,omitempty"`
	Metadata    []nameValue     `json:"metadata,omitempty"`
	Environment []nameValue     `json:"commonEnvironmentSettings,omitempty"`
	Prep        *taskSpec       `json:"jobPreparationTask,omitempty"`
	Release     *taskSpec       `json:"jobReleaseTask,omitempty"`
	Manager     json.RawMessage `json:"jobManagerTask,omitempty"`
	Network     json.RawMessage `json:"networkConfiguration,omitempty"`
	Depends     bool            `json:"usesTaskDependencies,omitempty"`
}

type poolInfo struct {
	PoolID string          `json:"poolId,omitempty"`
	Auto   json.RawMessage `json:"autoPoolSpecification,omitempty"`
}

type jobConstraints struct {
	Wall    string `json:"maxWallClockTime,omitempty"`
	Retries *int   `json:"maxTaskRetryCount,omitempty"`
}

// shown is the specification as a GET gives it: without secrets, which Azure
// takes and never gives back.
func (p poolSpec) shown() poolSpec {
	if p.VM != nil && p.VM.Container != nil {
		vm, c := *p.VM, *p.VM.Container
		c.Registries = nil
		for _, r := range p.VM.Container.Registries {
			r.Password = ""
			c.Registries = append(c.Registries, r)
		}
		vm.Container = &c
		p.VM = &vm
	}
	mounts := p.Mounts
	p.Mounts = nil
	for _, m := range mounts {
		if m.Blob != nil {
			b := *m.Blob
			b.Key, b.SAS = "", ""
			m.Blob = &b
		}
		p.Mounts = append(p.Mounts, m)
	}
	users := p.UserAccounts
	p.UserAccounts = nil
	for _, u := range users {
		u.Password = ""
		p.UserAccounts = append(p.UserAccounts, u)
	}
	return p
}

// validID says whether an id is one that Batch takes.
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
}

func badID(what, id string) *failure {
	return badValue("id", id, "the id of a %s has 1 to 64 letters, digits, hyphens and underscores", what)
}
