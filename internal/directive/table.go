package directive

// Nextflow docs: reference/process/directives
var table = []Directive{
	{
		Name: "accelerator", Types: Integer | Map, MaxArgs: 1, First: "request",
		Options: []Option{
			{Name: "request", Types: Integer, Doc: "How many are asked for."},
			{Name: "limit", Types: Integer, Doc: "How many may be used at most."},
			{Name: "type", Types: String, Doc: "Kind of accelerator, as the platform names it."},
			{Name: "runtime", Types: String, Doc: "Runtime that serves the accelerator."},
		},
		Doc: "Number of hardware accelerators, such as GPUs, that a task needs.",
	},
	{Name: "afterScript", Types: String, MaxArgs: 1, Doc: "Bash text that runs after the task's script."},
	{
		Name: "arch", Types: String | Map, MaxArgs: 1, First: "name",
		Options: []Option{
			{Name: "name", Types: String, Doc: "Platform, such as linux/x86_64."},
			{Name: "target", Types: String, Doc: "Microarchitecture for Spack."},
		},
		Doc: "CPU architecture the task's software is built for.",
	},
	{
		Name: "array", Types: Integer, MaxArgs: 1, Since: "24.04", Static: true,
		Doc: "Number of tasks submitted as one job array.",
	},
	{Name: "beforeScript", Types: String, MaxArgs: 1, Doc: "Bash text that runs before the task's script."},
	{
		Name: "cache", Types: Bool | String, MaxArgs: 1, Values: []string{"true", "false", "deep", "lenient", "standard"}, Default: "true",
		Doc: "Whether results are reused by -resume, and how input files are compared.",
	},
	{Name: "clusterOptions", Types: String | List, MaxArgs: -1, Doc: "Further options for the scheduler's submit command."},
	{Name: "conda", Types: String | Path, MaxArgs: 1, InHash: true, Doc: "Conda packages, environment file or environment directory."},
	{Name: "container", Types: String | Bool, MaxArgs: 1, InHash: true, Doc: "Container image the task runs in."},
	{Name: "containerOptions", Types: String | List | Map, MaxArgs: 1, Open: true, Doc: "Further options for the container engine."},
	{Name: "cpus", Types: Integer, MaxArgs: 1, Default: "1", Doc: "Number of CPUs a task needs."},
	{Name: "debug", Types: Bool, MaxArgs: 1, Default: "false", Doc: "Show the task's standard output."},
	{
		Name: "disk", Types: Memory | Map, MaxArgs: 1, First: "request",
		Options: []Option{
			{Name: "request", Types: Memory, Doc: "Size."},
			{Name: "type", Types: String, Doc: "Kind of disk, as the platform names it."},
		},
		Doc: "Disk space a task needs.",
	},
	{Name: "echo", Types: Bool, MaxArgs: 1, Default: "false", Deprecated: "use `debug`", Doc: "Show the task's standard output."},
	{Name: "ext", Types: Map, MaxArgs: 0, Open: true, Repeatable: true, Doc: "Values of the pipeline's own, read as task.ext.x."},
	{
		Name: "errorStrategy", Types: String, MaxArgs: 1, Values: strategies, Default: "terminate",
		Doc: "What follows when a task fails.",
	},
	{Name: "executor", Types: String, MaxArgs: 1, Static: true, Default: "local", Doc: "Where tasks run."},
	{
		Name: "fair", Types: Bool, MaxArgs: 1, Static: true, Default: "false", Since: "22.12",
		Doc: "Emit outputs in the order of the inputs.",
	},
	{Name: "fusion", Types: Map, MaxArgs: 0, Open: true, Doc: "Settings of the Fusion file system."},
	{Name: "label", Types: String, MaxArgs: 1, Static: true, Repeatable: true, Doc: "A name that configuration can select processes by."},
	{Name: "machineType", Types: String, MaxArgs: 1, Doc: "Machine type, as the platform names it."},
	{Name: "maxErrors", Types: Integer, MaxArgs: 1, Default: "-1", Doc: "How often the process may fail in all when tasks are retried."},
	{Name: "maxForks", Types: Integer, MaxArgs: 1, Static: true, Default: "0", Doc: "How many tasks of the process may run at once; 0 is any number."},
	{Name: "maxRetries", Types: Integer, MaxArgs: 1, Default: "1", Doc: "How often one task may be retried."},
	{Name: "maxSubmitAwait", Types: Duration, MaxArgs: 1, Since: "23.04", Doc: "How long a task may wait in a queue before it counts as failed."},
	{Name: "memory", Types: Memory, MaxArgs: 1, Doc: "Memory a task needs."},
	{Name: "module", Types: String, MaxArgs: 1, InHash: true, Repeatable: true, Doc: "Environment modules to load, separated by colons."},
	{Name: "penv", Types: String, MaxArgs: 1, Doc: "Parallel environment of SGE."},
	{Name: "pod", Types: Map | List, MaxArgs: 1, Open: true, Repeatable: true, Options: podOptions, Doc: "Settings of the Kubernetes pod."},
	{
		Name: "publishDir", Types: String | Path | Map | List | Bool, MaxArgs: 1, First: "path", Repeatable: true, Options: publishOptions,
		Doc: "Directory where output files are published.",
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
		Doc: "Bounds that requests are lowered to.",
	},
	{Name: "scratch", Types: Bool | String, MaxArgs: 1, InHash: false, Default: "false", Doc: "Run in a directory that is local to the node."},
	{Name: "secret", Types: String, MaxArgs: 1, Repeatable: true, Doc: "Name of a secret put into the task's environment."},
	{Name: "shell", Types: String | List, MaxArgs: -1, Default: "['/bin/bash', '-ue']", Doc: "Command that runs the script."},
	{Name: "spack", Types: String | Path, MaxArgs: 1, InHash: true, Doc: "Spack packages or environment file."},
	{
		Name: "stageInMode", Types: String, MaxArgs: 1, Values: []string{"copy", "link", "rellink", "symlink"}, Default: "symlink",
		Doc: "How input files get into the work directory.",
	},
	{
		Name: "stageOutMode", Types: String, MaxArgs: 1, Values: []string{"copy", "move", "rsync", "rclone", "fcp"}, Default: "copy",
		Doc: "How output files leave the scratch directory.",
	},
	{Name: "storeDir", Types: String | Path, MaxArgs: 1, Doc: "Directory that keeps results for good; what is there is not made again."},
	{Name: "tag", Types: String | Number | Bool | List | Map | Path, MaxArgs: 1, Doc: "Text that tells tasks of a process apart."},
	{Name: "time", Types: Duration, MaxArgs: 1, Doc: "Longest time a task may run."},
	{Name: "when", Types: Bool, MaxArgs: 1, Deprecated: "use conditions in the workflow", Doc: "Whether a task is run."},
}

