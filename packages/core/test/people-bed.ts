// What the tests of dry runs, imports of all or nothing and maxErrors share: a table, a file with faults, and runs of it.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type ImportReport,
  importReportOf,
  LadingError,
  type Resource,
  type RunOptions,
  Type,
} from '../src/index.ts'
import { briefly, rowsOf } from './support.ts'

export const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Optional(Type.Integer()),
    email: Type.String(),
    name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    boss_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    team_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  }),
  key: [{ fields: ['email'], ignoreCase: true }],
  references: { boss_id: { table: 'people' }, team_id: { table: 'teams' } },
})

/** A database for the tests of one file, with the table as it is before each of them. */
export function peopleBed(): { readonly database: TestDatabase; run(...args: RunArguments): Promise<Run> } {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await database.pool.query(`
      create table teams (id int primary key);
      insert into teams values (1), (2);
      create table people (
        id serial primary key,
        email text not null,
        name text constraint polite check (name <> 'evil'),
        boss_id int references people (id),
        team_id int references teams (id),
        shouted text generated always as (upper(email)) stored,
        updated_at timestamptz not null default '2000-01-01T00:00:00Z'
      );
      create unique index people_email_key on people (lower(email));
    `)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await database.pool.query(`
      truncate people restart identity;
      insert into people (email, name) values ('a@x', 'Ada'), ('b@x', 'Bob')`)
  })
  return {
    get database() {
      return database
    },
    run: (...args) => runOn(database, ...args),
  }
}

export type Person = Readonly<Record<string, unknown>>

export interface Run {
  readonly report: ImportReport
  readonly errors: readonly string[]
  readonly code: string | undefined
  readonly table: readonly string[]
  readonly nextId: unknown
}

type RunArguments = [file: readonly Person[], batchRows: number, options: Partial<RunOptions>]

async function runOn(database: TestDatabase, ...[file, batchRows, options]: RunArguments): Promise<Run> {
  const errors: Parameters<NonNullable<RunOptions['onError']>>[0][] = []
  const importer = createImporter<Resource>({ pool: database.pool, resources: [people], batchRows })
  let code: string | undefined
  const report = await importer
    .run({ resource: 'people', source: file, onError: error => errors.push(error), ...options })
    .catch((error: unknown) => {
      const found = importReportOf(error)
      if (!(error instanceof LadingError) || found === undefined) throw error
      code = error.code
      return found
    })
  const { rows } = await database.pool.query('select last_value, is_called from people_id_seq')
  return {
    report,
    errors: briefly(errors),
    code,
    table: await rowsOf(database.pool, 'people'),
    nextId: rows[0],
  }
}

export const counts = ({
  processed,
  successful,
  failed,
  inserted,
  updated,
  ignored,
  unprocessed,
}: ImportReport) => ({
  processed,
  successful,
  failed,
  inserted,
  updated,
  ignored,
  unprocessed,
})

export const mixed: readonly Person[] = [
  { email: 'c@x', name: 'new' },
  { email: 'A@x', name: 'there' },
  { email: 'C@x', name: 'twice' },
  { email: 'd@x', name: 'evil' },
  { email: 'e@x', team_id: 9 },
  { id: 1, email: 'f@x' },
  { id: 50, email: 'g@x', boss_id: 50 },
  { id: 51, email: 'h@x', boss_id: 1 },
  { id: 52, email: 'i@x', boss_id: 51, team_id: 2 },
  { email: 'j@x', boss_id: 99 },
  { email: 5 },
]
