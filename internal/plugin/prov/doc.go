// Package prov is the plugin nf-prov: it writes what tasks a run was made of,
// with their inputs and outputs and the files published, as a BioCompute
// object, as a graph of tasks, or in the older form of a plain list.
//
// Start with Open; each form has a file of its own.
package prov
