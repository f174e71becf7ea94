// Package azurebatch runs tasks on Azure Batch: pools of machines that find
// their files and images by managed identity, one job for each run and pool,
// tasks added by the hundred and watched by filtered lists.
//
// # What is where
//
//	Executor            tasks of the run, by their number; news for Poll
//	  └─ lane           a pool that the run uses, and its queue of tasks to add
//	       └─ job       slc-<session>-<pool>-g<n>: n grows when a job has ended
//	            └─ entry  task t<hash>-<k>: k grows when the service lost it
//
// A job ends by itself when all its tasks have (terminatejob, set after the
// first add) and at the latest when its lease runs out, so a head that dies
// leaves nothing behind that costs or counts. The next generation takes what
// comes later.
//
// # What is decided here and nowhere else
//
//   - Faults of infrastructure (a lost node, a full disk, a storage that does
//     not answer) are met by adding the task again under the next k, in the
//     same work directory, up to azure.batch.maxInfraRetries times. They do
//     not count as attempts of the process.
//   - Faults of configuration are an *azure.FindingError in Result.Err.
//   - Submit returns when the service has taken the task, so many calls at
//     once make large batches: the scheduler should allow a thousand or more.
//   - Polling belongs to the executor; Poll only hands over what was found.
//   - A pool that we did not make is never changed.
//   - Tasks of automatic pools leave a machine type that is not to be had, and
//     spot nodes that they lost several times (scarce.go); other pools wait.
//
// Assumptions that only a live account can confirm stand each in one
// function: filterSince (tasks are filtered by stateTransitionTime), extend
// (maxWallClockTime of an active job can be patched), jobsOf (jobs are
// filtered by the beginning of their id), pullFault (codes of a failed pull) and
// bindMounts (the directories of the node that containers see).
//
// Start with Executor.
package azurebatch