var strategies = []string{"terminate", "finish", "ignore", "retry"}

// PublishModes are the ways of publishing a file.
var PublishModes = []string{"copy", "copyNoFollow", "link", "move", "rellink", "symlink"}

// Nextflow docs: reference/process/directives#publishdir
var publishOptions = []Option{
	{Name: "path", Types: String | Path, Doc: "Directory."},
	{Name: "mode", Types: String, Values: PublishModes, Doc: "How files get there."},
	{Name: "pattern", Types: String, Doc: "Glob: only matching files."},
	{Name: "saveAs", Types: Function, Doc: "Closure that names each file; null leaves it out."},
	{Name: "enabled", Types: Bool, Doc: "Switches publishing off."},
	{Name: "overwrite", Types: Bool, Doc: "Whether existing files are replaced."},
	{Name: "failOnError", Types: Bool, Doc: "Whether a file that cannot be published stops the run."},
	{Name: "contentType", Types: Bool | String, Doc: "Content type of the object, or whether it is guessed."},
	{Name: "storageClass", Types: String, Doc: "Storage class of the object."},
	{Name: "tags", Types: Map, Doc: "Tags of the object."},
}

// Nextflow docs: reference/process/directives#pod
var podOptions = []Option{
	{Name: "affinity", Types: Map},
	{Name: "annotation", Types: String},
	{Name: "automountServiceAccountToken", Types: Bool},
	{Name: "config", Types: String},
	{Name: "csi", Types: Map},
	{Name: "emptyDir", Types: Map},
	{Name: "env", Types: String},
	{Name: "fieldPath", Types: String},
	{Name: "hostPath", Types: String},
	{Name: "imagePullPolicy", Types: String},
	{Name: "imagePullSecret", Types: String},
	{Name: "label", Types: String},
	{Name: "mountPath", Types: String},
	{Name: "nodeSelector", Types: String | Map},
	{Name: "priorityClassName", Types: String},
	{Name: "privileged", Types: Bool},
	{Name: "readOnly", Types: Bool},
	{Name: "runAsUser", Types: String | Integer},
	{Name: "runtimeClassName", Types: String},
	{Name: "schedulerName", Types: String},
	{Name: "secret", Types: String},
	{Name: "securityContext", Types: Map},
	{Name: "subPath", Types: String},
	{Name: "toleration", Types: Map},
	{Name: "ttlSecondsAfterFinished", Types: Integer},
	{Name: "value", Types: String | Number | Bool},
	{Name: "volumeClaim", Types: String},
}
