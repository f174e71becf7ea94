// Command sluice runs Nextflow pipelines.
package main

import "sluice/internal/cli"

func main() { cli.Main() }
