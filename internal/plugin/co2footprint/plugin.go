package co2footprint

import "sluice/internal/plugin"

// Name is the plugin's.
const Name = "nf-co2footprint"

// Plugin is the plugin as the registry knows it.
func Plugin() *plugin.Plugin {
	return &plugin.Plugin{
		Name: Name, BuiltIn: true, Doc: "estimate of energy and CO2: trace, summary and report",
		Elsewhere: map[string]string{
			"calculateCO2":   "the footprint of a run is written while it runs: leave the function out and name the files in the scope `co2footprint`",
			"parseTraceFile": "use `file(…).splitCsv(header: true, sep: '\\t')`",
		},
	}
}
