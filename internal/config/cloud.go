package config

// Nextflow docs: reference/config#aws
var aws = without("tasks do not run on AWS, and `s3://` is not read", scope("aws", "Amazon Web Services.", `
	accessKey | string | | Access key.
	profile | string | | Profile of the credentials file.
	region | string | | Region.
	secretKey | string | | Secret key.
	batch.cliPath | string | | Where the aws command is on the nodes.
	batch.delayBetweenAttempts | duration | 10s | Delay between transfer attempts.
	batch.executionRole | string | | Execution role of jobs.
	batch.forceGlacierTransfer | boolean | false | [26.04] Transfer objects of Glacier.
	batch.jobRole | string | | Role of jobs.
	batch.logsGroup | string | | Log group.
	batch.maxParallelTransfers | integer | 4 | Transfers at once.
	batch.maxSpotAttempts | integer | 0 | Attempts after spot reclaims.
	batch.maxTransferAttempts | integer | 1 | Attempts of a transfer.
	batch.platformType | string | | ec2 or fargate.
	batch.retryMode | string | standard | Retry mode of the aws command.
	batch.schedulingPriority | integer | 0 | Priority of jobs.
	batch.shareIdentifier | string | | Share identifier of jobs.
	batch.terminateUnschedulableJobs | boolean | false | [25.04] Stop jobs that never start.
	batch.volumes | string/list | | Mounts of containers.
	client.anonymous | boolean | false | Read public buckets without credentials.
	client.connectionTimeout | integer/duration | 10000 | Connection timeout.
	client.endpoint | string | | Endpoint of S3.
	client.maxConnections | integer | 50 | Connections at once.
	client.maxDownloadHeapMemory | memory | 400 MB | Memory of downloads.
	client.maxErrorRetry | integer | 5 | Retries.
	client.minimumPartSize | memory | 8 MB | [25.10] Smallest part.
	client.multipartThreshold | memory | | [25.10] Size from which uploads are split.
	client.protocol | string | https | [deprecated] Protocol.
	client.proxyHost | string | | Proxy.
	client.proxyPassword | string | | Password of the proxy.
	client.proxyPort | integer | | Port of the proxy.
	client.proxyScheme | string | http | [25.10] Scheme of the proxy.
	client.proxyUsername | string | | User of the proxy.
	client.requesterPays | boolean | false | [25.10] Use buckets whose reader pays.
	client.s3Acl | string | | Access list of new objects.
	client.s3PathStyleAccess | boolean | false | Bucket in the path.
	client.signerOverride | string | | [deprecated] Signer.
	client.socketSendBufferSizeHint | integer | | [deprecated] Send buffer.
	client.socketRecvBufferSizeHint | integer | | [deprecated] Receive buffer.
	client.socketTimeout | integer/duration | 50000 | Socket timeout.
	client.storageClass | string | | Storage class of new objects.
	client.storageEncryption | string | | Encryption of new objects.
	client.storageKmsKeyId | string | | Key of the encryption.
	client.targetThroughputInGbps | number | 10 | [25.10] Throughput aimed at.
	client.userAgent | string | | [deprecated] User agent.
	client.uploadChunkSize | memory | | [deprecated] Part size.
	client.uploadMaxAttempts | integer | | [deprecated] Attempts of an upload.
	client.uploadMaxThreads | integer | | [deprecated] Threads of uploads.
	client.uploadRetrySleep | duration | | [deprecated] Delay of upload retries.
	client.uploadStorageClass | string | | [deprecated] Storage class.
`))

// Nextflow docs: reference/config#google
var google = without("tasks do not run on Google Cloud, and `gs://` is not read", scope("google", "Google Cloud.", `
	enableRequesterPaysBuckets | boolean | false | Use buckets whose reader pays.
	httpConnectTimeout | duration | 60s | [23.10] Connection timeout.
	httpReadTimeout | duration | 60s | [23.10] Read timeout.
	location | string | | Region.
	project | string | | Project.
	batch.allowedLocations | list | | Where jobs may run.
	batch.autoRetryExitCodes | list | | [24.10] Exit codes worth a retry.
	batch.bootDiskImage | string | | [24.10] Image of the boot disk.
	batch.bootDiskSize | memory | | Size of the boot disk.
	batch.cpuPlatform | string | | Least CPU platform.
	batch.gcsfuseOptions | list | | [25.04] Options of bucket mounts.
	batch.installGpuDrivers | boolean | false | Install drivers.
	batch.installOpsAgent | boolean | false | Install the agent.
	batch.logsPath | string | | [26.04] Where logs go.
	batch.maxSpotAttempts | integer | 0 | [24.10] Attempts after spot reclaims.
	batch.network | string | | Network.
	batch.networkTags | string/list | | Tags of the network.
	batch.serviceAccountEmail | string | | Service account.
	batch.spot | boolean | false | Use spot machines.
	batch.subnetwork | string | | Subnetwork.
	batch.usePrivateAddress | boolean | false | No public addresses.
	storage.retryPolicy.maxAttempts | integer | 10 | [24.10] Attempts.
	storage.retryPolicy.maxDelay | duration | 90s | [24.10] Longest delay.
	storage.retryPolicy.multiplier | number | 2.0 | [24.10] Growth of the delay.
`))

