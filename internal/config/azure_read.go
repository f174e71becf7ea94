package config

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// batchSuffixes are the domains of Batch accounts in Azure's clouds.
var batchSuffixes = map[string]string{"public": "batch.azure.com", "usgovernment": "batch.usgovcloudapi.net", "china": "batch.chinacloudapi.cn"}

// Azure reads the scope azure and the variables of the environment that stand
// in for its options. Secrets are problems unless azure.allowSecrets says
// otherwise; their values are in no message.
func (c *Config) Azure(getenv func(string) (string, bool)) (Azure, diag.List) {
	if getenv == nil {
		getenv = os.LookupEnv
	}
	r := &azureReader{reader: c.reader("azure"), getenv: getenv}
	a := r.read()
	holds := r.secrets(a.AllowSecrets)
	for _, d := range r.problems {
		d.Hidden = d.Hidden || holds // another option may stand in the same line
		d.Message = hiddenSecret().ReplaceAllString(d.Message, "(hidden)")
	}
	r.problems.Sort()
	if !a.AllowSecrets {
		a.dropSecrets()
	}
	return a, r.problems
}

type azureReader struct {
	*reader
	getenv func(string) (string, bool)
}

func (r *azureReader) env(name string) string {
	v, _ := r.getenv(name)
	return v
}

func (r *azureReader) read() Azure {
	a := Azure{
		SubscriptionID: r.guid(r.env("AZURE_SUBSCRIPTION_ID"), "a subscription id", "batch", "subscriptionId"),
		ResourceGroup:  r.word("", "batch", "resourceGroup"),
		TenantID:       r.guid(r.guid(r.env("AZURE_TENANT_ID"), "a tenant id", "activeDirectory", "tenantId"), "a tenant id", "managedIdentity", "tenantId"),
		Cloud:          r.oneOf("public", []string{"public", "usgovernment", "china"}, "cloud"),
		Head:           r.head(),
		Nodes:          r.identity("managedIdentity", "nodes"),
		KeyVault:       r.https("keyVault", "uri"),
		CopyTool:       r.oneOf("native", []string{"native", "azcopy"}, "copyTool"),
		NodeBinary:     r.word("", "nodeBinary"),
		AllowSecrets:   r.flag(false, "allowSecrets"),
		AzCopy:         r.azcopy(),
		Retry:          r.retry(),
	}
	a.ServicePrincipalID = r.guid(r.env("AZURE_CLIENT_ID"), "the client id of a service principal", "activeDirectory", "servicePrincipalId")
	a.ServicePrincipalSecret = r.secretText("AZURE_CLIENT_SECRET", "activeDirectory", "servicePrincipalSecret")
	a.Batch = r.batch(a.Cloud)
	a.Pools = r.pools()
	a.Storage = r.storage()
	a.Registry = r.registries()
	return a
}

func (r *azureReader) head() HeadIdentity {
	h := HeadIdentity{
		ClientID: r.guid(r.env("AZURE_MANAGED_IDENTITY_USER"), "the client id of a managed identity", "managedIdentity", "clientId"),
		System:   r.flag(strings.EqualFold(r.env("AZURE_MANAGED_IDENTITY_SYSTEM"), "true"), "managedIdentity", "system"),
	}
	if v := r.get("managedIdentity"); v != nil {
		if _, isMap := v.(*value.Map); !isMap {
			r.wrong(v, "a block", []string{"managedIdentity"})
			r.last().Help = "write `azure.managedIdentity.clientId = '…'` or `azure.managedIdentity.system = true`"
		}
	}
	if h.System && r.get("managedIdentity", "clientId") != nil {
		r.both([]string{"managedIdentity"}, "system", "clientId")
	}
	return h
}

