package directive

// Nextflow docs: reference/process/directives
var table = []Directive{
	{
		Name: "accelerator", Lost: "the local executor has no accelerators to hand out; it chooses the machine on Azure Batch", Types: Integer | Map, MaxArgs: 1, First: "request",
		Options: []Option{
			{Name: "request", Types: Integer, Doc: "How many are asked for."},
			{Name: "limit", Types: Integer, Doc: "How many may be used at most."},
			{Name: "type", Types: String, Doc: "Kind of accelerator, as the platform names it."},
			{Name: "runtime", Types: String, Doc: "Runtime that serves the accelerator."},
		},
		Doc: "Number of hardware accelerators, such as GPUs, that a task needs.",
	},
	{Name: "afterScript", Types: String, MaxArgs: 1, Doc: "Bash text that runs after the task's script, in its directory. The task fails when it fails."},
	{
		Name: "arch", Types: String | Map, MaxArgs: 1, First: "name",
		Options: []Option{
			{Name: "name", Types: String, Doc: "Platform, such as linux/x86_64."},
			{Name: "target", Types: String, Doc: "Microarchitecture for Spack."},
		},
		Doc: "CPU architecture the task's software is built for.",
	},
	{
		Name: "array", Refused: "the local executor has no job arrays, as in Nextflow", Types: Integer, MaxArgs: 1, Since: "24.04", Static: true,
		Doc: "Number of tasks submitted as one job array. The local executor has none and refuses the directive.",
	},
	{Name: "beforeScript", Types: String, MaxArgs: 1, Doc: "Bash text that runs before the task's script and its inputs are there; what it exports, the script sees. The task fails when it fails."},
	{
		Name: "cache", Types: Bool | String, MaxArgs: 1, Values: []string{"true", "false", "deep", "lenient", "standard"}, Default: "true",
		Doc: "Whether results are reused by -resume, and how input files are compared: by path, size and time of change; `lenient` by path and size; `deep` by content.",
	},
	{Name: "clusterOptions", Lost: "it is for grid executors, which are not available", Types: String | List, MaxArgs: -1, Doc: "Further options for the scheduler's submit command."},
	{Name: "conda", Types: String | Path, MaxArgs: 1, InHash: true, Doc: "Conda packages, environment file or environment directory."},
	{Name: "container", Types: String | Bool, MaxArgs: 1, InHash: true, Doc: "Container image the task runs in."},
	{Name: "containerOptions", Types: String | List | Map, MaxArgs: 1, Open: true, Doc: "Text put on the command line of the container engine, before the image."},
	{Name: "cpus", Types: Integer, MaxArgs: 1, Default: "1", Least: 1, Doc: "Number of CPUs a task needs, at least 1. Tasks run as long as the sum fits the machine; use is not limited. A task that asks for more than there is fails."},
	{Name: "debug", Types: Bool, MaxArgs: 1, Default: "false", Doc: "Show the task's standard output."},
	{
		Name: "disk", Lost: "it is kept in `task.disk` and not checked", Types: Memory | Map, MaxArgs: 1, First: "request",
		Options: []Option{
			{Name: "request", Types: Memory, Doc: "Size."},
			{Name: "type", Types: String, Doc: "Kind of disk, as the platform names it."},
		},
		Doc: "Disk space a task needs.",
	},
	{Name: "echo", Types: Bool, MaxArgs: 1, Default: "false", Deprecated: "use `debug`", Doc: "Show the task's standard output."},
	{Name: "ext", Types: Map, MaxArgs: 0, Open: true, Repeatable: true, Doc: "Values of the pipeline's own, read as `task.ext.x`. Closures are called when read; entries of several places merge by key."},
	{
		Name: "errorStrategy", Types: String, MaxArgs: 1, Values: strategies, Default: "terminate",
		Doc: "What follows when a task fails. A closure sees `task.exitStatus` and `task.attempt`. `terminate` ends what runs, `finish` lets it end, `ignore` goes on without the task, `retry` tries again.",
	},
	{Name: "executor", Types: String, MaxArgs: 1, Static: true, Default: "local", Doc: "Where tasks run. Names of executors that are not available are refused."},
	{
		Name: "fair", Types: Bool, MaxArgs: 1, Static: true, Default: "false", Since: "22.12",
		Doc: "Emit outputs in the order of the inputs; a failed task that is ignored leaves a gap.",
	},
	{Name: "fusion", Lost: "tasks read files directly", Types: Map, MaxArgs: 0, Open: true, Doc: "Settings of the Fusion file system."},
	{Name: "label", Types: String, MaxArgs: 1, Static: true, Repeatable: true, Doc: "A name that `withLabel` of the configuration selects processes by."},
	{Name: "machineType", Types: String, MaxArgs: 1, Doc: "Machine type, as the platform names it."},
	{Name: "maxErrors", Types: Integer, MaxArgs: 1, Default: "-1", Doc: "How often the process may fail in all until nothing is retried any more; -1 is any number."},
	{Name: "maxForks", Types: Integer, MaxArgs: 1, Static: true, Default: "0", Doc: "How many tasks of the process may run at once; 0 is any number."},
	{Name: "maxRetries", Types: Integer, MaxArgs: 1, Default: "1", Doc: "How often one task may be retried; 0 counts as 1."},
	{Name: "maxSubmitAwait", Lost: "tasks of this machine do not wait in a queue", Types: Duration, MaxArgs: 1, Since: "23.04", Doc: "How long a task may wait in a queue before it counts as failed."},
	{Name: "memory", Types: Memory, MaxArgs: 1, Doc: "Memory a task needs: a size, text such as `8 GB`, or bytes. Tasks run as long as the sum fits the machine; use is not limited."},
	{Name: "module", Types: String, MaxArgs: 1, InHash: true, Repeatable: true, Doc: "Environment modules to load, separated by colons, by the `module` command."},
	{Name: "penv", Lost: "it is for grid executors, which are not available", Types: String, MaxArgs: 1, Doc: "Parallel environment of SGE."},
	{Name: "pod", Lost: "tasks do not run on Kubernetes", Types: Map | List, MaxArgs: 1, Open: true, Repeatable: true, Options: podOptions, Doc: "Settings of the Kubernetes pod."},
	{
		Name: "publishDir", Types: String | Path | Map | List | Bool, MaxArgs: 1, First: "path", Repeatable: true, Options: publishOptions,
		Doc: "Directory where output files are published; a relative one is below the launch directory. Several publish to each.",
	},
	{Name: "queue", Types: String, MaxArgs: 1, Doc: "Queue that tasks are submitted to."},
	{Name: "resourceLabels", Types: Map, MaxArgs: 1, Open: true, Doc: "Labels put on the cloud resources of a task."},
	{
		Name: "resourceLimits", Types: Map, MaxArgs: 1, Since: "24.10",
		Options: []Option{
			{Name: "cpus", Types: Integer, Doc: "Most CPUs."},
			{Name: "memory", Types: Memory, Doc: "Most memory."},
			{Name: "disk", Types: Memory, Doc: "Most disk space."},
			{Name: "time", Types: Duration, Doc: "Longest time."},
		},
		Doc: "Bounds that requests for resources are lowered to.",
	},
	{Name: "scratch", Types: Bool | String, MaxArgs: 1, InHash: false, Default: "false", Doc: "Run in a directory of its own: `true` makes one below `$TMPDIR`, `ram-disk` below /dev/shm, a path or `$VARIABLE` below that. Only declared outputs come back."},
	{Name: "secret", Types: String, MaxArgs: 1, Repeatable: true, Doc: "Name of a secret put into the environment of the script, and written nowhere. The task fails when the store has none of that name."},
	{Name: "shell", Types: String | List, MaxArgs: -1, Default: "['/bin/bash', '-ue']", Doc: "Command that runs the script, as words or one text. A `#!` line of the script is stronger."},
	{Name: "spack", Types: String | Path, MaxArgs: 1, InHash: true, Doc: "Spack packages or environment file."},
	{
		Name: "stageInMode", Types: String, MaxArgs: 1, Values: []string{"copy", "link", "rellink", "symlink"}, Default: "symlink",
		Doc: "How input files get into the work directory: as links by absolute or relative path, as hard links, or as copies.",
	},
	{
		Name: "stageOutMode", Types: String, MaxArgs: 1, Values: []string{"copy", "move", "rsync", "rclone", "fcp"}, Default: "copy",
		Doc: "How output files leave the scratch directory. `rsync`, `rclone` and `fcp` need the program of that name.",
	},
	{Name: "storeDir", Types: String | Path, MaxArgs: 1, Doc: "Directory that keeps results for good. A task whose outputs are all there is skipped, whatever its inputs; it works when all outputs are files and values."},
	{Name: "tag", Types: String | Number | Bool | List | Map | Path, MaxArgs: 1, Doc: "Text that tells tasks of a process apart, in progress lines, the trace and errors."},
	{Name: "time", Types: Duration, MaxArgs: 1, Doc: "Longest time a task may run: a duration, text such as `1h 30m`, or milliseconds. A task that runs longer is ended and counts as failed."},
	{Name: "when", Types: Bool, MaxArgs: 1, Deprecated: "use conditions in the workflow", Doc: "Whether a task is run; a task that is not has no outputs."},
}

