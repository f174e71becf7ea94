package batch

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"go.uber.org/goleak"

	"sluice/internal/rehearsal/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func scriptedRig(t testing.TB, change func(*state.State)) *rig {
	return newRig(t, func(st *state.State, o *Options) {
		o.Runner = RunnerFunc(func(context.Context, Command) (int, error) { return 0, nil })
		if change != nil {
			change(st)
		}
	})
}

func TestPoolRefused(t *testing.T) {
	t.Parallel()
	type P = armbatch.PoolProperties
	image := func(p *P) *armbatch.VirtualMachineConfiguration {
		return p.DeploymentConfiguration.VirtualMachineConfiguration
	}
	subnet := testState().Networks[0]
	tests := []struct {
		name   string
		change func(*armbatch.Pool)
		denied string
		code   string
		says   string
	}{
		{"size", func(p *armbatch.Pool) { p.Properties.VMSize = to.Ptr("Standard_X1") }, "", "InvalidPropertyValue", "Standard_X1"},
		{"image", func(p *armbatch.Pool) { image(p.Properties).ImageReference.SKU = to.Ptr("18_04") }, "", "InvalidPropertyValue", "canonical:ubuntu:18_04"},
		{"agent", func(p *armbatch.Pool) { image(p.Properties).NodeAgentSKUID = to.Ptr("batch.node.el 9") }, "", "InvalidPropertyValue", "batch.node.ubuntu 24.04"},
		{"no docker", func(p *armbatch.Pool) {
			image(p.Properties).ContainerConfiguration = &armbatch.ContainerConfiguration{Type: to.Ptr(armbatch.ContainerTypeDockerCompatible)}
		}, "", "InvalidPropertyValue", "DockerCompatible"},
		{"slots", func(p *armbatch.Pool) { p.Properties.TaskSlotsPerNode = to.Ptr[int32](17) }, "", "InvalidPropertyValue", "taskSlotsPerNode"},
		{"spot", func(p *armbatch.Pool) {
			p.Properties.ScaleSettings.FixedScale.TargetLowPriorityNodes = to.Ptr[int32](1)
		}, "", "InvalidPropertyValue", "UserSubscription"},
		{"system identity", func(p *armbatch.Pool) {
			p.Identity = &armbatch.PoolIdentity{Type: to.Ptr(armbatch.PoolIdentityType("SystemAssigned"))}
		}, "", "InvalidIdentityType", "SystemAssigned"},
		{"missing identity", func(p *armbatch.Pool) {
			p.Identity.UserAssignedIdentities = map[string]*armbatch.UserAssignedIdentities{identity("missing"): {}}
		}, "", "FailedIdentityOperation", identity("missing")},
		{"restricted identity", func(p *armbatch.Pool) {
			p.Identity.UserAssignedIdentities = map[string]*armbatch.UserAssignedIdentities{identity("locked"): {}}
		}, "", codeRestricted, identity("locked")},
		{"not an operator", nil, "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action@" + identity("nodes"), "LinkedAuthorizationFailed", identity("nodes")},
		{"no role", nil, poolsWrite, "AuthorizationFailed", poolsWrite},
		{"subnet", func(p *armbatch.Pool) {
			p.Properties.NetworkConfiguration = &armbatch.NetworkConfiguration{SubnetID: to.Ptr(subnet + "x")}
		}, "", "InvalidPropertyValue", subnet + "x"},
		{"may not join", func(p *armbatch.Pool) {
			p.Properties.NetworkConfiguration = &armbatch.NetworkConfiguration{SubnetID: &subnet}
		}, "Microsoft.Network/virtualNetworks/subnets/join/action", "LinkedAuthorizationFailed", subnet},
		{"formula", func(p *armbatch.Pool) {
			p.Properties.ScaleSettings = &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{Formula: to.Ptr("$TargetDedicatedNodes = ;")}}
		}, "", "AutoScalingFormulaSyntaxError", "stands where a value"},
		{"interval", func(p *armbatch.Pool) {
			p.Properties.ScaleSettings = &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{Formula: to.Ptr("$x = 1;"), EvaluationInterval: to.Ptr("PT1M")}}
		}, "", "InvalidPropertyValue", "five minutes"},
		{"resize timeout", func(p *armbatch.Pool) { p.Properties.ScaleSettings.FixedScale.ResizeTimeout = to.Ptr("PT1M") }, "", "InvalidPropertyValue", "resizeTimeout"},
		{"mount identity", func(p *armbatch.Pool) {
			p.Properties.MountConfiguration = []*armbatch.MountConfiguration{{AzureBlobFileSystemConfiguration: &armbatch.AzureBlobFileSystemConfiguration{
				AccountName: to.Ptr("a"), ContainerName: to.Ptr("c"), RelativeMountPath: to.Ptr("m"), IdentityReference: &armbatch.ComputeNodeIdentityReference{ResourceID: to.Ptr(identity("other"))},
			}}}
		}, "", "InvalidPropertyValue", identity("other")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := scriptedRig(t, nil)
			p := fixedPool(1)
			if test.change != nil {
				test.change(&p)
			}
			if test.denied != "" {
				r.auth.denied[test.denied] = true
			}
			_, err := r.arm.Create(context.Background(), "sluice", "acct", "p", p, nil)
			if code(err) != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("code %s, want %s with %q in: %v", code(err), test.code, test.says, err)
			}
			if len(r.s.pools) != 0 {
				t.Error("the pool was made")
			}
		})
	}
}

