// How far an export is → its job's row, at most once a second and only while the job is ours.
import type { ExportProgress } from '../../exporter/options.ts'
import type { JobRow } from '../store/job-row.ts'
import type { JobStore } from '../store/job-store.ts'

/** Milliseconds between two writes: as often as somebody looks, and next to nothing for the database. */
const everyMs = 1_000

export interface ProgressTeller {
  /** Called as often as one likes. */
  tell(progress: Partial<ExportProgress>): void
  /** Resolves when the last write has come back. */
  stop(): Promise<void>
}

/** Begins with nothing, whatever an attempt before this one had told. */
export function tellProgress({ id, token }: JobRow, store: JobStore): ProgressTeller {
  let now: ExportProgress = { rows: 0, bytes: 0 }
  let told: ExportProgress | undefined
  let writing: Promise<void> | undefined
  const write = async (asked: ExportProgress) => {
    told = asked
    // Whether the job is still ours is the heartbeat's to find out.
    await store.progress(id, token, asked).catch(() => undefined)
    writing = undefined
  }
  const look = () => {
    if (writing === undefined && now !== told) writing = write(now)
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    tell(progress) {
      now = { ...now, ...progress }
    },
    async stop() {
      clearInterval(timer)
      await writing
    },
  }
}
