// Package source holds the texts that users write: a file's name and bytes,
// and the translation of byte offsets to lines and columns.
//
// It knows nothing of tokens or syntax. Start with File and Span.
package source
