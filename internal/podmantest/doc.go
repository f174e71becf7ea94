// Package podmantest lends tests a real container engine: podman with runc, as
// Debian has them, and images made on the spot of a static busybox and a static
// bash, so that nothing is fetched. Containers, images and configuration live in
// a directory of the test; the user's are not looked at.
//
// `make test` installs the programs by tools/need-podman. Where they are missing,
// or may not run, a test is skipped with a line that says so; with CI=true it fails.
//
// Start with New. It is imported by tests.
package podmantest