func (r *azureReader) azcopy() AzCopy {
	z := AzCopy{
		BlockSizeMB: r.atLeast(1, 4, "azcopy", "blockSize"), BlobTier: r.oneOf("None", []string{"None", "Hot", "Cool", "Cold", "Archive"}, "azcopy", "blobTier"),
		Source: r.word("", "azcopy", "source"), SHA256: r.word("", "azcopy", "sha256"), ParallelHint: r.atLeast(1, 0, "azcopy", "parallelTransfers"),
	}
	if z.BlobTier == "None" {
		z.BlobTier = ""
	}
	if z.SHA256 != "" && !sha256Text().MatchString(z.SHA256) {
		r.problem([]string{"azcopy", "sha256"}, "is no SHA-256", "it takes the 64 digits that `sha256sum azcopy` prints")
	}
	return z
}

var sha256Text = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-fA-F]{64}$`) })

func (r *azureReader) retry() AzureRetry {
	t := AzureRetry{
		Delay: r.span(250, "retryPolicy", "delay"), MaxDelay: r.span(90*1000, "retryPolicy", "maxDelay"),
		MaxAttempts: r.atLeast(1, 10, "retryPolicy", "maxAttempts"), Jitter: 0.25,
	}
	if v := r.get("retryPolicy", "jitter"); v != nil {
		f, err := strconv.ParseFloat(value.ToString(v), 64)
		if err != nil || f < 0 || f > 1 || math.IsNaN(f) {
			r.wrong(v, "a number from 0 to 1", []string{"retryPolicy", "jitter"})
		} else {
			t.Jitter = f
		}
	}
	return t
}

func (r *azureReader) span(def value.Duration, path ...string) time.Duration {
	return time.Duration(r.duration(def, path...)) * time.Millisecond
}

func (r *azureReader) batch(cloud string) AzureBatch {
	at := func(name string) []string { return []string{"batch", name} }
	b := AzureBatch{
		AccountName: r.word(r.env("AZURE_BATCH_ACCOUNT_NAME"), "batch", "accountName"), Location: r.word("", "batch", "location"),
		Endpoint: r.https("batch", "endpoint"), AccountKey: r.secretText("AZURE_BATCH_ACCOUNT_KEY", "batch", "accountKey"),
		AutoPoolMode: r.flag(false, at("autoPoolMode")...), AllowPoolCreation: r.flag(false, at("allowPoolCreation")...),
		CopyToolInstallMode: r.oneOf("", []string{"node", "task", "off"}, at("copyToolInstallMode")...),
		DeleteJobs:          r.flag(false, at("deleteJobsOnCompletion")...), DeletePools: r.flag(false, at("deletePoolsOnCompletion")...),
		TerminateJobs:       r.flag(true, at("terminateJobsOnCompletion")...),
		JobMaxWallClockTime: r.duration(30*24*3600*1000, at("jobMaxWallClockTime")...), JobLease: r.duration(24*3600*1000, at("jobLease")...),
		MaxJobQuotaRetries: r.atLeast(0, 3, at("maxJobQuotaRetries")...), JobQuotaRetryDelay: r.duration(2*60*1000, at("jobQuotaRetryDelay")...),
		MaxParallelTransfers: r.atLeast(1, 4, at("maxParallelTransfers")...), MaxTransferAttempts: r.atLeast(1, 1, at("maxTransferAttempts")...),
		DelayBetweenAttempts: r.duration(10*1000, at("delayBetweenAttempts")...),
		Isolation:            r.oneOf("container", []string{"container", "host"}, at("isolation")...),
		MaxPoolWait:          r.duration(0, at("maxPoolWait")...), MaxInfraRetries: r.atLeast(0, 5, at("maxInfraRetries")...), MaxSpotLosses: r.atLeast(0, 3, at("maxSpotLosses")...),
	}
	if r.get("batch", "deleteTasksOnCompletion") != nil {
		all := r.flag(true, at("deleteTasksOnCompletion")...)
		b.DeleteTasks = &all
	}
	if lease := r.get("batch", "jobLease"); lease != nil && b.JobLease < 10*60*1000 {
		r.problem(at("jobLease"), fmt.Sprintf("is %s, too short to be renewed", value.ToString(b.JobLease)), "it takes 10 minutes or more")
	}
	b.PoolIdentityClientID = r.poolIdentity()
	b.PreflightDeep, b.PreflightOff = r.preflight()
	r.account(&b, cloud)
	return b
}

// poolIdentity reads poolIdentityClientId: a client id, 'auto', or true for it.
func (r *azureReader) poolIdentity() string {
	if b, ok := r.get("batch", "poolIdentityClientId").(value.Bool); ok {
		if b {
			return "auto"
		}
		return ""
	}
	id := r.word("", "batch", "poolIdentityClientId")
	if strings.EqualFold(id, "auto") || strings.EqualFold(id, "true") {
		return "auto"
	}
	return r.guid("", "the client id of a managed identity, or `auto`", "batch", "poolIdentityClientId")
}

func (r *azureReader) preflight() (deep, off bool) {
	switch v := r.get("batch", "preflight").(type) {
	case nil:
	case value.Bool:
		return false, !bool(v)
	default:
		text := r.oneOf("true", []string{"deep", "off", "true", "false"}, "batch", "preflight")
		return text == "deep", text == "off" || text == "false"
	}
	return false, false
}

// account fills in what name, location and endpoint say about each other.
func (r *azureReader) account(b *AzureBatch, cloud string) {
	b.Location = strings.ToLower(strings.ReplaceAll(b.Location, " ", ""))
	if b.AccountName != "" && !batchName().MatchString(b.AccountName) {
		r.problem([]string{"batch", "accountName"}, fmt.Sprintf("cannot be `%s`", b.AccountName), "names of Batch accounts have 3 to 24 small letters and digits")
	}
	b.Endpoint = strings.TrimSuffix(b.Endpoint, "/")
	if b.Endpoint == "" {
		if b.AccountName != "" && b.Location != "" {
			b.Endpoint = "https://" + b.AccountName + "." + b.Location + "." + batchSuffixes[cloud]
		}
		return
	}
	host := strings.TrimPrefix(b.Endpoint, "https://")
	name, rest, _ := strings.Cut(host, ".")
	location, suffix, ok := strings.Cut(rest, ".")
	if !ok || !strings.HasPrefix(suffix, "batch.") {
		r.problem([]string{"batch", "endpoint"}, fmt.Sprintf("cannot be `%s`", b.Endpoint), "it takes the address that the Batch account shows: `https://<account>.<region>."+batchSuffixes[cloud]+"`")
		return
	}
	for _, same := range []struct{ option, given, inferred string }{{"accountName", b.AccountName, name}, {"location", b.Location, location}} {
		if same.given != "" && same.given != same.inferred {
			r.problem([]string{"batch", "endpoint"}, fmt.Sprintf("belongs to `%s`, and `azure.batch.%s` is `%s`", same.inferred, same.option, same.given), "leave one of the two out")
		}
	}
	b.AccountName, b.Location = name, location
}

