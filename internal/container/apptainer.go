package container

// apptainer runs the task by `apptainer exec`.
// Nextflow docs: container#apptainer
func apptainer(s Spec) Lines { return execLine(s, "apptainer", "APPTAINERENV_") }
