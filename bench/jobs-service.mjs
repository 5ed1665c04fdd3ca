// Jobs on one small table, with the build of any checkout.

/** @param core the exports of `@lading/core` */
export function jobsOn(core, pool, folder) {
  const things = core.defineResource('things', {
    table: 'things',
    key: ['ref'],
    schema: core.Type.Object({ ref: core.Type.Integer() }),
  })
  const options = { pool, resources: [things] }
  return core.createJobs({
    importer: core.createImporter(options),
    exporter: core.createExporter(options),
    // Older builds took the pool here.
    queue: core.postgresQueue({ pool }),
    storage: core.fileStorage(folder),
    activeJobsPerCaller: 10_000_000,
  })
}
