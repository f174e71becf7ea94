package config

// Options of nf-azure keep their names and meaning; those without a release
// are ours as far as they concern managed identities.
//
// Nextflow docs: reference/config#azure
var azure = scope("azure", "Microsoft Azure.", `
	activeDirectory.servicePrincipalId | string | | Client id of the service principal.
	activeDirectory.servicePrincipalSecret | string | | Its secret; refused unless allowSecrets.
	activeDirectory.tenantId | string | | Tenant.
	allowSecrets | boolean | false | Use the keys, signatures and passwords that are given instead of refusing them. None is ever made.
	azcopy.blobTier | string | None | Tier of uploaded blobs: Hot, Cool, Cold or Archive.
	azcopy.blockSize | string/integer | 4 | Block size of transfers in MB; more where a file needs it.
	azcopy.parallelTransfers | integer | | Transfers at once.
	azcopy.sha256 | string | | SHA-256 of azcopy, checked before it is used.
	azcopy.source | path | | The azcopy for linux that nodes get; by default the one on PATH.
	batch.accountKey | string | | Key of the batch account; refused unless allowSecrets.
	batch.accountName | string | | Name of the batch account; by default from the endpoint or AZURE_BATCH_ACCOUNT_NAME.
	batch.allowPoolCreation | boolean | false | Make pools that are missing.
	batch.autoPoolMode | boolean | false | Make pools as tasks need them.
	batch.copyToolInstallMode | string | node | Where azcopy comes from: node, task or off (PATH of the image).
	batch.delayBetweenAttempts | duration | 10s | Delay between transfer attempts.
	batch.deleteJobsOnCompletion | boolean | false | Delete jobs at the end.
	batch.deletePoolsOnCompletion | boolean | false | Delete pools at the end.
	batch.deleteTasksOnCompletion | boolean | false | [23.10] Delete the tasks that have ended at the end of the run, a call for each; else they go with their job.
	batch.endpoint | string | | Address of the batch account; by default from its name and location.
	batch.isolation | string | container | host keeps the identity endpoint from the containers of tasks.
	batch.jobLease | duration | 24h | How long jobs outlive a head that died; renewed while it lives.
	batch.jobMaxWallClockTime | duration | 30d | [25.04] Longest time of a job.
	batch.jobQuotaRetryDelay | duration | 2m | Delay between attempts to make a job when the quota of jobs is used up.
	batch.location | string | | Region of the batch account.
	batch.maxInfraRetries | integer | 5 | How often a task is repeated after a fault of Azure; not counted as attempts.
	batch.maxJobQuotaRetries | integer | 3 | How often making a job is tried again when the quota of jobs is used up.
	batch.maxParallelTransfers | integer | 4 | Transfers of a task at once.
	batch.maxPoolWait | duration | 0 | How long to wait for quota or capacity; 0 is for ever.
	batch.maxSpotLosses | integer | 3 | How often a task of an automatic pool may lose its spot node before it gets a dedicated one; 0 is any number.
	batch.maxTransferAttempts | integer | 1 | Attempts of a transfer.
	batch.onInterrupt | string | terminate | What becomes of running tasks when a run without a terminal is interrupted: terminate, or detach, which leaves them to a later -resume.
	batch.poolIdentityClientId | string/boolean | | [25.10] Client id of the managed identity of nodes, or auto for the only one of the pool.
	batch.preflight | string/boolean | true | What is checked before the first task: deep adds a probe on each pool, false checks nothing.
	batch.resourceGroup | string | | Resource group of the batch account; found if not given.
	batch.subscriptionId | string | | Subscription of the batch account; found if not given.
	batch.terminateJobsOnCompletion | boolean | true | [23.10] Jobs end with their tasks.
	batch.pools.*.autoScale | boolean | | Scale by formula; by default unless vmCount is given.
	batch.pools.*.fileShareRootPath | string | | Where file shares are mounted.
	batch.pools.*.lowPriority | boolean | false | Use spot nodes.
	batch.pools.*.managedIdentity.also | string/list | | Further identities: client ids, resource ids or names.
	batch.pools.*.managedIdentity.clientId | string | | Client id of the identity of the nodes, or auto for the only one of the pool.
	batch.pools.*.managedIdentity.name | string | | Name of the identity of the nodes.
	batch.pools.*.managedIdentity.outputs | string | | Identity with which tasks write, by client id, resource id or name; by default the same.
	batch.pools.*.managedIdentity.resourceId | string | | Resource id of the identity of the nodes.
	batch.pools.*.managedIdentity.system | boolean | false | The only identity of a pool that exists: Batch pools have no identity of their own.
	batch.pools.*.maxVmCount | integer | | Most nodes; by default 3 for each of vmCount.
	batch.pools.*.mountOptions | string | | Options of mounts.
	batch.pools.*.mounts | list | | Containers mounted read only by identity: [container:, path:, options:].
	batch.pools.*.offer | string | | Offer of the image.
	batch.pools.*.password | string | | Password of the registry; refused unless allowSecrets.
	batch.pools.*.privileged | boolean | false | Tasks run with elevated rights.
	batch.pools.*.publisher | string | | Publisher of the image.
	batch.pools.*.registry | string | | Container registry of the pool.
	batch.pools.*.runAs | string | | User of tasks.
	batch.pools.*.scaleFormula | string | | Formula of the scaling.
	batch.pools.*.scaleInterval | duration | 5m | How often the formula is evaluated.
	batch.pools.*.schedulePolicy | string | spread | spread or pack.
	batch.pools.*.sku | string | | Node agent of the image.
	batch.pools.*.startTask.privileged | boolean | false | [25.04] Start task with elevated rights.
	batch.pools.*.startTask.script | string | | [25.04] Script of the start task.
	batch.pools.*.taskSlots | integer | | Tasks a node runs at once at most; by default 4 for each CPU.
	batch.pools.*.userName | string | | User of the registry.
	batch.pools.*.virtualNetwork | string | | [23.04] Resource id of the subnet.
	batch.pools.*.vmCount | integer | 1 | Nodes, or how many to begin with.
	batch.pools.*.vmType | string | | Machine type; a pattern or several in the pool auto.
	cloud | string | public | public, usgovernment or china.
	copyTool | string | native | What copies files on nodes: native or azcopy.
	keyVault.uri | string | | Key vault of the values of the directive secret.
	managedIdentity.clientId | string | | Client id of the user-assigned identity of the head.
	managedIdentity.system | boolean | false | The head uses the system-assigned identity of its machine.
	managedIdentity.tenantId | string | | Tenant.
	managedIdentity.nodes.also | string/list | | Further identities of all pools.
	managedIdentity.nodes.clientId | string | | Client id of the identity of the nodes of all pools.
	managedIdentity.nodes.name | string | | Name of the identity of the nodes of all pools.
	managedIdentity.nodes.outputs | string | | Identity with which tasks of all pools write, by client id, resource id or name; by default the same.
	managedIdentity.nodes.resourceId | string | | Resource id of the identity of the nodes of all pools.
	managedIdentity.nodes.system | boolean | false | The only identity of pools that exist.
	nodeBinary | path | | The program for linux that nodes get, where the head is another system.
	registry | list | | Several registries, each with server, managedIdentity, userName and password.
	registry.managedIdentity | string/boolean/map | | Identity that pulls images: true for that of the pool, a client id or a resource id.
	registry.password | string | | Password of the container registry; refused unless allowSecrets.
	registry.server | string | docker.io | Container registry.
	registry.userName | string | | User of the container registry.
	retryPolicy.delay | duration | 250ms | First delay of retries.
	retryPolicy.jitter | number | 0.25 | Random part of the delay.
	retryPolicy.maxAttempts | integer | 10 | Attempts.
	retryPolicy.maxDelay | duration | 90s | Longest delay.
	storage.accountKey | string | | Key of the storage account; refused unless allowSecrets.
	storage.accountName | string | | Name of the storage account.
	storage.fileShares.*.mountOptions | string | -o vers=3.0,dir_mode=0777,file_mode=0777,sec=ntlmssp | Options of the mount.
	storage.fileShares.*.mountPath | string | | Where the share is mounted; needs the account key.
	storage.sasToken | string | | Shared access signature; refused unless allowSecrets.
	storage.tokenDuration | duration | 48h | Accepted; no signature is ever made.
`)
