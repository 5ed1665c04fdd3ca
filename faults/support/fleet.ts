// Many jobs of every kind at once, each with its own table, and the expected result of each.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type pg from 'pg'
import {
  createExporter,
  defineResource,
  type Jobs,
  type Resource,
  type SubmitImport,
  Type,
} from '../../packages/core/src/index.ts'
import { tracesOf } from './oracle.ts'

/** Records of a file. */
const rows = 2_000

export const tableOf = (number: number) => `cargo_${number}`

export function fleetResources(count: number): readonly Resource[] {
  return Array.from({ length: count }, (_, number) =>
    defineResource(tableOf(number), {
      table: tableOf(number),
      schema: Type.Object({
        ref: Type.Integer(),
        label: Type.String({ maxLength: 60 }),
        weight: Type.Integer({ minimum: 0 }),
      }),
      key: ['ref'],
    }),
  )
}

/** Every second record up to 200 is there already, with another weight. Updates count how often a row was written. */
export const createTableSql = (number: number) => `
  create table ${tableOf(number)} (ref int primary key, label text not null, weight int not null check (weight <> 13),
    writes int not null default 1);
  create function ${tableOf(number)}_count() returns trigger language plpgsql as
    $$ begin new.writes := old.writes + 1; return new; end $$;
  create trigger count before update on ${tableOf(number)} for each row execute function ${tableOf(number)}_count()`
const stockSql = (number: number, from: number, to: number, step: number) =>
  `insert into ${tableOf(number)} select ref, 'stock ' || ref, 7 from generate_series(${from}, ${to}, ${step}) ref`

interface Context {
  readonly jobs: Jobs
  readonly pool: pg.Pool
  readonly resources: readonly Resource[]
  /** Of the server that has the file under `/cargo.csv`. */
  readonly origin: string
}

interface Kind {
  /** Puts rows in that are there before the job. */
  readonly stock?: string
  /** @returns the id of the job */
  submit(number: number, context: Context): Promise<string>
}

/** Every 50th record is not a number, every 75th breaks the CHECK. */
const weightOf = (ref: number) => (ref % 50 === 0 ? 'heavy' : ref % 75 === 0 ? 13 : (ref % 997) + 20)
const refs = Array.from({ length: rows }, (_, index) => index + 1)
export const csv = `ref,label,weight\n${refs.map(ref => `${ref},"crate ""${ref}""",${weightOf(ref)}\n`).join('')}`
const clean = `ref,label,weight\n${refs
  .map(ref => `${ref},crate ${ref},${ref % 997}\n`)
  .join('')
  .replaceAll(',13\n', ',14\n')}`
const ndjson = refs
  .map(ref => `${JSON.stringify({ ref, label: `crate ${ref}`, weight: weightOf(ref) })}\n`)
  .join('')

const importing =
  (source: string, format: string, options: Partial<SubmitImport> = {}): Kind['submit'] =>
  async (number, { jobs }) =>
    (await jobs.submitImport({ resource: tableOf(number), format, source: Buffer.from(source), ...options }))
      .id

/** Up to 200, every second one. */
const some = 'some'

export const kinds: Readonly<Record<string, Kind>> = {
  'CSV, error': { stock: some, submit: importing(csv, 'csv') },
  'NDJSON, ignore': { stock: some, submit: importing(ndjson, 'ndjson', { onConflict: 'ignore' }) },
  'CSV, update': { stock: some, submit: importing(csv, 'csv', { onConflict: 'update' }) },
  atomic: { submit: importing(clean, 'csv', { atomic: true }) },
  'dry run': { stock: some, submit: importing(csv, 'csv', { dryRun: true }) },
  'from a URL': {
    submit: async (number, { jobs, origin }) =>
      (await jobs.submitRemoteImport({ resource: tableOf(number), url: `${origin}/cargo.csv` })).id,
  },
  export: {
    stock: 'all',
    submit: async (number, { jobs }) =>
      (await jobs.submitExport({ resource: tableOf(number), format: 'csv' })).id,
  },
  'bundle out': {
    stock: 'all',
    submit: async (number, { jobs }) => (await jobs.submitBundleExport({ resources: [tableOf(number)] })).id,
  },
  'bundle in': {
    stock: 'all',
    async submit(number, { jobs, pool, resources }) {
      const bundle = createExporter({ pool, resources }).bundle({ resources: [tableOf(number)] })
      const source = await buffer(bundle)
      await pool.query(`truncate ${tableOf(number)}`)
      const { jobs: begun } = await jobs.submitBundleImport({ source })
      return begun[0]?.id ?? ''
    },
  },
}

/** Fills the table and submits the job. */
export async function begin(kind: Kind, number: number, context: Context): Promise<string> {
  if (kind.stock !== undefined) {
    await context.pool.query(
      kind.stock === some ? stockSql(number, 2, 200, 2) : stockSql(number, 1, 20_000, 1),
    )
  }
  return kind.submit(number, context)
}

export interface Left extends Awaited<ReturnType<typeof tracesOf>> {
  /** Hash of the file of an export; of a bundle, of the rows in it. */
  readonly file: string | undefined
}

export async function leftOf(id: string, number: number, { jobs, pool }: Context): Promise<Left> {
  const found = await tracesOf(pool, id, tableOf(number), 'ref')
  // Sentences name the table, and each job has its own.
  const errors = found.errors.map(error => error.replaceAll(/cargo_\d+/g, 'cargo'))
  const traces = { ...found, errors }
  const download = await jobs.download(id)
  if (download === undefined) return { ...traces, file: undefined }
  const bytes = await buffer(download)
  const isBundle = bytes[0] === 0x1f
  const content = isBundle
    ? execFileSync('tar', ['-xzO', '--wildcards', '*.ndjson'], { input: bytes, maxBuffer: 2 ** 27 })
    : bytes
  return { ...traces, file: createHash('sha256').update(content).digest('hex') }
}