var strategies = []string{"terminate", "finish", "ignore", "retry"}

// PublishModes are the ways of publishing a file.
var PublishModes = []string{"copy", "copyNoFollow", "link", "move", "rellink", "symlink"}

// Nextflow docs: reference/process/directives#publishdir
var publishOptions = []Option{
	{Name: "path", Types: String | Path, Doc: "Directory."},
	{Name: "mode", Types: String, Values: PublishModes, Doc: "How files get there; `symlink` unless given. `copyNoFollow` copies links as links, `move` takes the file out of the work directory."},
	{Name: "pattern", Types: String, Doc: "Glob on the name below the work directory: only matching files are published."},
	{Name: "saveAs", Types: Function, Doc: "Closure that names each file; null leaves it out."},
	{Name: "enabled", Types: Bool, Doc: "`false` switches this publishDir off. `true` unless given."},
	{Name: "overwrite", Types: Bool, Doc: "Whether existing files are replaced; by default they are, but not by a cached task."},
	{Name: "failOnError", Types: Bool, Doc: "Whether a file that cannot be published ends the run. `true` unless given."},
	{Name: "contentType", Types: Bool | String, Doc: "Content type of the object, or whether it is guessed."},
	{Name: "storageClass", Types: String, Doc: "Storage class of the object."},
	{Name: "tags", Types: Map, Doc: "Tags of the object."},
}

