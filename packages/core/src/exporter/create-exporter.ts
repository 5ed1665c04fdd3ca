// createExporter: resources on a pool, and streams of them.
import { Readable } from 'node:stream'
import { readTarget } from '../catalogue/read-target.ts'
import type { Target } from '../catalogue/target.ts'
import { formatNamed } from '../format/formats.ts'
import { checkPool, withClient } from '../postgres/client.ts'
import { createRegistry } from '../resource/registry.ts'
import type { ExporterOptions, StreamOptions } from './options.ts'
import { exportPipeline } from './pipeline.ts'
import { exportQuery } from './query-sql.ts'

export interface Exporter {
  /**
   * A file with the rows of a resource, in one snapshot and a total order. What it holds imports again unchanged.
   * Destroying the stream ends the query. An error in mid-stream destroys it, so that `pipeline` rejects and no
   * truncated file passes for a whole one.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED` at once; anything else is the stream's error
   *
   * @example
   * await pipeline(exporter.stream({ resource: 'users', format: 'ndjson', filters: { role: 'admin' } }), process.stdout)
   */
  stream(options: StreamOptions): Readable
  /**
   * Resolves if `stream` would begin, without printing anything.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `RESOURCE_MISMATCH`, `DATABASE_UNAVAILABLE`
   */
  check(options: Pick<StreamOptions, 'resource' | 'format' | 'filters'>): Promise<void>
}

/** @throws LadingError `CONFIG_INVALID`, `RESOURCE_INVALID` */
export function createExporter({ pool, resources, noProgressSeconds }: ExporterOptions): Exporter {
  const registry = createRegistry(resources)
  const targets = new Map<string, Target>()
  checkPool(pool, noProgressSeconds)

  const targetOf = async (name: string): Promise<Target> => {
    const known = targets.get(name)
    if (known !== undefined) return known
    const target = await withClient(pool, client => readTarget(client, registry.get(name)))
    targets.set(name, target)
    return target
  }
  return {
    async check({ resource, format, filters = {} }) {
      registry.get(resource)
      formatNamed(format)
      exportQuery(await targetOf(resource), filters)
    },
    stream(options) {
      registry.get(options.resource)
      formatNamed(options.format)
      async function* chunks(): AsyncGenerator<Buffer> {
        yield* exportPipeline(pool, await targetOf(options.resource), options)
      }
      return Readable.from(chunks(), { objectMode: false })
    },
  }
}
