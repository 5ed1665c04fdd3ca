// The random files are worth their time: they reach every code, every outcome and every way to end.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatOf, recordOf } from './arbitrary.ts'
import { members, namedMembers } from './members.ts'
import { judgeFile } from './naive-judge.ts'
import { namedPeople, people } from './people.ts'
import { write } from './render.ts'
import { equalSlots, slots } from './slots.ts'
import { inputsOf, type TableRow, type World } from './world.ts'

const policies = ['error', 'ignore', 'update'] as const

/** Codes with their fields, outcomes and faults of a hundred chains of files from one seed. */
function reached(world: World): ReadonlySet<string> {
  const records = fc.array(recordOf(world, 24), { maxLength: 24, size: 'max' })
  const files = fc.sample(fc.tuple(formatOf(world), records), { numRuns: 300, seed: 1 })
  const found = new Set<string>()
  let table: readonly TableRow[] = []
  for (const [index, [format, records]] of files.entries()) {
    const onConflict = policies[index % 3] ?? 'error'
    const options = {
      onConflict,
      maxErrors: index % 5 === 0 ? 2 : undefined,
      atomic: index % 7 === 0,
      tenant: String((index % 2) + 1),
    }
    const judged = judgeFile(world, table, write(world, format, records).records, options)
    table = index % 3 === 2 ? [] : judged.table
    for (const error of judged.errors) found.add(error.replace(/^\d+ /, ''))
    for (const [name, count] of Object.entries(judged.counts)) if (count > 0) found.add(name)
    if (judged.fault !== undefined) found.add(judged.fault)
  }
  return found
}

const endings = ['IMPORT_ROLLED_BACK', 'TOO_MANY_ERRORS', 'unprocessed']
const outcomes = ['inserted', 'updated', 'ignored', 'failed', 'processed', 'successful']
const broken = ['COLUMN_COUNT', 'FILE_PARSE_ERROR', 'NOT_AN_OBJECT', 'DUPLICATE_JSON_KEY', 'FORBIDDEN_KEY']

test.each([people, namedPeople, slots, equalSlots, members, namedMembers])(
  'random files for $resource reach every branch',
  world => {
    const { keys, references, refusedFields, standIns = [] } = world
    const columns = inputsOf(world)
    const expected = [
      ...endings,
      ...outcomes,
      ...broken.map(code => `null ${code}`),
      ...refusedFields.map(field => `${field} CONSTRAINT_VIOLATION`),
      ...columns.map(({ name, faults }) => `${name} ${faults.code}`),
      ...columns.filter(({ required }) => required).map(({ name }) => `${name} MISSING_FIELD`),
      ...keys.map(({ fields, code }) => `${fields[0]} ${code}`),
      ...references.map(({ field, code }) => `${field} ${code}`),
      ...standIns.flatMap(({ column, standsFor }) =>
        references.filter(({ field }) => field === standsFor).map(({ code }) => `${column.name} ${code}`),
      ),
    ]
    expect([...reached(world)].sort()).toEqual(expected.sort())
  },
)