// Nextflow docs: reference/process/directives#pod
var podOptions = []Option{
	{Name: "affinity", Types: Map, Doc: "Affinity of the pod, as Kubernetes has it."},
	{Name: "annotation", Types: String, Doc: "Name of an annotation; `value` is its text."},
	{Name: "automountServiceAccountToken", Types: Bool, Doc: "Whether the token of the service account is mounted."},
	{Name: "config", Types: String, Doc: "ConfigMap and key, mounted at `mountPath` or put into `env`."},
	{Name: "csi", Types: Map, Doc: "Ephemeral CSI volume, mounted at `mountPath`."},
	{Name: "emptyDir", Types: Map, Doc: "Empty directory, mounted at `mountPath`."},
	{Name: "env", Types: String, Doc: "Name of a variable; its value is of `value`, `config`, `secret` or `fieldPath`."},
	{Name: "fieldPath", Types: String, Doc: "Field of the pod that gives the value of `env`."},
	{Name: "hostPath", Types: String, Doc: "Directory of the node, mounted at `mountPath`."},
	{Name: "imagePullPolicy", Types: String, Doc: "When the image is pulled: `IfNotPresent`, `Always` or `Never`."},
	{Name: "imagePullSecret", Types: String, Doc: "Name of the secret for the registry."},
	{Name: "label", Types: String, Doc: "Name of a label; `value` is its text."},
	{Name: "mountPath", Types: String, Doc: "Absolute path in the pod."},
	{Name: "nodeSelector", Types: String | Map, Doc: "Labels of the nodes that may run the pod."},
	{Name: "priorityClassName", Types: String, Doc: "Name of the priority class."},
	{Name: "privileged", Types: Bool, Doc: "Whether the pod is privileged."},
	{Name: "readOnly", Types: Bool, Doc: "Whether the volume is read-only."},
	{Name: "runAsUser", Types: String | Integer, Doc: "User id that the pod runs as."},
	{Name: "runtimeClassName", Types: String, Doc: "Name of the runtime class."},
	{Name: "schedulerName", Types: String, Doc: "Name of the scheduler."},
	{Name: "secret", Types: String, Doc: "Secret and key, mounted at `mountPath` or put into `env`."},
	{Name: "securityContext", Types: Map, Doc: "Security context, as Kubernetes has it."},
	{Name: "subPath", Types: String, Doc: "Path within the volume."},
	{Name: "toleration", Types: Map, Doc: "Toleration, as Kubernetes has it."},
	{Name: "ttlSecondsAfterFinished", Types: Integer, Doc: "Seconds until a finished job is removed."},
	{Name: "value", Types: String | Number | Bool, Doc: "Text of `env`, `label` or `annotation`."},
	{Name: "volumeClaim", Types: String, Doc: "Name of a volume claim, mounted at `mountPath`."},
}
