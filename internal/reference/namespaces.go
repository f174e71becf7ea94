package reference

// namespaces are the objects every script sees. What they hold is made by the
// run; TestNamespaces reads each property in a script.
func namespaces() []*Page {
	var pages []*Page
	for _, n := range []struct {
		name, doc  string
		properties []Row
		methods    []Row
	}{
		{"log", "writes lines to the log and the terminal", nil, []Row{
			{Name: "error(message: String)", Doc: "prints the message as an error; the run goes on"},
			{Name: "info(message: String)", Doc: "prints the message"},
			{Name: "warn(message: String)", Doc: "prints the message as a warning"},
		}},
		{"nextflow", "says which release of Nextflow is followed", nextflowProperties, nil},
		{"workflow", "holds facts about the run", workflowProperties, []Row{
			{Name: "onComplete(action: Closure)", Doc: "is called when the run has ended, however it did"},
			{Name: "onError(action: Closure)", Doc: "is called when the run has failed"},
		}},
	} {
		p := &Page{
			Kind: "namespace", Name: n.name, Doc: n.doc, Errors: []string{"a property or method that it does not have"},
			Follows: "reference/stdlib-namespaces#" + n.name,
		}
		p.table("Properties", n.properties)
		p.table("Methods", n.methods)
		pages = append(pages, p)
	}
	return pages
}

var nextflowProperties = []Row{
	{Name: "build", Type: "Integer", Doc: "number of the build"},
	{Name: "timestamp", Type: "String", Doc: "when it was built"},
	{Name: "version", Type: "VersionNumber", Doc: "the release; `nextflow.version.matches('>=24.04')` compares"},
}

var workflowProperties = []Row{
	{Name: "commandLine", Type: "String", Doc: "the command as it was given"},
	{Name: "commitId", Type: "String", Doc: "commit of the project; null outside git"},
	{Name: "complete", Type: "OffsetDateTime", Doc: "when the run ended; null before"},
	{Name: "configFiles", Type: "List<Path>", Doc: "configuration files that were read"},
	{Name: "container", Type: "String | Map", Doc: "container image, or images by process"},
	{Name: "containerEngine", Type: "String", Doc: "container engine; null without one"},
	{Name: "duration", Type: "Duration", Doc: "how long the run took; null before its end"},
	{Name: "errorMessage", Type: "String", Doc: "message of the failed task"},
	{Name: "errorReport", Type: "String", Doc: "the whole report about what failed"},
	{Name: "exitStatus", Type: "Integer", Doc: "exit status of the failed task"},
	{Name: "failOnIgnore", Type: "Boolean", Since: "24.10", Doc: "whether ignored failures fail the run"},
	{Name: "homeDir", Type: "Path", Doc: "home directory of the user"},
	{Name: "launchDir", Type: "Path", Doc: "directory the run was started in"},
	{Name: "manifest", Type: "Map", Doc: "the scope `manifest` of the configuration"},
	{Name: "outputDir", Type: "Path", Since: "24.10", Doc: "directory of workflow outputs"},
	{Name: "preview", Type: "Boolean", Since: "24.04", Doc: "whether the run is a preview"},
	{Name: "profile", Type: "String", Doc: "profiles in use, with commas between"},
	{Name: "projectDir", Type: "Path", Doc: "directory of the main script"},
	{Name: "repository", Type: "String", Doc: "address of the project; null outside git"},
	{Name: "resume", Type: "Boolean", Doc: "whether the run resumes an earlier one"},
	{Name: "revision", Type: "String", Doc: "branch or tag of the project; null outside git"},
	{Name: "runName", Type: "String", Doc: "name of the run"},
	{Name: "scriptFile", Type: "Path", Doc: "the main script"},
	{Name: "scriptId", Type: "String", Doc: "hash of the main script"},
	{Name: "scriptName", Type: "String", Doc: "file name of the main script"},
	{Name: "sessionId", Type: "UUID", Doc: "identity that resumed runs share"},
	{Name: "start", Type: "OffsetDateTime", Doc: "when the run began"},
	{Name: "stubRun", Type: "Boolean", Doc: "whether stubs are run"},
	{Name: "success", Type: "Boolean", Doc: "whether the run succeeded; for handlers"},
	{Name: "userName", Type: "String", Doc: "name of the user"},
	{Name: "workDir", Type: "Path", Doc: "directory of the tasks"},
}
