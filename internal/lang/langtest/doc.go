// Package langtest is what the tests of the language share: chunks, which are
// small programs split by `---` lines in one file of testdata, and goldens of
// the diagnostics they raise.
package langtest