var batchName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]{3,24}$`) })

func (r *azureReader) storage() AzureStorage {
	s := AzureStorage{
		AccountName: r.word(r.env("AZURE_STORAGE_ACCOUNT_NAME"), "storage", "accountName"),
		AccountKey:  r.secretText("AZURE_STORAGE_ACCOUNT_KEY", "storage", "accountKey"),
		SAS:         r.secretText("AZURE_STORAGE_SAS_TOKEN", "storage", "sasToken"),
		FileShares:  map[string]FileShare{},
	}
	if s.AccountName != "" && !batchName().MatchString(s.AccountName) {
		r.problem([]string{"storage", "accountName"}, fmt.Sprintf("cannot be `%s`", s.AccountName), "names of storage accounts have 3 to 24 small letters and digits, and no domain")
	}
	r.duration(0, "storage", "tokenDuration") // read for its mistakes alone
	for _, name := range r.keys("storage", "fileShares") {
		s.FileShares[name] = FileShare{
			MountPath:    r.word("", "storage", "fileShares", name, "mountPath"),
			MountOptions: r.word("-o vers=3.0,dir_mode=0777,file_mode=0777,sec=ntlmssp", "storage", "fileShares", name, "mountOptions"),
		}
	}
	return s
}

// wrong shows words and numbers only: lists and maps may hold secrets.
func (r *azureReader) wrong(v value.Value, takes string, path []string) {
	switch v.(type) {
	case *value.Map, *value.List:
		r.problem(path, "cannot be "+v.Class().Simple(), "it takes "+takes)
	default:
		r.reader.wrong(v, takes, path)
	}
}

func (r *azureReader) flag(def bool, path ...string) bool {
	b, err := directive.Flag(dotted(path), r.get(path...), def)
	if err != nil {
		r.wrong(r.get(path...), "true or false", path)
	}
	return b
}

// keys are the names in a block, in order.
func (r *azureReader) keys(path ...string) []string {
	v := r.get(path...)
	if v == nil {
		return nil
	}
	m, ok := v.(*value.Map)
	if !ok {
		r.wrong(v, "a block", path)
		return nil
	}
	var names []string
	m.Entries(func(k, _ value.Value) bool {
		names = append(names, value.ToString(k))
		return true
	})
	return names
}

// word is text; other kinds of values are problems.
func (r *azureReader) word(def string, path ...string) string {
	v := r.get(path...)
	switch v.(type) {
	case nil:
		return def
	case value.String, *value.GString, *value.Path:
		return strings.TrimSpace(value.ToString(v))
	}
	r.wrong(v, "text", path)
	return def
}

func (r *azureReader) oneOf(def string, words []string, path ...string) string {
	text := r.word(def, path...)
	for _, w := range words {
		if strings.EqualFold(w, text) {
			return w
		}
	}
	if text == def {
		return def
	}
	d := r.problem(path, fmt.Sprintf("cannot be `%s`", text), "it takes `"+strings.Join(words, "`, `")+"`")
	if near, ok := diag.Near(text, words); ok {
		d.Notes = append(d.Notes, fmt.Sprintf("a value `%s` exists", near))
	}
	return def
}

func (r *azureReader) atLeast(least, def int, path ...string) int {
	before := len(r.problems)
	n := r.number(def, path...)
	if len(r.problems) == before && r.get(path...) != nil && n < least {
		r.problem(path, fmt.Sprintf("cannot be %d", n), fmt.Sprintf("it takes %d or more", least))
		return def
	}
	return n
}

// IsGUID says whether text is a client id, a tenant or a subscription.
func IsGUID(text string) bool { return guidText().MatchString(text) }

var guidText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
})

func (r *azureReader) guid(def, what string, path ...string) string {
	id := r.word(def, path...)
	if id == "" || IsGUID(id) || r.get(path...) == nil {
		return strings.ToLower(id)
	}
	r.problem(path, fmt.Sprintf("cannot be `%s`", id), "it takes "+what+", such as `01234567-89ab-cdef-0123-456789abcdef`")
	return ""
}

func (r *azureReader) https(path ...string) string {
	text := r.word("", path...)
	if text != "" && !strings.HasPrefix(text, "https://") {
		r.problem(path, fmt.Sprintf("cannot be `%s`", text), "it takes an address that begins with `https://`")
		return ""
	}
	return text
}

