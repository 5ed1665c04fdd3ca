// The two runs in which each of the three sabotages shows, and the oracle's complaints about them.
import type { FaultHarness } from './harness.ts'
import type { Sabotage } from './settings.ts'

/** Without a rejected record: keys of errors and rejects would keep a batch with some from being doubled. */
const cleanRows = 40

/** A worker dies right after the commit of its first batch, and another one continues. */
export async function killedBehindTheCommit(harness: FaultHarness, sabotage?: Sabotage): Promise<string[]> {
  const id = await harness.submit()
  const first = harness.worker({ sabotage, batchRows: cleanRows, failpoint: 'after_commit_before_ack:1' })
  await first.reported('fired')
  await first.ended
  harness.worker({ sabotage })
  await harness.ended(id)
  return harness.complaints(id)
}

/** A worker is frozen before its first batch, and resumes in the middle of the work of its successor. */
export async function wokenAmid(
  harness: FaultHarness,
  sabotage?: Sabotage,
  batchRows = cleanRows,
): Promise<string[]> {
  const id = await harness.submit()
  const zombie = harness.worker({ sabotage, batchRows, failpoint: 'before_begin:1:SIGSTOP' })
  await zombie.reported('fired')
  const successor = harness.worker({ sabotage, batchRows, failpoint: 'before_begin:4:SIGSTOP' })
  await successor.reported('fired')
  zombie.send('SIGCONT')
  zombie.send('SIGTERM')
  await zombie.ended
  successor.send('SIGCONT')
  await harness.ended(id)
  return harness.complaints(id)
}
