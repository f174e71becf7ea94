package azure

// A Cloud is the set of addresses of one of Azure's clouds.
type Cloud struct {
	Name          string
	Authority     string // https://login.microsoftonline.com/
	ARM           string // https://management.azure.com
	ARMAudience   string
	BatchScope    string // https://batch.core.windows.net//.default
	BatchSuffix   string // batch.azure.com
	BlobSuffix    string // blob.core.windows.net
	VaultSuffix   string // vault.azure.net
	StorageScope  string // https://storage.azure.com/.default
	VaultScope    string // https://vault.azure.net/.default
	RegistryScope string
	Prices        string // https://prices.azure.com
}

// Clouds are Azure's, by the name that azure.cloud gives.
var Clouds = map[string]Cloud{
	"public": {
		Name: "public", Authority: "https://login.microsoftonline.com/", ARM: "https://management.azure.com", ARMAudience: "https://management.azure.com/",
		BatchScope: "https://batch.core.windows.net//.default", BatchSuffix: "batch.azure.com", BlobSuffix: "blob.core.windows.net", VaultSuffix: "vault.azure.net",
		StorageScope: "https://storage.azure.com/.default", VaultScope: "https://vault.azure.net/.default", RegistryScope: "https://management.azure.com/.default", Prices: "https://prices.azure.com",
	},
	"usgovernment": {
		Name: "usgovernment", Authority: "https://login.microsoftonline.us/", ARM: "https://management.usgovcloudapi.net", ARMAudience: "https://management.usgovcloudapi.net/",
		BatchScope: "https://batch.core.usgovcloudapi.net//.default", BatchSuffix: "batch.usgovcloudapi.net", BlobSuffix: "blob.core.usgovcloudapi.net", VaultSuffix: "vault.usgovcloudapi.net",
		StorageScope: "https://storage.azure.com/.default", VaultScope: "https://vault.usgovcloudapi.net/.default", RegistryScope: "https://management.usgovcloudapi.net/.default",
	},
	"china": {
		Name: "china", Authority: "https://login.chinacloudapi.cn/", ARM: "https://management.chinacloudapi.cn", ARMAudience: "https://management.chinacloudapi.cn/",
		BatchScope: "https://batch.chinacloudapi.cn//.default", BatchSuffix: "batch.chinacloudapi.cn", BlobSuffix: "blob.core.chinacloudapi.cn", VaultSuffix: "vault.azure.cn",
		StorageScope: "https://storage.azure.com/.default", VaultScope: "https://vault.azure.cn/.default", RegistryScope: "https://management.chinacloudapi.cn/.default",
	},
}
