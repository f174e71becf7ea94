// Package splitter cuts content into records: the lines of a text, the rows of
// a CSV, the sequences of FASTA and FASTQ, the elements of a JSON document; and
// gathers records into chunks, as values or as files.
//
// Everything is a function over an io.Reader; nothing is read further than
// asked for. The operators splitCsv, countFasta and so on, and the methods of
// the same names, are made from it in package operator.
//
// Start with Split.
package splitter
