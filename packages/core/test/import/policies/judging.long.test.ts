// Judging: records one by one in file order, for any batches. Compared with a naive judge that does just that.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RecordError, Type } from '../../../src/index.ts'
import { briefly, bytes, importFile } from '../../support.ts'

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    email: Type.String(),
    boss_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    team_id: Type.Integer(),
    age: Type.Integer(),
  }),
  key: [{ fields: ['email'], ignoreCase: true }],
  references: { boss_id: { table: 'people' }, team_id: { table: 'teams' } },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table teams (id int primary key);
    insert into teams values (1), (2), (3);
    create table people (
      id int primary key,
      email text not null,
      boss_id int references people (id),
      team_id int not null references teams (id),
      age int not null check (age < 100)
    );
    create unique index people_email_key on people (lower(email));
  `)
})
afterAll(() => database.drop())

interface Person {
  id: number
  email: string
  boss_id: number | null
  team_id: number
  age: number
}

const tooOld = 100

/** The documented meaning, in the simplest code: each record against those imported before it. */
function naiveJudge(
  present: readonly Person[],
  file: readonly Person[],
): { table: Person[]; errors: string[] } {
  const table = [...present]
  const errors: string[] = []
  file.forEach((person, index) => {
    const found: string[] = []
    if (table.some(other => other.id === person.id)) found.push('id DUPLICATE_ID')
    if (table.some(other => other.email.toLowerCase() === person.email.toLowerCase()))
      found.push('email DUPLICATE_EMAIL')
    const bosses = person.boss_id === null || [...table, person].some(other => other.id === person.boss_id)
    // A row may be its own boss, but only if it is imported.
    const ownBoss = person.boss_id === person.id && !table.some(other => other.id === person.id)
    if (!bosses || (ownBoss && found.length > 0)) found.push('boss_id BOSS_NOT_FOUND')
    if (person.team_id > 3) found.push('team_id TEAM_NOT_FOUND')
    if (found.length === 0 && person.age >= tooOld) found.push('age CONSTRAINT_VIOLATION')
    if (found.length === 0) table.push(person)
    errors.push(...found.map(error => `${index + 2} ${error}`))
  })
  return { table, errors }
}

const toCsv = (file: readonly Person[]) =>
  bytes(
    `id,email,boss_id,team_id,age\n${file.map(p => `${p.id},${p.email},${p.boss_id ?? ''},${p.team_id},${p.age}\n`).join('')}`,
  )

const person = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  email: fc.constantFrom('a', 'A', 'b', 'c', 'd', 'D', 'e', 'f', 'g', 'h'),
  boss_id: fc.option(fc.integer({ min: 1, max: 14 }), { freq: 2 }),
  team_id: fc.constantFrom(1, 2, 3, 3, 3, 9),
  age: fc.constantFrom(20, 30, 40, 50, tooOld),
})

async function tableNow(): Promise<Person[]> {
  const { rows } = await database.pool.query(
    'select id, email, boss_id, team_id, age from people order by id',
  )
  return rows
}

describe('random files with duplicates, references to themselves and rejected rows', () => {
  test('give the report and the table of the naive judge, in batches of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 40 }),
        fc.array(person, { maxLength: 40 }),
        fc.constantFrom(1, 2, 3, 10, 1_000),
        async (first, second, batchRows) => {
          await database.pool.query('truncate people cascade')
          let expected: Person[] = []
          for (const file of [first, second]) {
            const judged = naiveJudge(expected, file)
            expected = judged.table
            const { errors, report } = await importFile(database.pool, 'people', 'csv', toCsv(file), {
              batchRows,
              resources: [people],
            })
            expect(briefly(errors)).toEqual(judged.errors)
            expect(report.processed).toBe(file.length)
            expect(report.successful + report.failed).toBe(file.length)
            expect(report.failed).toBe(new Set(errors.map(error => error.rowNumber)).size)
            expect(await tableNow()).toEqual([...expected].sort((a, b) => a.id - b.id))
          }
        },
      ),
      { numRuns: Number(process.env.LADING_JUDGE_RUNS ?? 60) },
    )
  })
})

describe('the message of a duplicate', () => {
  test('states where the other one is: in this file with its row number, or in the table', async () => {
    await database.pool.query('truncate people cascade')
    const importer = createImporter({ pool: database.pool, resources: [people] })
    const run = async (file: Person[]): Promise<readonly RecordError[]> =>
      (await importer.run({ resource: 'people', format: 'csv', source: toCsv(file) })).errors
    const one = { id: 1, email: 'a', boss_id: null, team_id: 1, age: 20 }

    const inFile = await run([one, { ...one, id: 2, email: 'A' }])
    expect(inFile.map(error => error.message)).toEqual(['The same "email" is already in row 2 of this file.'])
    const inTable = await run([{ ...one, id: 3 }])
    expect(inTable.map(error => error.message)).toEqual(['The same "email" is already in people.'])
  })
})
