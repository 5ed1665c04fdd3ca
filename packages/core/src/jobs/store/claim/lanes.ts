// Lanes: the kind of work of a job and the storage it needs. The column `lane` holds the lane of each job.

/** A `fetch` is an import whose file is still at a URL; once the file is stored, the job moves to an `import` lane. */
export type LaneKind = 'import' | 'export' | 'fetch'

/**
 * The lanes from which a worker takes jobs: those of its own storage, and those without a storage.
 *
 * @param storage identity of the worker's storage; undefined if it has none, so that it takes no files of other
 * storages
 */
export function lanesOf(kind: LaneKind, storage: string | undefined): readonly string[] {
  return kind === 'import' && storage !== undefined ? ['import', importLane(storage)] : [kind]
}

/** The lane of an import whose file is stored. */
function importLane(storage: string): string {
  return `import ${storage}`
}

/** Whether a worker may take the job once it is due: the condition of the index `jobs_ready_idx`. */
export const isReady = `status = 'pending' and not waiting`