// problem is an error about the option at path.
func (r *azureReader) problem(path []string, what, help string) *diag.Diagnostic {
	full := append([]string{r.scope}, path...)
	d := r.problems.Add(r.c.Span(full...), "config option `"+dotted(full)+"` "+what)
	d.Help = help
	return d
}

func (r *azureReader) last() *diag.Diagnostic { return r.problems[len(r.problems)-1] }

var poolName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) })

func (r *azureReader) pools() map[string]*AzurePool {
	all := map[string]*AzurePool{}
	seen := map[string]string{}
	for _, name := range r.keys("batch", "pools") {
		at := []string{"batch", "pools", name}
		if _, isMap := r.get(at...).(*value.Map); !isMap {
			r.wrong(r.get(at...), "a block", at)
			continue
		}
		if !poolName().MatchString(name) {
			r.problem(at, "names no pool: Batch would refuse it", "ids of pools have 1 to 64 letters, digits, `-` and `_`")
		}
		if other, twice := seen[strings.ToLower(name)]; twice {
			r.problem(at, fmt.Sprintf("is the pool `%s` once more: Batch does not tell capitals from small letters", other), "rename one of them")
		}
		seen[strings.ToLower(name)] = name
		all[name] = r.pool(name)
	}
	return all
}

func (r *azureReader) pool(name string) *AzurePool {
	at := func(rest ...string) []string { return append([]string{"batch", "pools", name}, rest...) }
	text := func(rest ...string) string { return r.word("", at(rest...)...) }
	p := &AzurePool{
		Name: name, VMType: text("vmType"), VMCount: r.atLeast(0, 1, at("vmCount")...),
		ScaleFormula: text("scaleFormula"), ScaleInterval: r.duration(5*60*1000, at("scaleInterval")...),
		LowPriority: r.flag(false, at("lowPriority")...), SchedulePolicy: r.oneOf("spread", []string{"spread", "pack"}, at("schedulePolicy")...),
		VirtualNetwork: text("virtualNetwork"), Publisher: text("publisher"), Offer: text("offer"), SKU: text("sku"),
		Privileged: r.flag(false, at("privileged")...), RunAs: text("runAs"),
		StartScript: text("startTask", "script"), StartPrivileged: r.flag(false, at("startTask", "privileged")...),
		FileShareRootPath: text("fileShareRootPath"), MountOptions: text("mountOptions"),
		Identity: r.identity(at("managedIdentity")...), Mounts: r.mounts(at("mounts")),
		Registry: text("registry"), UserName: text("userName"), Password: r.secretText("", at("password")...),
		TaskSlots: r.atLeast(1, 0, at("taskSlots")...),
	}
	p.MaxVMCount = r.atLeast(1, max(3*p.VMCount, 3), at("maxVmCount")...)
	if p.MaxVMCount < p.VMCount {
		r.problem(at("maxVmCount"), fmt.Sprintf("is %d, and `vmCount` is %d", p.MaxVMCount, p.VMCount), "give the greater of the two to `maxVmCount`")
	}
	p.AutoScale = r.flag(r.get(at("vmCount")...) == nil, at("autoScale")...)
	if p.TaskSlots > 256 {
		r.problem(at("taskSlots"), fmt.Sprintf("cannot be %d", p.TaskSlots), "a node runs 256 tasks at most")
	}
	if i := p.ScaleInterval; i < 5*60*1000 || i > 168*3600*1000 {
		r.problem(at("scaleInterval"), fmt.Sprintf("cannot be %s", value.ToString(i)), "Batch takes 5 minutes to 168 hours")
	}
	if v := p.VirtualNetwork; v != "" && !subnetID().MatchString(v) {
		r.problem(at("virtualNetwork"), "is no subnet", "it takes `/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…`")
	}
	return p
}

