// What the tests of how files are read share: a table in which nothing is required, and one import as plain data.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type ImportReport,
  importReportOf,
  LadingError,
  type RecordError,
  type Resource,
  type RunOptions,
  Type,
} from '../src/index.ts'

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))

export const leads = defineResource('leads', {
  table: 'leads',
  schema: Type.Object({
    full_name: text,
    email: text,
    city: text,
    tags: Type.Optional(Type.Array(Type.String())),
    meta: Type.Optional(Type.Unknown()),
    score: Type.Optional(Type.Integer()),
    made_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: ['email'],
  fields: { city: { aliases: ['Town'] }, made_at: { readOnly: true } },
})

export const leadsTable = `create table leads (number int generated always as identity, full_name text,
  email text unique, city text, tags text[], meta jsonb, score int, made_at timestamptz default now())`

export interface Outcome {
  readonly report: ImportReport
  /** Row number, field and code. */
  readonly errors: readonly string[]
  readonly messages: readonly string[]
  readonly fault: { readonly code: string; readonly message: string } | undefined
  /** The table in the order in which its rows came: what is not null, as text. */
  readonly rows: readonly Readonly<Record<string, string>>[]
}

export interface LeadsBed {
  readonly database: TestDatabase
  run(options: Omit<RunOptions, 'resource'>, batchRows?: number): Promise<Outcome>
}

/** One database for a test file; its table is empty at the start of each test. */
export function leadsBed(resource = leads): LeadsBed {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await database.pool.query(leadsTable)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await database.pool.query('truncate leads')
  })
  return {
    get database() {
      return database
    },
    async run(options, batchRows = 1_000) {
      const { pool } = database
      const errors: RecordError[] = []
      const ended = await createImporter<Resource>({ pool, resources: [resource], batchRows })
        .run({ resource: 'leads', onError: error => errors.push(error), ...options })
        .catch((error: unknown) => error)
      if (ended instanceof Error && !(ended instanceof LadingError)) throw ended
      const { rows } = await pool.query('select * from leads order by number')
      return {
        report: (ended instanceof LadingError ? importReportOf(ended) : ended) as ImportReport,
        errors: errors.map(({ rowNumber, field, code }) => `${rowNumber} ${field ?? '-'} ${code}`),
        messages: errors.map(({ message }) => message),
        fault: ended instanceof LadingError ? { code: ended.code, message: ended.message } : undefined,
        rows: rows.map(({ number: _, made_at: __, ...row }) =>
          Object.fromEntries(
            Object.entries(row).flatMap(([name, value]) =>
              value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
            ),
          ),
        ),
      }
    },
  }
}
