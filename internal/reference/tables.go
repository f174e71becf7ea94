package reference

import (
	"strings"

	"sluice/internal/config"
	"sluice/internal/observe/trace"
)

func tables() []*Page { return []*Page{environment(), featureFlags(), traceFields()} }

func environment() *Page {
	p := &Page{
		Kind: "table", Name: "environment variables", File: "environment-variables",
		Doc: "Variables that are read when the program starts. Those that concern Java, plugins from a registry or services that are not used here are accepted and have no effect", Follows: "reference/env-vars",
	}
	p.table("Variables", Variables)
	p.table("Accepted without effect", inert)
	return p
}

func featureFlags() *Page {
	p := &Page{
		Kind: "table", Name: "feature flags", File: "feature-flags",
		Doc: "Set in a script, `nextflow.enable.x = true`, or in the configuration", Follows: "reference/feature-flags",
	}
	var rows []Row
	for _, o := range config.FindScope("nextflow").Options {
		if !strings.HasPrefix(o.Name, "enable.") {
			continue
		}
		since, deprecated, doc := marks(o.Doc)
		rows = append(rows, Row{Name: "nextflow." + o.Name, Default: o.Default, Since: since, Deprecated: deprecated, Doc: doc})
	}
	p.table("Flags", rows)
	return p
}

func traceFields() *Page {
	p := &Page{
		Kind: "table", Name: "trace fields", File: "trace-fields",
		Doc: "Columns of the trace file, chosen by `trace.fields`", Follows: "reports#trace-fields",
	}
	var rows []Row
	for _, f := range trace.Fields {
		rows = append(rows, Row{Name: f.Name, Doc: traceDocs[f.Name]})
	}
	p.table("Fields", rows)
	return p
}

var traceDocs = map[string]string{
	"task_id":      "number of the task in the run",
	"hash":         "beginning of the task's hash, which is also the beginning of its work directory",
	"native_id":    "number that the executor gave the task, such as a process id",
	"process":      "name of the process in full",
	"tag":          "what the directive `tag` gave",
	"name":         "process and tag",
	"status":       "SUBMITTED, RUNNING, COMPLETED, FAILED, ABORTED or CACHED",
	"exit":         "exit status",
	"module":       "environment modules, with colons between",
	"container":    "container image",
	"cpus":         "CPUs asked for",
	"time":         "time asked for",
	"disk":         "disk space asked for",
	"memory":       "memory asked for",
	"attempt":      "which attempt it was, from 1",
	"submit":       "when it was handed to the executor",
	"start":        "when it began",
	"complete":     "when it ended",
	"duration":     "from submission to end",
	"realtime":     "from beginning to end",
	"queue":        "queue of the executor",
	"%cpu":         "CPU time by real time: 100% is one CPU all the time",
	"%mem":         "part of the machine's memory",
	"rss":          "resident memory at the end",
	"vmem":         "virtual memory at the end",
	"peak_rss":     "most resident memory",
	"peak_vmem":    "most virtual memory",
	"rchar":        "bytes read, from caches too",
	"wchar":        "bytes written, into caches too",
	"syscr":        "calls that read",
	"syscw":        "calls that wrote",
	"read_bytes":   "bytes read from disk",
	"write_bytes":  "bytes written to disk",
	"vol_ctxt":     "switches of the CPU that the task asked for",
	"inv_ctxt":     "switches of the CPU that it did not",
	"env":          "variables set for the task",
	"workdir":      "work directory",
	"script":       "the script, in one line",
	"scratch":      "what the directive `scratch` gave",
	"error_action": "what the error strategy did: retry, ignore, terminate or finish",
	"hostname":     "machine it ran on",
	"cpu_model":    "model of that machine's CPU",
	"cost":         "price of the task in US dollars, where one is known",
}

