// Package boost is the plugin nf-boost: functions that read and write JSON,
// YAML and tables.
//
// Its operators, its cleanup and its requests are not here. Start with Plugin.
package boost
