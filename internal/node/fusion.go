package node

import (
	"strconv"
	"strings"

	"sluice/internal/task"
	"sluice/internal/workdir"
)

// FusionOptions are the options that the container of a task needs so that
// Fusion can mount the storage in it.
const FusionOptions = "--privileged"

// FusionPath is where Fusion has a file of the storage account:
// az://container/path is /fusion/az/container/path.
func FusionPath(uri string) string { return workdir.FusionPath(uri) }

// A Fusion is what Fusion is to be told. It is a program of others: the image
// must have it as /usr/bin/fusion, and it asks for a licence of its own, which
// comes from the user's environment and never from here.
type Fusion struct {
	WorkDir     string // of the run: az://container/work
	Account     string // name of the storage account
	ClientID    string // of the nodes' identity
	SluiceSHA   string // of the program, which fetches values of the key vault
	Tags        string // of blobs; "" = Fusion's default: [.command.*|.exitcode|.fusion.*](nextflow.io/metadata=true),[*](nextflow.io/temporary=true)
	NoTags      bool
	LogOutput   string
	LogLevel    string
	CacheSizeMB int64
}

const fusionTags = "[.command.*|.exitcode|.fusion.*](nextflow.io/metadata=true),[*](nextflow.io/temporary=true)"

// FusionEnvironment is what tasks need besides Environment. No signature is
// among it: Fusion asks the identity endpoint itself.
func FusionEnvironment(f Fusion) []task.EnvVar {
	var out []task.EnvVar
	set := func(name, value string) {
		if value != "" {
			out = append(out, task.EnvVar{Name: name, Value: value})
		}
	}
	set("FUSION_WORK", FusionPath(strings.TrimRight(f.WorkDir, "/")))
	set("AZURE_STORAGE_ACCOUNT", f.Account)
	set("FUSION_AZ_MSI_CLIENT_ID", f.ClientID)
	set("SLUICE_SHA", f.SluiceSHA)
	if !f.NoTags {
		tags := f.Tags
		if tags == "" {
			tags = fusionTags
		}
		set("FUSION_TAGS", tags)
	}
	set("FUSION_LOG_OUTPUT", f.LogOutput)
	set("FUSION_LOG_LEVEL", f.LogLevel)
	if f.CacheSizeMB > 0 {
		set("FUSION_CACHE_SIZE", strconv.FormatInt(f.CacheSizeMB, 10)+"M")
	}
	return out
}
