// Filters on columns that are carried as text without being text → the same ones, with values as PostgreSQL prints them.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import type { Pool } from '../../../postgres/pool/client.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import { withSnapshot } from '../../../postgres/transaction/snapshot-connection.ts'
import { limitOf } from '../../catalogue/fit/fit.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import { outputText, outputTexts } from '../../value/output-text.ts'
import { isForeign } from './condition-sql.ts'
import type { FieldTest } from './filter.ts'

type OneOf = Extract<FieldTest, { test: 'in' }>

/**
 * `1 day` is printed as `P1D`, `08:00:2B:01:02:03` in small letters: a filter asks for the value, however it is
 * written. What is no value of the type stays as it is, and equals nothing.
 *
 * @param begin begins a transaction that prints as an export does
 */
export async function printedTests(
  pool: Pool,
  target: Target,
  tests: readonly FieldTest[],
  begin: string,
): Promise<readonly FieldTest[]> {
  const columns = new Map(columnsOf(target).map(column => [column.field, column]))
  const asked = tests.flatMap(test => {
    const column = columns.get(test.field)
    if (test.test !== 'in' || column === undefined || !isForeign(column)) return []
    return test.values.filter(value => isCast(column, value)).map(value => ({ test, column, value }))
  })
  if (asked.length === 0) return tests
  const found = await printed(
    pool,
    begin,
    asked.map(({ column, value }) => printSql(column, value)),
  )
  const known = new Map<OneOf, Map<unknown, unknown>>()
  for (const [index, { test, value }] of asked.entries()) {
    const values = known.get(test) ?? new Map()
    known.set(test, values.set(value, found[index] ?? value))
  }
  return tests.map(test => {
    const values = test.test === 'in' ? known.get(test) : undefined
    return test.test === 'in' && values !== undefined
      ? { ...test, values: test.values.map(value => values.get(value) ?? value) }
      : test
  })
}

function columnsOf({ columns, references }: Target): readonly TargetColumn[] {
  return [...columns, ...references.flatMap(({ joined }) => joined)]
}

/** A cast to `name` or `"char"` would cut what is longer. */
function isCast(column: TargetColumn, value: unknown): boolean {
  return limitOf(column)?.fits(value) !== false
}

function printSql({ field, info, codec }: TargetColumn, value: unknown): string {
  // Whatever a codec parsed it can write.
  const sql = `(${literal(codec.toCopy(value as never))}::${codec.stagingType}::${info.castType})`
  const print = field.type.kind === 'array' ? outputTexts : outputText
  return print({ ...info, sql })
}

/** Null for a value that the type does not know. */
async function printed(pool: Pool, begin: string, values: readonly string[]): Promise<readonly unknown[]> {
  const attempts = values.map(
    sql =>
      `begin printed := printed || to_json(${sql}); exception when others then printed := printed || 'null'::json; end;`,
  )
  const block = doBlock(`declare printed json[] := '{}'; begin ${attempts.join('\n')}
    perform set_config('lading.printed', array_to_json(printed)::text, true); end`)
  try {
    return await withSnapshot(pool, begin, async ({ client }) => {
      await client.query(block)
      const { rows } = await client.query(`select current_setting('lading.printed')::json as printed`)
      // The block builds exactly this shape.
      return rows[0]?.printed as readonly unknown[]
    })
  } catch (error) {
    throw databaseFault(error)
  }
}
