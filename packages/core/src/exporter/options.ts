// Options of an exporter and of one stream.
import type { Pool } from '../postgres/client.ts'
import type { Resource } from '../resource/define.ts'

export interface ExporterOptions {
  /** A `pg.Pool` without `query_timeout`. One connection is used for each stream that is being read. */
  readonly pool: Pool
  readonly resources: readonly Resource[]
  /**
   * Seconds in which a connection of the pool may move no byte while an answer is due; then it is cut off, and a job
   * goes on with another one. A single statement that takes longer has to be allowed for.
   * @defaultValue what was said of the pool before, else 60
   */
  readonly noProgressSeconds?: number
}

export interface StreamOptions {
  /** Name of a resource. */
  readonly resource: string
  /** `csv` or `ndjson`. */
  readonly format: string
  /** Rows whose fields equal these values: text as a CSV cell has it, or JSON values; null finds empty ones. */
  readonly filters?: Readonly<Record<string, unknown>>
  /** Hears the number of rows, once the last one was printed. */
  readonly onRows?: (rows: number) => void
}
