// Package registry is Azure Container Registry in the rehearsal: the exchange
// of tokens and the manifests of images, enough to see whether an identity
// could pull one. There are no layers: containers of a rehearsal use the
// images of this machine.
//
// A registry hands its token to whoever has one of Entra, as Azure's does; the
// token covers the repositories that the caller may pull from. Pulling without
// is 401 UNAUTHORIZED, of an image that is not there 404 MANIFEST_UNKNOWN.
//
// Start with New; (*Service).Pull answers the same question without HTTP.
package registry