func TestARM(t *testing.T) {
	t.Parallel()
	r := scriptedRig(t, func(st *state.State) {
		st.Batch.FamilyQuota = map[string]int{"standardEv5Family": 0}
		st.Batch.PoolQuota = 1
	})
	ctx := context.Background()
	acct, err := r.acct.Get(ctx, "sluice", "acct", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := acct.Properties
	want(t, "endpoint", *p.AccountEndpoint, "acct.westeurope.batch.azure.com")
	want(t, "mode", *p.PoolAllocationMode, armbatch.PoolAllocationModeBatchService)
	want(t, "authentication", *p.AllowedAuthenticationModes[0], "AAD")
	want(t, "families", *p.DedicatedCoreQuotaPerVMFamily[1].CoreQuota, 0)
	want(t, "quota", *p.DedicatedCoreQuota, 100)
	for pager := r.acct.NewListPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "accounts", len(page.Value), 1)
	}
	page, err := r.locs.NewListSupportedVirtualMachineSKUsPager("westeurope", nil).NextPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "sizes", *page.Value[0].Capabilities[0].Value, "4")
	if _, err := r.acct.Get(ctx, "sluice", "other", nil); code(err) != "ResourceNotFound" {
		t.Error(err)
	}
	if _, err := r.arm.Get(ctx, "sluice", "acct", "p", nil); code(err) != "PoolNotFound" {
		t.Error(err)
	}
	made, err := r.arm.Create(ctx, "sluice", "acct", "p", fixedPool(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "identity", *made.Identity.UserAssignedIdentities[identity("nodes")].ClientID, "cid-nodes")
	want(t, "fixed", *made.Properties.ScaleSettings.FixedScale.TargetDedicatedNodes, 1)
	_, err = r.arm.Create(ctx, "sluice", "acct", "q", fixedPool(1), nil)
	want(t, "second pool", code(err), "PoolQuotaReached")
	_, err = r.arm.Create(ctx, "sluice", "acct", "p", fixedPool(1), &armbatch.PoolClientCreateOptions{IfNoneMatch: to.Ptr("*")})
	want(t, "if-none-match", code(err), "ConditionNotMet")
	changed := fixedPool(2)
	changed.Properties.VMSize = to.Ptr("Standard_E2_v5")
	_, err = r.arm.Create(ctx, "sluice", "acct", "p", changed, nil)
	want(t, "another size", code(err), "PropertyCannotBeUpdated")
	r.until("steady", func() bool { return *r.getPool("p").AllocationState == azbatch.AllocationStateSteady })
	_, err = r.arm.Update(ctx, "sluice", "acct", "p", armbatch.Pool{Properties: &armbatch.PoolProperties{Metadata: []*armbatch.MetadataItem{{Name: to.Ptr("a"), Value: to.Ptr("b")}}}}, &armbatch.PoolClientUpdateOptions{IfMatch: to.Ptr(`W/"0xOLD"`)})
	want(t, "old tag", code(err), "ConditionNotMet")
	got, err := r.arm.Update(ctx, "sluice", "acct", "p", armbatch.Pool{Properties: &armbatch.PoolProperties{Metadata: []*armbatch.MetadataItem{{Name: to.Ptr("a"), Value: to.Ptr("b")}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "metadata", *got.Properties.Metadata[0].Value, "b")
	want(t, "data plane", *r.getPool("p").Metadata[0].Value, "b")
	r.auth.denied[accountRead] = true
	page2, err := r.acct.NewListPager(nil).NextPage(ctx)
	if err != nil || len(page2.Value) != 0 {
		t.Errorf("accounts without a role: %v %v", page2.Value, err)
	}
}

func TestDataPlaneErrors(t *testing.T) {
	t.Parallel()
	r := scriptedRig(t, func(st *state.State) { st.Batch.JobQuota = 2 })
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	r.task("j", "t", "true", nil)
	long := strings.Repeat("x", 65)
	tests := []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/pools", `{"id":"q","vmSize":"Standard_D4s_v3","identity":{"type":"UserAssigned"}}`, 400, "InvalidRequestBody"},
		{"POST", "/pools", `{"id":"p","vmSize":"Standard_D4s_v3","virtualMachineConfiguration":{"imageReference":{"publisher":"canonical","offer":"ubuntu","sku":"24_04"},"nodeAgentSKUId":"batch.node.ubuntu 24.04"}}`, 409, "PoolExists"},
		{"POST", "/pools", `{"id":"q","vmSize":"Standard_D4s_v3"}`, 400, "MissingRequiredProperty"},
		{"POST", "/pools/p/resize", `{}`, 400, "MissingRequiredProperty"},
		{"POST", "/pools/p/stopresize", ``, 409, "OperationInvalidForCurrentState"},
		{"POST", "/pools/p/evaluateautoscale", `{"autoScaleFormula":"$x=1;"}`, 409, "InvalidAutoScalingSettings"},
		{"POST", "/pools/p/enableautoscale", `{"autoScaleFormula":"` + strings.Repeat("//", 5000) + `"}`, 400, "AutoScalingFormulaTooLong"},
		{"POST", "/pools/p/removenodes", `{"nodeList":["x"]}`, 404, "NodeNotFound"},
		{"GET", "/pools/nope", ``, 404, "PoolNotFound"},
		{"GET", "/pools/p/nodes/x", ``, 404, "NodeNotFound"},
		{"POST", "/jobs", `{"id":"j","poolInfo":{"poolId":"p"}}`, 409, "JobExists"},
		{"POST", "/jobs", `{"id":"a b","poolInfo":{"poolId":"p"}}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs", `{"id":"k"}`, 400, "MissingRequiredProperty"},
		{"POST", "/jobs", `{"id":"k","poolInfo":{"poolId":"p"},"constraints":{"maxWallClockTime":"1h"}}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs", `{"id":`, 400, "InvalidRequestBody"},
		{"GET", "/jobs/nope", ``, 404, "JobNotFound"},
		{"PATCH", "/jobs/j", `{"priority":2000}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs/j/tasks", `{"id":"t","commandLine":"true"}`, 409, "TaskExists"},
		{"POST", "/jobs/j/tasks", `{"id":"T","commandLine":"true"}`, 409, "TaskExists"},
		{"POST", "/jobs/j/tasks", `{"id":"` + long + `","commandLine":"true"}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs/j/tasks", `{"id":"u"}`, 400, "MissingRequiredProperty"},
		{"POST", "/jobs/j/tasks", `{"id":"u","commandLine":"x","requiredSlots":5}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs/j/tasks", `{"id":"u","commandLine":"x","containerSettings":{"imageName":"i"}}`, 400, "ContainerSettingsNotAllowed"},
		{"POST", "/jobs/j/tasks", `{"id":"u","commandLine":"x","colour":"red"}`, 400, "InvalidRequestBody"},
		{"POST", "/jobs/j/tasks", `{"id":"u","commandLine":"x","resourceFiles":[{"httpUrl":"https://x/y","filePath":"../../etc"}]}`, 400, "InvalidPropertyValue"},
		{"POST", "/jobs/j/addtaskcollection", `{"value":[` + strings.Repeat(`{"id":"x"},`, 100) + `{"id":"x"}]}`, 400, "TooManyTasks"},
		{"POST", "/jobs/j/addtaskcollection", `{"value":[{"id":"x","commandLine":"` + strings.Repeat("x", 1<<20) + `"}]}`, 413, "RequestBodyTooLarge"},
		{"GET", "/jobs/j/tasks/nope", ``, 404, "TaskNotFound"},
		{"GET", "/jobs/j/tasks/t/files/stdout.txt", ``, 409, "TaskFilesUnavailable"},
		{"POST", "/jobs/j/tasks/t/reactivate", ``, 409, "TaskNotCompleted"},
		{"GET", "/jobs/j/jobpreparationandreleasetaskstatus", ``, 409, "JobPreparationTaskNotSpecified"},
		{"GET", "/jobs?$filter=id%20is%20'x'", ``, 400, "InvalidQueryParameterValue"},
		{"GET", "/jobs?$filter=colour%20eq%20'x'", ``, 400, "InvalidQueryParameterValue"},
		{"GET", "/jobs?$filter=stateTransitionTime%20ge%20'yesterday'", ``, 400, "InvalidQueryParameterValue"},
		{"GET", "/jobs?maxresults=2000", ``, 400, "OutOfRangeQueryParameterValue"},
		{"GET", "/nothing", ``, 400, "InvalidUri"},
		{"PUT", "/nodecounts", ``, 405, "UnsupportedHttpVerb"},
	}
	for _, test := range tests {
		sep := "?"
		if strings.Contains(test.path, "?") {
			sep = "&"
		}
		w := r.raw(test.method, test.path+sep+"api-version="+dataVersion, test.body)
		body := w.Body.String()
		if w.Code != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) {
			t.Errorf("%s %s: %d %s, want %d %s", test.method, test.path, w.Code, body, test.status, test.code)
		}
		if w.Header().Get("request-id") == "" || !strings.Contains(body, "odata.metadata") {
			t.Errorf("%s %s: not in Batch's form: %v %s", test.method, test.path, w.Header(), body)
		}
	}
	if w := r.raw("GET", "/jobs?api-version=2018-12-01.8.0", ""); !strings.Contains(w.Body.String(), "UnsupportedRequestVersion") {
		t.Error(w.Body)
	}
	r.job("k", nil)
	_, err := r.data.CreateJob(context.Background(), azbatch.CreateJobContent{ID: to.Ptr("l"), PoolInfo: &azbatch.PoolInfo{PoolID: to.Ptr("p")}}, nil)
	want(t, "third job", code(err), "ActiveJobAndScheduleQuotaReached")
}

func TestAuthorised(t *testing.T) {
	t.Parallel()
	r := scriptedRig(t, nil)
	for token, status := range map[string]int{"": 401, "Bearer https://management.azure.com/|head": 403, "Bearer https://batch.core.windows.net|head": 200} {
		req := httptest.NewRequest("GET", "https://acct.westeurope.batch.azure.com/jobs?api-version="+dataVersion, nil)
		if token != "" {
			req.Header.Set("Authorization", token)
		}
		w := httptest.NewRecorder()
		r.s.DataPlane().ServeHTTP(w, req)
		if w.Code != status {
			t.Errorf("%q: %d %s", token, w.Code, w.Body)
		}
	}
	r.auth.denied[jobsWrite] = true
	w := r.raw("POST", "/jobs?api-version="+dataVersion, `{}`)
	if w.Code != 403 || !strings.Contains(w.Body.String(), codeDataDenied) || !strings.Contains(w.Body.String(), jobsWrite) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := r.raw("GET", "/jobs?api-version="+dataVersion, ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	r := scriptedRig(t, nil)
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	j := r.getJob("j")
	patch := azbatch.UpdateJobContent{Priority: to.Ptr[int32](5)}
	if _, err := r.data.UpdateJob(context.Background(), "j", patch, &azbatch.UpdateJobOptions{IfMatch: j.ETag}); err != nil {
		t.Fatal(err)
	}
	_, err := r.data.UpdateJob(context.Background(), "j", patch, &azbatch.UpdateJobOptions{IfMatch: j.ETag})
	want(t, "old tag", code(err), "ConditionNotMet")
	want(t, "priority", *r.getJob("j").Priority, 5)
	_, err = r.data.GetJob(context.Background(), "j", &azbatch.GetJobOptions{IfMatch: to.Ptr(azcore.ETag("*"))})
	want(t, "any", code(err), "")
}

func TestContainers(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *state.State, o *Options) {
		o.Registry = func(_ context.Context, n Node, image, id string) error {
			switch {
			case id != identity("nodes"):
				return &PullError{Denied: true, Message: "no identity"}
			case strings.HasSuffix(image, "missing"):
				return &PullError{Message: "manifest unknown"}
			}
			return nil
		}
	})
	p := fixedPool(1)
	vm := p.Properties.DeploymentConfiguration.VirtualMachineConfiguration
	vm.ImageReference = &armbatch.ImageReference{Publisher: to.Ptr("microsoft-dsvm"), Offer: to.Ptr("ubuntu-hpc"), SKU: to.Ptr("2404")}
	vm.ContainerConfiguration = &armbatch.ContainerConfiguration{
		Type: to.Ptr(armbatch.ContainerTypeDockerCompatible),
		ContainerRegistries: []*armbatch.ContainerRegistry{{
			RegistryServer: to.Ptr("reg.azurecr.io"), IdentityReference: &armbatch.ComputeNodeIdentityReference{ResourceID: to.Ptr(identity("nodes"))},
		}},
	}
	r.pool("p", p)
	r.job("j", nil)
	add := func(id, image string) {
		r.task("j", id, "echo hello", func(c *azbatch.CreateTaskContent) {
			c.ContainerSettings = &azbatch.TaskContainerSettings{ImageName: &image}
		})
	}
	add("good", "reg.azurecr.io/tool:1")
	add("missing", "reg.azurecr.io/missing")
	add("denied", "other.azurecr.io/tool:1")
	want(t, "exit", *r.done("j", "good").ExecutionInfo.ExitCode, 0)
	want(t, "missing", *r.done("j", "missing").ExecutionInfo.FailureInfo.Code, codePullInvalid)
	want(t, "denied", *r.done("j", "denied").ExecutionInfo.FailureInfo.Code, codePullDenied)
	_, err := r.data.CreateTask(context.Background(), "j", azbatch.CreateTaskContent{ID: to.Ptr("x"), CommandLine: to.Ptr("x")}, nil)
	want(t, "without", code(err), "ContainerSettingsRequired")
}

func TestMountAndOutputs(t *testing.T) {
	t.Parallel()
	stored := make(chan string, 4)
	r := newRig(t, func(_ *state.State, o *Options) {
		o.Fetch = func(_ context.Context, _ Node, id, url string) (io.ReadCloser, error) {
			switch {
			case id != identity("nodes"):
				return nil, &FetchError{NoIdentity: true, Message: "Identity not found"}
			case strings.Contains(url, "comp=list"):
				return io.NopCloser(strings.NewReader(`<EnumerationResults><Blobs><Blob><Name>dir/a b.txt</Name><Properties><Content-Length>3</Content-Length></Properties></Blob></Blobs><NextMarker/></EnumerationResults>`)), nil
			case url == "https://acc.blob.core.windows.net/data/dir/a%20b.txt":
				return io.NopCloser(strings.NewReader("abc")), nil
			}
			return nil, &FetchError{Status: 404, Code: "BlobNotFound", Message: url}
		}
		o.Store = func(_ context.Context, _ Node, id, url string, body io.Reader, size int64) error {
			data, err := io.ReadAll(body)
			stored <- fmt.Sprintf("%s %d %s", url, size, data)
			return err
		}
	})
	p := fixedPool(1)
	p.Properties.MountConfiguration = []*armbatch.MountConfiguration{{AzureBlobFileSystemConfiguration: &armbatch.AzureBlobFileSystemConfiguration{
		AccountName: to.Ptr("acc"), ContainerName: to.Ptr("data"), RelativeMountPath: to.Ptr("in"), IdentityReference: &armbatch.ComputeNodeIdentityReference{ResourceID: to.Ptr(identity("nodes"))},
	}}}
	r.pool("p", p)
	r.job("j", nil)
	r.task("j", "t", `/bin/sh -c 'cat "$AZ_BATCH_NODE_MOUNTS_DIR/in/dir/a b.txt"; exit 1'`, func(c *azbatch.CreateTaskContent) {
		c.OutputFiles = []azbatch.OutputFile{{
			FilePattern: to.Ptr("../std*.txt"), UploadOptions: &azbatch.OutputFileUploadConfig{UploadCondition: to.Ptr(azbatch.OutputFileUploadConditionTaskFailure)},
			Destination: &azbatch.OutputFileDestination{Container: &azbatch.OutputFileBlobContainerDestination{
				ContainerURL: to.Ptr("https://acc.blob.core.windows.net/logs"), Path: to.Ptr("t"), IdentityReference: &azbatch.NodeIdentityReference{ResourceID: to.Ptr(identity("nodes"))},
			}},
		}}
	})
	r.task("j", "list", "true", func(c *azbatch.CreateTaskContent) {
		c.ResourceFiles = []azbatch.ResourceFile{{StorageContainerURL: to.Ptr("https://acc.blob.core.windows.net/data")}}
	})
	want(t, "exit", *r.done("j", "t").ExecutionInfo.ExitCode, 1)
	want(t, "stdout", r.file("j", "t", "stdout.txt"), "abc")
	got := []string{<-stored, <-stored}
	if got[0] != "https://acc.blob.core.windows.net/logs/t/stderr.txt 0 " || got[1] != "https://acc.blob.core.windows.net/logs/t/stdout.txt 3 abc" {
		t.Errorf("stored %q", got)
	}
	want(t, "no identity", *r.done("j", "list").ExecutionInfo.FailureInfo.Code, "ResourceContainerListMiscError")
}

func TestLists(t *testing.T) {
	t.Parallel()
	r := scriptedRig(t, nil)
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	for i := range 25 {
		tasks := make([]azbatch.CreateTaskContent, 100)
		for k := range tasks {
			tasks[k] = azbatch.CreateTaskContent{ID: to.Ptr(fmt.Sprintf("t%04d", i*100+k)), CommandLine: to.Ptr("true")}
		}
		res, err := r.data.CreateTaskCollection(context.Background(), "j", azbatch.TaskGroup{Value: tasks}, nil)
		if err != nil || len(res.Value) != 100 || *res.Value[99].Status != azbatch.TaskAddStatusSuccess {
			t.Fatalf("%v %+v", err, res)
		}
	}
	count := func(filter string) (n, pages int) {
		for p := r.data.NewListTasksPager("j", &azbatch.ListTasksOptions{Filter: &filter, SelectParam: []string{"id", "state"}}); p.More(); pages++ {
			page, err := p.NextPage(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.Value)
			for _, v := range page.Value {
				if v.CommandLine != nil || v.ID == nil {
					t.Fatalf("$select is not followed: %+v", v)
				}
			}
		}
		return n, pages
	}
	for filter, n := range map[string]int{"": 2500, "state eq 'active'": 2500, "state eq 'completed'": 0, "startswith(id,'t00')": 100, "id eq 'T0007' or id eq 't0008'": 2, "not (id ge 't0010')": 10} {
		if got, _ := count(filter); got != n {
			t.Errorf("%s: %d, want %d", filter, got, n)
		}
	}
	if _, pages := count(""); pages != 3 {
		t.Errorf("%d pages", pages)
	}
	since := time.Now().UTC().Format(time.RFC3339)
	if _, err := r.data.ResizePool(context.Background(), "p", azbatch.ResizePoolContent{TargetDedicatedNodes: to.Ptr[int32](5)}, nil); err != nil {
		t.Fatal(err)
	}
	filter := "state eq 'completed' and stateTransitionTime ge DateTime'" + since + "'"
	r.until("all tasks", func() bool { n, _ := count(filter); return n == 2500 })
	res, err := r.data.CreateTaskCollection(context.Background(), "j", azbatch.TaskGroup{Value: []azbatch.CreateTaskContent{{ID: to.Ptr("t0001"), CommandLine: to.Ptr("x")}, {ID: to.Ptr("new"), CommandLine: to.Ptr("x")}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "old", *res.Value[0].Status, "clienterror")
	want(t, "old", *res.Value[0].Error.Code, "TaskExists")
	want(t, "new", *res.Value[1].Status, "success")
}