// Nextflow docs: reference/config#k8s
var k8s = without("tasks do not run on Kubernetes", scope("k8s", "Kubernetes.", `
	autoMountHostPaths | boolean | false | Mount host paths.
	cleanup | boolean | | Delete pods that ended.
	client | map | | Client settings.
	clientRefreshInterval | duration | 50m | [26.04] How often the client is renewed.
	computeResourceType | string | Pod | Pod or Job.
	context | string | | Context of the client configuration.
	cpuLimits | boolean | false | [24.04] Limit CPUs as well as ask for them.
	debug.yaml | boolean | false | Keep the manifests.
	fetchNodeName | boolean | false | Note the node of each task.
	fuseDevicePlugin | map | | [24.04] Plugin for FUSE devices.
	httpConnectTimeout | duration | 60s | Connection timeout.
	httpReadTimeout | duration | 60s | Read timeout.
	imagePullPolicy | string | | When images are pulled.
	launchDir | string | | Launch directory in the cluster.
	namespace | string | default | Namespace.
	pod | map/list | | Settings of all pods.
	projectDir | string | | Project directory in the cluster.
	retryPolicy.delay | duration | 250ms | First delay of retries.
	retryPolicy.jitter | number | 0.25 | Random part of the delay.
	retryPolicy.maxAttempts | integer | 4 | Attempts.
	retryPolicy.maxDelay | duration | 90s | Longest delay.
	runAsUser | string/integer | | User of pods.
	securityContext | map | | Security context of pods.
	serviceAccount | string | | Service account.
	storageClaimName | string | | Volume claim of the work directory.
	storageMountPath | string | /workspace | Where the claim is mounted.
	storageSubPath | string | | Path in the claim.
	workDir | string | | Work directory in the cluster.
`))

// Nextflow docs: reference/config#fusion
var fusion = scope("fusion", "Fusion file system.", `
	cacheSize | memory | | [24.04] Size of the local cache.
	containerConfigUrl | string | | Where the container layer comes from.
	enabled | boolean | false | Use it.
	exportStorageCredentials | boolean | false | Hand credentials to the tasks.
	logLevel | string | | Log level.
	logOutput | string | | Where logs go.
	privileged | boolean | true | [23.10] Containers with elevated rights.
	snapshots | boolean | false | [25.04] Snapshots of spot tasks.
	tags | boolean/string | | Tags of objects.
`)

// Nextflow docs: reference/config#wave
var wave = without("containers are not made by Wave", scope("wave", "Wave containers.", `
	enabled | boolean | false | Use it.
	endpoint | string | https://wave.seqera.io | Address of the service.
	freeze | boolean | false | [23.10] Keep built containers.
	mirror | boolean | false | [24.10] Copy containers.
	strategy | string/list | container,dockerfile,conda | What containers are made from.
	build.cacheRepository | string | | Repository of build layers.
	build.compression.mode | string | | [25.10] Compression of layers.
	build.compression.level | integer | | [25.10] Its level.
	build.compression.force | boolean | false | [25.10] Compress again.
	build.conda.baseImage | string | | [24.04] Base image.
	build.conda.basePackages | string | | Packages always installed.
	build.conda.commands | string/list | | Commands added.
	build.conda.mambaImage | string | | Image of mamba.
	build.repository | string | | Repository of built containers.
	build.spack.basePackages | string | | Packages always installed.
	build.spack.commands | string/list | | Commands added.
	build.template | string | | [26.04] Template of builds.
	httpClient.connectTimeout | duration | 30s | Connection timeout.
	httpClient.maxRate | string | | [25.04] Most requests in a time.
	retryPolicy.delay | duration | 450ms | First delay of retries.
	retryPolicy.jitter | number | 0.25 | Random part of the delay.
	retryPolicy.maxAttempts | integer | 5 | Attempts.
	retryPolicy.maxDelay | duration | 90s | Longest delay.
	scan.allowedLevels | string/list | | [24.10] Levels that pass the scan.
	scan.mode | string | | [24.10] none, async or required.
`))

