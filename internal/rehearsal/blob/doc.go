// Package blob is the Blob service of the rehearsal: what azblob and azcopy
// use of it, in one handler. Small contents are in memory, large ones in files
// below Options.Dir; nothing survives the process but what Export writes.
//
// Every call is authorised by iam.Authority, with the actions that Azure asks
// for, at the scope of the container: reading and listing need blobs/read,
// writing blobs/write (or blobs/add/action, for a blob that is new), deleting
// blobs/delete. A missing role is AuthorizationPermissionMismatch, the
// firewall AuthorizationFailure, a bad token InvalidAuthenticationInfo. A call
// without a token is answered with the challenge of Entra.
//
// Where Azure's behaviour is not documented we chose:
//   - a copy within the account needs the caller's right to read the source, and
//     is finished when it is answered, unless Options.CopyTime says otherwise;
//   - Copy From URL and Put Block From URL need x-ms-copy-source-authorization,
//     within the account too;
//   - an account that does not exist is 404 ResourceNotFound: its name would
//     not resolve.
//
// Not here, and refused by name: leases, snapshots, versions, append and page
// blobs, user delegation keys, client provided keys, batches of calls.
//
// Start with New and (*Service).ServeHTTP.
package blob