var subnetID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.(Classic)?Network/virtualNetworks/[^/]+/subnets/[^/]+$`)
})

func (r *azureReader) mounts(at []string) []BlobMount {
	var all []BlobMount
	for _, v := range listOf(r.get(at...)) {
		m, ok := v.(*value.Map)
		if !ok {
			r.wrong(v, "blocks such as `[container: 'genomes', path: '/mnt/genomes']`", at)
			continue
		}
		b := BlobMount{Container: directive.Text(m.GetString("container")), Path: directive.Text(m.GetString("path")), Options: directive.Text(m.GetString("options"))}
		if b.Container == "" || b.Path == "" {
			r.problem(at, "has a mount without a container or a path", "write `[container: 'genomes', path: '/mnt/genomes']`")
			continue
		}
		m.Entries(func(k, _ value.Value) bool {
			if name := value.ToString(k); !slices.Contains([]string{"container", "path", "options"}, name) {
				r.problem(at, fmt.Sprintf("has a mount with `%s`", name), "mounts have container, path and options")
			}
			return true
		})
		all = append(all, b)
	}
	return all
}

// listOf is the elements of a list, or a single value as the only one.
func listOf(v value.Value) []value.Value {
	switch l := v.(type) {
	case nil:
		return nil
	case *value.List:
		return l.Elems
	}
	return []value.Value{v}
}