// Variables are the environment variables that have an effect.
var Variables = []Row{
	{Name: "NO_COLOR", Doc: "set: no colours"},
	{Name: "NXF_ANSI_LOG", Type: "true or false", Doc: "progress that redraws itself, or lines"},
	{Name: "NXF_ANSI_SUMMARY", Type: "true or false", Doc: "the summary at the end of the redrawn progress"},
	{Name: "NXF_DEBUG", Type: "1 or 2", Doc: "tasks run by their `.command.run`, which prints the environment (1) and every command (2)"},
	{Name: "NXF_DISABLE_PARAMS_TYPE_DETECTION", Type: "true or false", Default: "false", Since: "23.10", Doc: "parameters of the command line stay text"},
	{Name: "NXF_HOME", Type: "a directory", Default: "~/.nextflow", Doc: "directory of the user's own `config` and `scm` files, and of the projects downloaded"},
	{Name: "NXF_LOG_FILE", Type: "a file", Default: ".nextflow.log", Doc: "log file, unless `-log` names one"},
	{Name: "NXF_PARAMS_FILE", Type: "a file", Doc: "parameters file, unless `-params-file` names one"},
	{Name: "NXF_PID_FILE", Type: "a file", Default: ".nextflow.pid", Doc: "where `-bg` writes the process id"},
	{Name: "NXF_SYNTAX_PARSER", Type: "v1 or v2", Default: "v2", Since: "25.04", Doc: "v1: what only the strict grammar refuses is a warning or passes"},
	{Name: "GITHUB_TOKEN", Type: "a token", Doc: "signs in at GitHub, where the SCM configuration has nothing for it"},
	{Name: "NXF_ASSETS", Type: "a directory", Default: "$NXF_HOME/assets", Doc: "where projects kept in git are downloaded to"},
	{Name: "NXF_OFFLINE", Type: "true or false", Default: "false", Doc: "no remote repository is asked for anything"},
	{Name: "NXF_ORG", Type: "a name", Default: "nextflow-io", Doc: "organisation of projects that are given by one word"},
	{Name: "NXF_SCM_FILE", Type: "a file", Default: "$NXF_HOME/scm", Doc: "servers of git repositories, and how to sign in there"},
	{Name: "NXF_APPTAINER_CACHEDIR", Type: "a directory", Doc: "where images of Apptainer are kept, unless `apptainer.cacheDir` says"},
	{Name: "NXF_APPTAINER_LIBRARYDIR", Type: "a directory", Doc: "where images of Apptainer are looked for first"},
	{Name: "NXF_CHARLIECLOUD_CACHEDIR", Type: "a directory", Doc: "where images of Charliecloud are kept, unless `charliecloud.cacheDir` says"},
	{Name: "NXF_CONDA_CACHEDIR", Type: "a directory", Doc: "where Conda environments are kept, unless `conda.cacheDir` says"},
	{Name: "NXF_CONDA_ENABLED", Type: "true or false", Default: "false", Since: "22.08", Doc: "`conda.enabled` where it is not set"},
	{Name: "NXF_ENABLE_SECRETS", Type: "true or false", Default: "true", Doc: "whether tasks and scripts may use secrets"},
	{Name: "NXF_PLUGINS_ALLOWED", Type: "names, with commas", Since: "25.04", Doc: "plugins that may be asked for; empty allows none, unset all"},
	{Name: "NXF_SECRETS_FILE", Type: "a file", Default: "$NXF_HOME/secrets/store.json", Doc: "where secrets are kept"},
	{Name: "NXF_SINGULARITY_CACHEDIR", Type: "a directory", Doc: "where images of Singularity are kept, unless `singularity.cacheDir` says"},
	{Name: "NXF_SINGULARITY_LIBRARYDIR", Type: "a directory", Doc: "where images of Singularity are looked for first"},
	{Name: "NXF_SPACK_CACHEDIR", Type: "a directory", Doc: "where Spack environments are kept, unless `spack.cacheDir` says"},
	{Name: "NXF_SPACK_ENABLED", Type: "true or false", Default: "false", Since: "23.04", Doc: "`spack.enabled` where it is not set"},
	{Name: "NXF_CACHE_DIR", Type: "a directory", Default: ".nextflow", Doc: "where history and caches of runs are kept"},
	{Name: "NXF_ENABLE_STRICT", Type: "true or false", Default: "false", Doc: "`nextflow.enable.strict` where it is not set"},
	{Name: "NXF_EXECUTOR", Type: "a name", Default: "local", Doc: "executor of processes, where the configuration names none"},
	{Name: "NXF_FILE_ROOT", Type: "an absolute path", Doc: "where relative paths of scripts start, instead of the launch directory"},
	{Name: "NXF_PUBLISH_FAIL_ON_ERROR", Type: "true or false", Default: "true", Doc: "`failOnError` of a `publishDir` that does not say"},
	{Name: "NXF_TEMP", Type: "a directory", Default: "$TMPDIR", Doc: "where temporary files of scripts are made"},
	{Name: "NXF_WORK", Type: "a directory", Default: "work", Doc: "work directory, unless `-work-dir` or `workDir` names one"},
	{Name: "TMPDIR", Type: "a directory", Default: "/tmp", Doc: "where tasks with `scratch true` work"},
	{Name: "TOWER_ACCESS_TOKEN", Type: "a token", Doc: "signs in at Seqera Platform, unless `tower.accessToken` says"},
	{Name: "TOWER_API_ENDPOINT", Type: "an address", Default: "https://api.cloud.seqera.io", Doc: "Seqera Platform, unless `tower.endpoint` says"},
	{Name: "TOWER_WORKSPACE_ID", Type: "a number", Doc: "workspace of Seqera Platform, unless `tower.workspaceId` says"},
	{Name: "COLUMNS", Type: "a number", Default: "80", Doc: "width of the terminal, where it does not say"},
	{Name: "HTTP_PROXY", Type: "an address", Doc: "proxy for http"},
	{Name: "HTTPS_PROXY", Type: "an address", Doc: "proxy for https"},
	{Name: "NO_PROXY", Type: "hosts, with commas", Doc: "hosts that are called without a proxy"},
	{Name: "ALL_PROXY", Type: "an address", Doc: "proxy for ssh, of the kind socks5"},
	{Name: "SSH_AUTH_SOCK", Type: "a socket", Doc: "agent of ssh that has keys for git repositories"},
	{Name: "SSL_CERT_FILE", Type: "a file", Doc: "certificates of the authorities to trust"},
}

