package plugin

// elsewhere are plugins without functions for scripts, whose work other
// packages do.
var elsewhere = []*Plugin{
	{Name: "nf-azure", BuiltIn: true, Doc: "Azure Batch, Blob storage: the executor `azurebatch`, `az://` paths"},
	{Name: "nf-tower", BuiltIn: true, Doc: "reports to Seqera Platform: `-with-tower`, the scope `tower`"},
	{Name: "nf-weblog", BuiltIn: true, Doc: "messages about the run to a web address: `-with-weblog`, the scope `weblog`"},
}

// withoutEffect are the plugins that a pipeline may name and that have no
// effect: what they do is done otherwise, or is not done and said to be lost.
var withoutEffect = []*Plugin{
	{Name: "nf-amazon", Doc: "AWS Batch, S3", Lost: "tasks do not run on AWS Batch, `s3://` is not read by it"},
	{Name: "nf-cloudcache", Doc: "cache metadata in object storage", Lost: "the cache is kept below the launch directory"},
	{Name: "nf-codecommit", Doc: "projects kept in AWS CodeCommit", Lost: "projects of AWS CodeCommit are not pulled"},
	{Name: "nf-console", Doc: "interactive console", Lost: "there is no console"},
	{Name: "nf-cws", Doc: "common workflow scheduler", Lost: "tasks are not scheduled by the common workflow scheduler"},
	{Name: "nf-ecs", Doc: "Alibaba and AWS container services", Lost: "tasks do not run on a container service"},
	{Name: "nf-ga4gh", Doc: "GA4GH task execution", Lost: "tasks do not run on a GA4GH TES server"},
	{Name: "nf-google", Doc: "Google Batch, Cloud storage", Lost: "tasks do not run on Google Batch, `gs://` is not read by it"},
	{Name: "nf-gpt", Doc: "prompts for language models", Lost: "no language model is asked"},
	{Name: "nf-hello", Doc: "example plugin", Lost: "the greeting is not printed"},
	{Name: "nf-iridanext", Doc: "results for IRIDA Next", Lost: "no `iridanext.output.json.gz` is written"},
	{Name: "nf-k8s", Doc: "Kubernetes", Lost: "tasks do not run on Kubernetes"},
	{Name: "nf-lineage", Doc: "lineage metadata", Lost: "no lineage is recorded"},
	{Name: "nf-lock", Doc: "lock of a launch directory", Lost: "two runs in one launch directory do not exclude each other"},
	{Name: "nf-parquet", Doc: "Parquet files", Lost: "Parquet files are not read", Elsewhere: map[string]string{
		"splitParquet": "turn the file into CSV in a process and use `splitCsv`",
		"toParquet":    "write CSV and turn it into Parquet in a process",
	}},
	{Name: "nf-plugin-template", Doc: "template of plugins"},
	{Name: "nf-quilt", Doc: "Quilt packages", Lost: "results are not stored as Quilt packages"},
	{Name: "nf-slack", Doc: "messages to Slack", Lost: "nothing is sent to Slack", Elsewhere: map[string]string{
		"slackMessage": "call `curl` in a process, or notify from a completion handler",
		"slackFile":    "call `curl` in a process, or notify from a completion handler",
	}},
	{Name: "nf-sqldb", Doc: "SQL databases", Lost: "databases are not queried", Elsewhere: map[string]string{
		"fromQuery":  "export the table to a file and read it with `channel.fromPath(…).splitCsv()`",
		"sqlInsert":  "write a file and load it into the database in a process",
		"sqlExecute": "call the client of the database in a process",
	}},
	{Name: "nf-teams", Doc: "messages to Teams", Lost: "nothing is sent to Teams"},
	{Name: "nf-wave", Doc: "containers made on demand", Lost: "no container is made or fetched by Wave"},
	{Name: "nf-xpack-amazon", Doc: "extensions for AWS", Lost: "tasks do not run on AWS Batch"},
	{Name: "nf-xpack-google", Doc: "extensions for Google Cloud", Lost: "tasks do not run on Google Batch"},
	{Name: "xpack-amazon", Doc: "extensions for AWS", Lost: "tasks do not run on AWS Batch"},
	{Name: "xpack-google", Doc: "extensions for Google Cloud", Lost: "tasks do not run on Google Batch"},
}
