package preflight

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"

	"sluice/internal/azure"
	"sluice/internal/lang/diag"
)

func nearest(word string, names []string) string {
	near, _ := diag.Near(word, names)
	return near
}

// splitAz takes az://container/path apart.
func splitAz(uri string) (container, path string) {
	rest, ok := strings.CutPrefix(uri, "az://")
	if !ok {
		return "", ""
	}
	container, path, _ = strings.Cut(rest, "/")
	return container, strings.Trim(path, "/")
}

// workDir writes, reads and deletes a blob where tasks will have theirs.
func (r *runner) workDir(ctx context.Context) {
	container, prefix := splitAz(r.p.WorkDir)
	if container == "" {
		r.find("AZ602", fmt.Sprintf("the work directory is `%s`, and nodes reach none but az://", r.p.WorkDir))
		return
	}
	account := r.c.Config.Storage.AccountName
	if account == "" {
		r.find("AZ209", "no storage account is named", "set azure.storage.accountName, or AZURE_STORAGE_ACCOUNT_NAME")
		return
	}
	service, err := r.c.Blobs(account)
	if err != nil {
		r.failed(7, "open the storage account", err)
		return
	}
	name := strings.TrimPrefix(prefix+"/.sluice/check-"+strings.ToLower(rand.Text()), "/")
	blob := service.NewContainerClient(container).NewBlockBlobClient(name)
	if _, err := blob.Upload(ctx, streaming.NopCloser(bytes.NewReader([]byte("sluice"))), nil); err != nil {
		r.blobFailed(ctx, "write", account, container, err)
		return
	}
	got, err := blob.DownloadStream(ctx, nil)
	if err != nil {
		r.blobFailed(ctx, "read", account, container, err)
	} else {
		got.Body.Close()
	}
	if _, err := blob.Delete(ctx, nil); err != nil {
		r.blobFailed(ctx, "delete", account, container, err)
		return
	}
	r.say(7, "written, read and deleted in %s", r.p.WorkDir)
}

// blobFailed tells the refusals of storage apart by their codes.
func (r *runner) blobFailed(ctx context.Context, doing, account, container string, err error) {
	status, code, _ := azure.Status(err)
	what := fmt.Sprintf("the head cannot %s blobs in the container %s of %s", doing, container, account)
	switch {
	case code == "AuthorizationPermissionMismatch":
		scope := "<container>"
		if id := r.storageID(ctx); id != "" {
			scope = id + "/blobServices/default/containers/" + container
		}
		r.miss("AZ215", what+": it has no role for it", Grant{PrincipalID: r.head.ObjectID, Who: "head", Role: "Storage Blob Data Contributor", Scope: scope, Why: doing + " in the work directory"})
	case code == "AuthorizationFailure":
		r.find("AZ203", what+": the firewall of the account refuses this network", "az storage account network-rule list --account-name "+account,
			"az storage account network-rule add --account-name "+account+" --subnet <subnet of the head>")
	case code == "ContainerNotFound":
		r.find("AZ208", fmt.Sprintf("the storage account %s has no container %s", account, container), "az storage container create --account-name "+account+" --name "+container+" --auth-mode login")
	case azure.Unreachable(err):
		r.find("AZ209", "the storage account "+account+" is not reached: "+short(err))
	case status == http.StatusUnauthorized:
		r.find("AZ002", what+": the storage account does not accept the token ("+code+")")
	default:
		r.failed(7, what, err)
	}
}
