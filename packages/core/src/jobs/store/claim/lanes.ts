// Lanes: what kind of work a job is, and which storage it needs. The column `lane` of each job holds its own.

/** A `fetch` is an import whose file is still at a URL; once the file is stored, the job moves to an `import` lane. */
export type LaneKind = 'import' | 'export' | 'fetch'

/**
 * The lanes from which a worker takes jobs: those of its own storage, and those that name none.
 *
 * @param storage identity of the worker's storage; undefined: it has none, so files of other storages are not for it
 */
export function lanesOf(kind: LaneKind, storage: string | undefined): readonly string[] {
  return kind === 'import' && storage !== undefined ? ['import', importLane(storage)] : [kind]
}

/** The lane of an import whose file is stored. */
function importLane(storage: string): string {
  return `import ${storage}`
}

/** Of a job, whether a worker may take it once it is due: what the index `jobs_ready_idx` holds. */
export const isReady = `status = 'pending' and not waiting`
