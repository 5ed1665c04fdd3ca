// createImporter: imports into the resources of a pool; each resource is checked against the catalogue once.

import { LadingError } from '../../errors/lading-error.ts'
import { standbySentence } from '../../postgres/fault-sentences.ts'
import { type Client, checkPool, withClient } from '../../postgres/pool/checkout.ts'
import { rememberCommitLevel } from '../../postgres/transaction/commit-level.ts'
import { assertTakesRows, isExportOnly } from '../catalogue/accepts-rows.ts'
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
import { assertLookupFieldsScoped, resolveTarget } from './stages/resolve-target.ts'

export interface Importer<Known extends Resource = Resource> {
  /**
   * Compares every resource with the catalogue of the database, and checks privileges. Call it at start-up to find a
   * mismatch before the first import; `run` checks only its own resource. A resource whose fields are all read-only is
   * for exports, so its table need not accept rows.
   *
   * @throws LadingError `RESOURCE_MISMATCH` naming every disagreement, `DATABASE_UNAVAILABLE`
   */
  check(): Promise<void>
  /**
   * Imports a file or objects. Resolves when every record is in the table or in the report. Needs no job, no HTTP and
   * no schema `lading`.
   *
   * @throws LadingError `OPTION_INVALID` immediately for an invalid source, such as the name of a file
   * @throws LadingError if the file cannot be read to its end or the database fails. Committed batches stay;
   * `importReportOf(error)` returns their counts.
   *
   * @example
   * const report = await importer.run({ resource: 'users', format: 'csv', source: createReadStream('users.csv') })
   * console.log(report.successful, report.failed, report.errors[0]?.message)
   */
  run(options: RunOptions<Known>): Promise<ImportReport>
  /**
   * Unpacks a bundle of `exporter.bundle` into a folder in the system's temporary folder, and checks it. Import its files
   * one by one, in the order of the entries, and then close it.
   *
   * @throws LadingError `BUNDLE_INVALID`, `BUNDLE_MISMATCH`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`,
   * `RESOURCE_UNKNOWN`, `OPTION_INVALID` for a reference cycle between resources
   *
   * @example
   * const bundle = await importer.openBundle({ source: createReadStream('backup.tar.gz') })
   * for (const { resource, format, open } of bundle.entries) await importer.run({ resource, format, source: await open() })
   * await bundle.close()
   */
  openBundle(options: OpenBundleOptions): Promise<OpenBundle>
}

/** @throws LadingError `DATABASE_REFUSED` for a standby, which accepts no imports */
async function assertPrimary(client: Client): Promise<void> {
  const { rows } = await client.query('select pg_is_in_recovery() as is_standby')
  if (rows[0]?.is_standby === true) throw new LadingError('DATABASE_REFUSED', standbySentence)
}

/** The codes that `check` collects: mismatches between a resource, its table and the privileges of the database user. */
const checkedCodes: readonly string[] = ['RESOURCE_MISMATCH', 'DATABASE_REFUSED']

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
    const cached = targets.get(name)
    if (cached !== undefined) return cached
    const target = await readTarget(client, resource)
    assertLookupFieldsScoped(target, registry.all)
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
      // A standby rejects transactions that could write.
      await withClient(pool, assertPrimary, { access: 'read' })
      await withClient(pool, async client => {
        await assertSupportedSettings(client)
        for (const { name } of registry.all) {
          try {
            const target = await targetOf(client, name)
            if (isExportOnly(target)) continue
            assertTakesRows(target)
            await assertDurable(client, target, 'own')
            await assertPrivileges(client, target, { updates: false, reads: false })
          } catch (error) {
            if (!(error instanceof LadingError) || !checkedCodes.includes(error.code)) throw error
            problems.push(error.message)
          }
        }
      })
      if (problems.length > 0) throw new LadingError('RESOURCE_MISMATCH', problems.join('\n'))
    },
    async run(runOptions) {
      const { client, signal, source } = runOptions
      const work = (client: Client) =>
        runImport(client, () => resolveTarget(client, runOptions, internals), limits, runOptions, {
          spare: runOptions.client === undefined ? { pool } : undefined,
        })
      try {
        registry.get(runOptions.resource)
        checkSource(source, runOptions.format === undefined ? 'objects' : 'bytes')
        return await (client === undefined ? withClient(pool, work, { signal }) : work(client))
      } finally {
        // Without a connection, nothing has read or closed the source.
        closeSource(source)
      }
    },
  }
  rememberInternals(importer, internals)
  return importer
}
