package node

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// Names of the resource files that the job preparation task downloads into
// its working directory, as the commands here expect them.
const (
	ProgramFile = "sluice"
	AzCopyFile  = "azcopy"
)

// MinAzCopy is the first release of azcopy whose logins work for all kinds of
// identities.
const MinAzCopy = "10.25"

// A Prep is what the job preparation task brings to a node.
type Prep struct {
	SluiceSHA string // SHA-256 of the program, hexadecimal
	AzCopySHA string // of azcopy, which is brought too; "" for none
	AzCopy    bool   // azcopy is wanted: the one brought, else one that the node has
	MinAzCopy string // "" = MinAzCopy
	Isolate   bool   // containers must not reach the identity endpoint
}

// PrepCommand is the command line of the job preparation task, which runs on
// the host. The program is checked before it is started for the first time.
func PrepCommand(p Prep) string {
	args := []string{"--sha256", p.SluiceSHA}
	if p.AzCopy || p.AzCopySHA != "" {
		least := p.MinAzCopy
		if least == "" {
			least = MinAzCopy
		}
		args = append(args, "--azcopy", least)
	}
	if p.AzCopySHA != "" {
		args = append(args, "--azcopy-sha256", p.AzCopySHA)
	}
	if p.Isolate {
		args = append(args, "--isolate")
	}
	return shell(`set -eu; echo "` + p.SluiceSHA + `  ` + ProgramFile + `" | sha256sum -c - || exit ` + strconv.Itoa(ExitInfra) +
		`; chmod +x ` + ProgramFile + `; exec ./` + ProgramFile + ` node prep ` + strings.Join(args, " "))
}

// A TaskRef says which task to run.
type TaskRef struct {
	WorkDir string // az://container/work/ab/<30 hex>
	Fusion  bool   // the work directory is mounted by Fusion: no copies
}

// TaskCommand is the command line of a task. sha is that of the program.
func TaskCommand(sha string, t TaskRef) string {
	if t.Fusion {
		return "/usr/bin/fusion bash " + container.Quote(FusionPath(t.WorkDir)+"/.command.run")
	}
	return shell(`exec ` + program(sha) + ` node run ` + plainURI(t.WorkDir))
}

// A Probe is what a probe task tries.
type Probe struct {
	WorkDir    string   // az://container/prefix, where a blob is written, read, listed and deleted
	Read       []string // az://container, to be listed only
	Registries []string // servers of container registries
	Vault      bool     // the vault of the settings
	Secrets    []string // names in it, to be read
}

// ProbeCommand is the command line of a probe task, which prints a Report.
func ProbeCommand(sha string, p Probe) string {
	args := []string{"--work", plainURI(p.WorkDir)}
	for _, u := range p.Read {
		args = append(args, "--read", plainURI(u))
	}
	for _, s := range p.Registries {
		args = append(args, "--registry", plainURI(s))
	}
	if p.Vault {
		args = append(args, "--vault")
	}
	for _, s := range p.Secrets {
		args = append(args, "--secret", plainURI(s))
	}
	return shell(`exec ` + program(sha) + ` node probe ` + strings.Join(args, " "))
}

// program is where the job preparation task has put it.
func program(sha string) string {
	return `"$AZ_BATCH_NODE_SHARED_DIR"/sluice/` + sha + `/` + ProgramFile
}

// shell makes a command line of shell text. The service starts no shell by
// itself, and how it reads quotes within quotes is written nowhere: the text
// must have no single ones.
func shell(text string) string {
	if strings.Contains(text, "'") {
		panic("internal error: a quote in a command line for a node: " + text)
	}
	return "/bin/sh -c '" + text + "'"
}

const encodedPrefix = "encoded:"

// plainURI makes one word of s without any quoting: what is not plain to
// every shell is percent-encoded, and marked so.
func plainURI(s string) string {
	if s != "" && container.Quote(s) == s && s[0] != '-' && !strings.HasPrefix(s, encodedPrefix) {
		return s
	}
	return encodedPrefix + strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// readURI is what plainURI was given.
func readURI(word string) (string, error) {
	rest, ok := strings.CutPrefix(word, encodedPrefix)
	if !ok {
		return word, nil
	}
	s, err := url.PathUnescape(rest)
	if err != nil {
		return "", fmt.Errorf("argument `%s`: %w", word, err)
	}
	return s, nil
}

// Settings are what every task of a job needs to know; none is secret.
type Settings struct {
	Endpoint      string // of the storage account: https://name.blob.core.windows.net
	ClientID      string // of the identity that reads and, by default, writes
	WriteClientID string // of the identity that writes into the work directory; "" = the same
	TenantID      string
	KeyVault      string // https://name.vault.azure.net; "" = none
	CopyTool      string // native, azcopy or fusion
	Cloud         Audiences
}

// Audiences are what tokens are asked for; the zero value is Azure's public cloud.
type Audiences struct {
	Storage  string // https://storage.azure.com
	Vault    string // https://vault.azure.net
	Registry string // https://management.azure.com
}

// Environment is the environment of all tasks of a job. What azcopy needs is
// always there, so that a pipeline's own calls of it work too.
func Environment(s Settings) []task.EnvVar {
	var out []task.EnvVar
	set := func(name, value string) {
		if value != "" {
			out = append(out, task.EnvVar{Name: name, Value: value})
		}
	}
	set("AZCOPY_AUTO_LOGIN_TYPE", "MSI")
	set("AZCOPY_MSI_CLIENT_ID", s.ClientID)
	set("AZCOPY_TENANT_ID", s.TenantID)
	set("AZCOPY_DISABLE_SYSLOG", "true")
	set("SLUICE_BLOB_ENDPOINT", s.Endpoint)
	set("SLUICE_CLIENT_ID", s.ClientID)
	set("SLUICE_WRITE_CLIENT_ID", s.WriteClientID)
	set("SLUICE_TENANT_ID", s.TenantID)
	set("SLUICE_KEY_VAULT", s.KeyVault)
	set("SLUICE_COPY_TOOL", s.CopyTool)
	set("SLUICE_STORAGE_AUDIENCE", s.Cloud.Storage)
	set("SLUICE_VAULT_AUDIENCE", s.Cloud.Vault)
	set("SLUICE_REGISTRY_AUDIENCE", s.Cloud.Registry)
	return out
}
