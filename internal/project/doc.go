// Package project keeps pipelines that live in git repositories: it finds out
// what a name means, brings the repository to this machine, and checks
// revisions out. It needs no git program.
//
//	$NXF_HOME/assets/            Options.Root; $NXF_ASSETS
//	  org/name/                  a plain clone: .git and the files of one revision
//	  .repos/org/name/clones/ID/ the files of another commit, while org/name is held by a live run
//	  .locks/org+name            taken while a project is changed
//	  .locks/org+name.use        held, shared, by each run that uses the files of org/name
//	  .locks/org+name.aside      the same for files below .repos
//
// A clone appears under its name whole or not at all. Branches of the
// repository are refs/remotes/origin/*; each branch that was used has a local
// one, which always follows the repository: nobody works in these clones.
//
// The package knows nothing of pipelines; what it must know of the manifest it
// asks Options.Manifest. Credentials are in Provider only: they are in no
// error, no address that is shown, and no file it writes.
//
// Start with Store, then Project.
package project