// Nextflow docs: reference/config#tower
var tower = scope("tower", "Seqera Platform.", `
	accessToken | string | | Access token.
	computeEnvId | string | | Compute environment.
	enabled | boolean | false | Report runs.
	endpoint | string | https://api.cloud.seqera.io | Address of the service.
	httpConnectTimeout | duration | 60s | [26.04] Connection timeout.
	httpReadTimeout | duration | 60s | [26.04] Read timeout.
	workspaceId | string/integer | | Workspace.
`)

// Nextflow docs: reference/config#seqera
var seqera = without("tasks do not run on the Seqera executor", scope("seqera", "Seqera executor.", `
	executor.autoLabels | boolean | | Labels by themselves.
	executor.computeEnvId | string | | Compute environment.
	executor.endpoint | string | | Address of the service.
	executor.keyPairName | string | | Key pair of machines.
	executor.predictionModel | string | | Model of predictions.
	executor.provider | string | | Cloud.
	executor.providerConfig | map | | Settings of the cloud.
	executor.region | string | | Region.
	executor.shellEnabled | boolean | | Shells into tasks.
	executor.strategy | string | | Strategy of placement.
	executor.taskEnvironment | map | | Variables of tasks.
	executor.machineRequirement.capacityMode | string | | Capacity mode.
	executor.machineRequirement.diskAllocation | string | | Disk allocation.
	executor.machineRequirement.diskEncrypted | boolean | | Encrypted disks.
	executor.machineRequirement.diskIops | integer | | Disk operations.
	executor.machineRequirement.diskMountPath | string | | Where disks are mounted.
	executor.machineRequirement.diskSize | memory | | Disk size.
	executor.machineRequirement.diskThroughputMiBps | integer | | Disk throughput.
	executor.machineRequirement.diskType | string | | Kind of disks.
	executor.machineRequirement.machineTypes | list | | Machine types.
	executor.machineRequirement.maxSpotAttempts | integer | | Attempts after spot reclaims.
	executor.machineRequirement.provisioning | string | | Spot or on demand.
	executor.schedulingRequirement.maxCpusPerUser | integer | | Most CPUs.
	executor.httpClient.connectTimeout | duration | | Connection timeout.
	executor.httpClient.requestTimeout | duration | | Request timeout.
	executor.retryPolicy.delay | duration | | First delay of retries.
	executor.retryPolicy.maxDelay | duration | | Longest delay.
	executor.retryPolicy.maxAttempts | integer | | Attempts.
	executor.retryPolicy.jitter | number | | Random part of the delay.
	executor.retryPolicy.multiplier | number | | Growth of the delay.
`))

// Nextflow docs: reference/config#lineage
var lineage = without("no lineage is recorded", scope("lineage", "Records of where results come from.", `
	enabled | boolean | false | Keep records.
	store.location | path | <cache>/.lineage | Where they are kept.
`))

// Nextflow docs: reference/config#mail
var mail = scope("mail", "How mail is sent.", `
	debug | boolean | false | Log the exchange. [lost: the exchange is not logged]
	from | string | | Sender.
	smtp.host | string | | Mail server.
	smtp.password | string | | Password.
	smtp.port | integer | | Port.
	smtp.user | string | | User.
	smtp.proxy.host | string | | Proxy.
	smtp.proxy.port | integer | | Port of the proxy.
	smtp.* | string/boolean/map | | Further properties of the mail library.
	smtp.*.* | string/boolean/map | | Further properties of the mail library.
	smtp.*.*.* | string/boolean | | Further properties of the mail library.
`)

// Nextflow docs: reference/config#notification
var notification = scope("notification", "Mail about the end of a run.", `
	attributes | map | | Variables of the template.
	binding | map | | [deprecated] Variables of the template.
	enabled | boolean | false | Send it.
	from | string | | Sender.
	template | path | | Template.
	to | string/list | | Recipients.
`)

// Nextflow docs: reference/config#registry
var registry = without("modules are not fetched from a registry", scope("registry", "Registry of modules.", `
	apiKey | string | | Key.
	url | string | | Address.
`))
