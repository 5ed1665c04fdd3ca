// createImporter: resources on a pool, each checked against the catalogue once, and runs of them.

import { LadingError } from '../../errors/lading-error.ts'
import { standbySentence } from '../../postgres/fault-sentences.ts'
import { type Client, checkPool, withClient } from '../../postgres/pool/client.ts'
import { rememberCommitLevel } from '../../postgres/transaction/commit-level.ts'
import { assertTakesRows, isExportedOnly } from '../catalogue/accepts-rows.ts'
import { assertDurable } from '../catalogue/durability.ts'
import { assertPrivileges } from '../catalogue/privileges.ts'
import { readTarget } from '../catalogue/read-target.ts'
import { assertSupportedSettings } from '../catalogue/session-settings.ts'
import type { Target } from '../catalogue/target.ts'
import { createRegistry } from '../resource/registry.ts'
import type { Resource } from '../resource/resource-types.ts'
import { checkSource } from '../source/check-source.ts'
import { closeSource } from '../source/chunks.ts'
import { type OpenBundle, type OpenBundleOptions, openBundle } from './bundle/open-bundle.ts'
import { type ImporterOptions, type RunOptions, readLimits } from './importer-options.ts'
import { type ImporterInternals, rememberInternals } from './internals.ts'
import type { ImportReport } from './report/report.ts'
import { runImport } from './run-import.ts'
import { assertTold, resolveTarget } from './stages/resolve-target.ts'

export interface Importer<Known extends Resource = Resource> {
  /**
   * Compares every resource with the catalogue of the database, and looks for missing privileges. Call it at start-up,
   * so that a mismatch shows then and not at the first import; `run` checks the one that it needs. A resource whose
   * fields are all read only is one for exports, and may have a table that takes no rows.
   *
   * @throws LadingError `RESOURCE_MISMATCH` naming every disagreement, `DATABASE_UNAVAILABLE`
   */
  check(): Promise<void>
  /**
   * Imports a file or objects. Every record is in the table or in the report when it resolves. Needs no job, no
   * HTTP and no schema `lading`.
   *
   * @throws LadingError `OPTION_INVALID` at once for a source that is none, such as the name of a file
   * @throws LadingError if the file cannot be read to its end or the database cannot go on. What had been
   * committed stays, and `importReportOf(error)` tells it.
   *
   * @example
   * const report = await importer.run({ resource: 'users', format: 'csv', source: createReadStream('users.csv') })
   * console.log(report.successful, report.failed, report.errors[0]?.message)
   */
  run(options: RunOptions<Known>): Promise<ImportReport>
  /**
   * Unpacks a bundle that `exporter.bundle` made into a folder of the system's temporary one, and checks it: what
   * resolves can be imported, file by file, in the order of its entries. Close it in the end.
   *
   * @throws LadingError `BUNDLE_INVALID`, `BUNDLE_MISMATCH`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`,
   * `RESOURCE_UNKNOWN`, `OPTION_INVALID` for resources that refer to each other in a circle
   *
   * @example
   * const bundle = await importer.openBundle({ source: createReadStream('backup.tar.gz') })
   * for (const { resource, format, open } of bundle.entries) await importer.run({ resource, format, source: await open() })
   * await bundle.close()
   */
  openBundle(options: OpenBundleOptions): Promise<OpenBundle>
}

/** @throws LadingError `DATABASE_REFUSED`: nothing could ever be imported there, and the first import would be late to say so */
async function expectPrimary(client: Client): Promise<void> {
  const { rows } = await client.query('select pg_is_in_recovery() as is_standby')
  if (rows[0]?.is_standby === true) throw new LadingError('DATABASE_REFUSED', standbySentence)
}

/** What `check` collects: how a resource, its table and the rights of the database user fit together. */
const checked: readonly string[] = ['RESOURCE_MISMATCH', 'DATABASE_REFUSED']

/** @throws LadingError `CONFIG_INVALID`, `RESOURCE_INVALID` */
export function createImporter<Known extends Resource>(options: ImporterOptions<Known>): Importer<Known>
export function createImporter(options: ImporterOptions): Importer {
  const { pool, sessionVariables } = options
  const limits = readLimits(options)
  const registry = createRegistry(options.resources)
  const targets = new Map<string, Target>()
  checkPool(pool, options.noProgressSeconds)
  rememberCommitLevel(pool, options.synchronousCommit)

  const targetOf = async (client: Client, name: string): Promise<Target> => {
    const resource = registry.get(name)
    const known = targets.get(name)
    if (known !== undefined) return known
    const target = await readTarget(client, resource)
    assertTold(target, registry.all)
    targets.set(name, target)
    return target
  }
  const internals: ImporterInternals = { pool, registry, limits, sessionVariables, targetOf }
  const importer: Importer = {
    async openBundle(bundle) {
      checkSource(bundle.source, 'bytes')
      return openBundle(bundle, internals)
    },
    async check() {
      const problems: string[] = []
      // A standby takes no transaction that could write.
      await withClient(pool, expectPrimary, { access: 'read' })
      await withClient(pool, async client => {
        await assertSupportedSettings(client)
        for (const { name } of registry.all) {
          try {
            const target = await targetOf(client, name)
            if (isExportedOnly(target)) continue
            assertTakesRows(target)
            await assertDurable(client, target, 'own')
            await assertPrivileges(client, target, { updates: false, reads: false })
          } catch (error) {
            if (!(error instanceof LadingError) || !checked.includes(error.code)) throw error
            problems.push(error.message)
          }
        }
      })
      if (problems.length > 0) throw new LadingError('RESOURCE_MISMATCH', problems.join('\n'))
    },
    async run(runOptions) {
      const { client, signal, source } = runOptions
      const work = (client: Client) =>
        runImport(client, () => resolveTarget(client, runOptions, internals), limits, runOptions)
      try {
        registry.get(runOptions.resource)
        checkSource(source, runOptions.format === undefined ? 'objects' : 'bytes')
        return await (client === undefined ? withClient(pool, work, { signal }) : work(client))
      } finally {
        // Without a connection nothing has begun to read it.
        closeSource(source)
      }
    },
  }
  rememberInternals(importer, internals)
  return importer
}
