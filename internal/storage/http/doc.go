// Package http reads files of web servers. It writes nothing and lists no
// directories: the web has neither.
//
// Start with Storage.
package http
