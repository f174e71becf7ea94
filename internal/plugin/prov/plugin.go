package prov

import "sluice/internal/plugin"

// Name is the plugin's.
const Name = "nf-prov"

// Plugin is the plugin as the registry knows it.
func Plugin() *plugin.Plugin {
	return &plugin.Plugin{Name: Name, BuiltIn: true, Doc: "provenance reports: the formats bco, dag and legacy"}
}
