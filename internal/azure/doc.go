// Package azure knows who we are on Azure and where its services are: the
// credential of the head, the clients made with it, the resources that the
// configuration names by halves, and what must not be seen in any text.
//
// Credentials come from managed identities, workload identities or the
// command line tools of Azure. Keys, client secrets and signatures are used
// only where azure.allowSecrets says so, and none is ever made.
//
// Nothing else makes credentials. Start with Open.
package azure
