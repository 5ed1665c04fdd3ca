// What an import, a job and an export do with one database, as one value: the same on a server with any settings.
import type pg from 'pg'
import {
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  type ImportReport,
  importReportOf,
  memoryStorage,
  postgresQueue,
  type Resource,
  type RunOptions,
  Type,
} from '../../src/index.ts'
import { briefly, bytes, exportFile } from '../support.ts'

const text = Type.Optional(Type.String())
const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    up: Type.Optional(Type.Integer()),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    wall: Type.Optional(Type.String({ format: 'date-time' })),
    day: Type.Optional(Type.String({ format: 'date' })),
    ratio: Type.Optional(Type.Number()),
    span: text,
    days: text,
    times: text,
    clock: text,
    blob: text,
    document: text,
    words: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()]))),
    n: Type.Optional(Type.Integer()),
  }),
  key: ['name'],
  references: { up: { table: 'things' } },
})

export const setup = `create table things (id int primary key, name text not null unique, up int references things, at timestamptz,
  wall timestamp, day date, ratio float8, span interval, days daterange, times tstzrange, clock timetz, blob bytea, document xml,
  words text[], n int check (n > 0), made timestamp not null default '2020-01-01 00:00:00+00'::timestamptz, note text);
  create index on things using gin (words);
  create function note() returns trigger language plpgsql as $$ begin
    new.note := concat_ws(' ', new.at, new.day, new.span, new.blob, new.ratio, array[null, new.name], '\\x'); return new;
  end $$;
  create trigger note before insert or update on things for each row execute function note()`

const rich = {
  at: '2024-03-10T02:30:00.123456Z',
  wall: '2024-03-31T02:30:00',
  day: '2024-02-01',
  ratio: 0.1,
  span: '-1 days +02:03:00',
  days: '[01/02/2024,03/04/2024)',
  times: '["2024-01-02 10:00","2024-01-03 10:00 EST")',
  clock: '10:00',
  blob: '\\x00ff41',
  document: '<a/>text',
  words: ['NULL', null, 'b\\c'],
}
const records = [
  { id: 1, name: 'a', ...rich },
  { id: 2, name: "b'\\", up: 1, n: 1 },
  { id: 3, name: 'a', n: 2 },
  { id: 4, name: 'd', n: 0 },
  { id: 5, name: 'e', up: 99 },
  { id: 6, name: 'f', span: 'nonsense' },
  { id: 7, name: 'NULL', up: 2, n: 3 },
]
const file = bytes(records.map(record => JSON.stringify(record)).join('\n'))
const changed = bytes(JSON.stringify({ id: 1, name: 'a', n: 9, ratio: 1 / 3 }))

const runs: readonly Partial<RunOptions>[] = [
  { dryRun: true },
  { dryRun: true, onConflict: 'update' },
  { atomic: true },
  {},
  { onConflict: 'ignore' },
  { onConflict: 'update', source: changed },
  { atomic: true, onConflict: 'update', source: changed },
]

/** @param admin a pool with normal settings, which reads the table */
export async function scenario(pool: pg.Pool, admin: pg.Pool): Promise<readonly string[]> {
  await admin.query('truncate things')
  const importer = createImporter<Resource>({ pool, resources: [things], batchRows: 4 })
  const seen: string[] = []
  for (const options of runs) {
    const reported: string[] = []
    const report = await importer
      .run({
        resource: 'things',
        format: 'ndjson',
        source: file,
        onError: error => reported.push(...briefly([error]), error.message),
        ...options,
      })
      .catch((error: unknown) => {
        if (importReportOf(error) === undefined) throw error
        reported.push(String(error))
        return importReportOf(error) as ImportReport
      })
    const { inserted, updated, ignored, failed } = report
    seen.push(
      JSON.stringify([options.onConflict, inserted, updated, ignored, failed, reported]),
      await table(admin),
    )
  }
  seen.push(...(await byJobs(pool, admin)))
  for (const format of ['csv', 'ndjson']) {
    seen.push((await exportFile(pool, 'things', format, {}, [things])).toString())
    seen.push(
      (await exportFile(pool, 'things', format, { day: '2024-02-01', name: 'a' }, [things])).toString(),
    )
  }
  return seen
}

async function table(admin: pg.Pool): Promise<string> {
  const { rows } = await admin.query('select t::text as row from things t order by id')
  return rows.map(({ row }) => row).join('\n')
}

/** Where every statement is compiled first, a job takes minutes. */
const patienceMs = 300_000

async function byJobs(pool: pg.Pool, admin: pg.Pool): Promise<string[]> {
  await admin.query('truncate things')
  const queue = postgresQueue()
  const jobs = createJobs({
    importer: createImporter<Resource>({ pool, resources: [things], batchRows: 4 }),
    exporter: createExporter<Resource>({ pool, resources: [things] }),
    storage: memoryStorage(),
    queue,
  })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1, fetches: 0 })
  const ended = async (id: string) => {
    for (const giveUpAt = performance.now() + patienceMs; performance.now() < giveUpAt; ) {
      const job = await jobs.get(id)
      if (job?.status === 'completed' || job?.status === 'failed') return job
      await new Promise(resolve => setTimeout(resolve, 25))
    }
    throw new Error('The job does not end.')
  }
  try {
    const { id } = await jobs.submitImport({ resource: 'things', format: 'ndjson', source: file })
    const { status, progress, errorMessage, errorsByCode, createdAt } = await ended(id)
    const exported = await ended((await jobs.submitExport({ resource: 'things', format: 'csv' })).id)
    const isNow = Math.abs(Date.now() - createdAt.getTime()) < 600_000
    const { totalRecords, successfulRecords, failedRecords } = progress
    return [
      JSON.stringify([
        status,
        totalRecords,
        successfulRecords,
        failedRecords,
        errorMessage,
        errorsByCode,
        isNow,
      ]),
      JSON.stringify([exported.status, exported.errorMessage, exported.progress.processedRecords]),
      await table(admin),
    ]
  } finally {
    stopping.abort()
    await working
    await queue.close?.()
  }
}