// inert are variables that set up what is not there.
var inert = []Row{
	{Name: "ANTHROPIC_API_KEY", Doc: "there are no agents"},
	{Name: "ANTHROPIC_BASE_URL", Doc: "there are no agents"},
	{Name: "AZURE_OPENAI_API_KEY", Doc: "there are no agents"},
	{Name: "AZURE_OPENAI_ENDPOINT", Doc: "there are no agents"},
	{Name: "FTP_PROXY", Doc: "files are not read by ftp"},
	{Name: "GEMINI_API_KEY", Doc: "there are no agents"},
	{Name: "GOOGLE_API_KEY", Doc: "there are no agents"},
	{Name: "JAVA_CMD", Doc: "there is no Java"},
	{Name: "JAVA_HOME", Doc: "there is no Java"},
	{Name: "MISTRAL_API_KEY", Doc: "there are no agents"},
	{Name: "NXF_AGENT_API_KEY", Doc: "there are no agents"},
	{Name: "NXF_AGENT_BASE_URL", Doc: "there are no agents"},
	{Name: "NXF_AGENT_MODE", Doc: "there are no agents; the output is what it is"},
	{Name: "NXF_AGENT_RPC_REMOTE_HOST", Doc: "there are no agents"},
	{Name: "NXF_CLOUDCACHE_PATH", Doc: "the cache is kept below the launch directory; a run says so"},
	{Name: "NXF_CLOUD_DRIVER", Doc: "there is no such executor"},
	{Name: "NXF_CONTAINER_ENTRYPOINT_OVERRIDE", Doc: "deprecated; the entry point of an image is what its engine makes of it"},
	{Name: "NXF_DATE_FORMAT", Doc: "reports and mail have their own form"},
	{Name: "NXF_DEFAULT_DSL", Doc: "scripts are DSL2"},
	{Name: "NXF_DISABLE_CHECK_LATEST", Doc: "no newer release is looked for"},
	{Name: "NXF_DISABLE_JOBS_CANCELLATION", Doc: "tasks of this machine end with the run"},
	{Name: "NXF_DISABLE_WAVE_SERVICE", Doc: "the service is not used"},
	{Name: "NXF_ENABLE_AWS_SES", Doc: "the service is not used"},
	{Name: "NXF_ENABLE_FS_SYNC", Doc: "outputs are looked for until they are there"},
	{Name: "NXF_ENABLE_VIRTUAL_THREADS", Doc: "there is no Java"},
	{Name: "NXF_FUSION_TRACE", Doc: "the service is not used"},
	{Name: "NXF_JAVA_HOME", Doc: "there is no Java"},
	{Name: "NXF_JVM_ARGS", Doc: "there is no Java"},
	{Name: "NXF_OPTS", Doc: "there is no Java"},
	{Name: "NXF_PLUGINS_DEFAULT", Doc: "plugins are built in"},
	{Name: "NXF_PLUGINS_DIR", Doc: "plugins are built in"},
	{Name: "NXF_PLUGINS_REGISTRY_URL", Doc: "plugins are built in"},
	{Name: "NXF_PLUGINS_TEST_REPOSITORY", Doc: "plugins are built in"},
	{Name: "NXF_RETRY_POLICY_DELAY", Doc: "calls are repeated by rules of the storage and the service"},
	{Name: "NXF_RETRY_POLICY_JITTER", Doc: "see NXF_RETRY_POLICY_DELAY"},
	{Name: "NXF_RETRY_POLICY_MAX_ATTEMPTS", Doc: "see NXF_RETRY_POLICY_DELAY"},
	{Name: "NXF_RETRY_POLICY_MAX_DELAY", Doc: "see NXF_RETRY_POLICY_DELAY"},
	{Name: "NXF_RETRY_POLICY_MULTIPLIER", Doc: "see NXF_RETRY_POLICY_DELAY"},
	{Name: "NXF_SCM_LEGACY", Doc: "copies of projects always have the older layout, which both read"},
	{Name: "NXF_TRACE", Doc: "names packages of Java; `.nextflow.log` has what the engine does"},
	{Name: "NXF_VER", Doc: "the release is the one installed; a run with another value says so"},
	{Name: "NXF_WRAPPER_STAGE_FILE_THRESHOLD", Doc: "inputs are staged before the script of a task starts"},
	{Name: "OPENAI_API_KEY", Doc: "there are no agents"},
	{Name: "OPENAI_BASE_URL", Doc: "there are no agents"},
	{Name: "OPENROUTER_API_KEY", Doc: "there are no agents"},
	{Name: "TERMINAL_WIDTH", Doc: "the terminal is asked, else COLUMNS"},
	{Name: "TOWER_AUTH_CLIENT_ID", Doc: "nobody signs in with a browser"},
	{Name: "TOWER_AUTH_DOMAIN", Doc: "nobody signs in with a browser"},
	{Name: "TOWER_COMPUTE_ENV_ID", Doc: "runs are not started by Seqera Platform"},
	{Name: "TOWER_REFRESH_TOKEN", Doc: "a token that runs out is not renewed"},
}
