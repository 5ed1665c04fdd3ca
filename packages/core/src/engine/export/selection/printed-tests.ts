// Filters on columns of other types that are exported as text → the same filters, with values as PostgreSQL prints them.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import type { Pool } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import { withSnapshot } from '../../../postgres/transaction/snapshot-connection.ts'
import { limitOf } from '../../catalogue/fit/fit.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import { outputText, outputTexts } from '../../value/output-text.ts'
import { isExportedAsText } from './condition-sql.ts'
import type { FieldTest } from './filter.ts'

type OneOf = Extract<FieldTest, { test: 'in' }>

/**
 * PostgreSQL prints `1 day` as `P1D`, and `08:00:2B:01:02:03` in lower case: a filter matches the value, however it is
 * written. An invalid value of the type stays unchanged, and equals nothing.
 *
 * @param begin statements that begin a transaction which prints as an export does
 */
export async function printedTests(
  pool: Pool,
  target: Target,
  tests: readonly FieldTest[],
  begin: string,
): Promise<readonly FieldTest[]> {
  const columns = new Map(columnsOf(target).map(column => [column.field, column]))
  const casts = tests.flatMap(test => {
    const column = columns.get(test.field)
    if (test.test !== 'in' || column === undefined || !isExportedAsText(column)) return []
    return test.values.filter(value => isCast(column, value)).map(value => ({ test, column, value }))
  })
  if (casts.length === 0) return tests
  const results = await printValues(
    pool,
    begin,
    casts.map(({ column, value }) => printSql(column, value)),
  )
  const printedValues = new Map<OneOf, Map<unknown, unknown>>()
  for (const [index, { test, value }] of casts.entries()) {
    const values = printedValues.get(test) ?? new Map()
    printedValues.set(test, values.set(value, results[index] ?? value))
  }
  return tests.map(test => {
    const values = test.test === 'in' ? printedValues.get(test) : undefined
    return test.test === 'in' && values !== undefined
      ? { ...test, values: test.values.map(value => values.get(value) ?? value) }
      : test
  })
}

function columnsOf({ columns, references }: Target): readonly TargetColumn[] {
  return [...columns, ...references.flatMap(({ joined }) => joined)]
}

/** A cast to `name` or `"char"` would truncate a longer value. */
function isCast(column: TargetColumn, value: unknown): boolean {
  return limitOf(column)?.fits(value) !== false
}

function printSql({ field, info, codec }: TargetColumn, value: unknown): string {
  // A codec can write every value that it parsed.
  const sql = `(${literal(codec.toCopy(value as never))}::${codec.stagingType}::${info.castType})`
  const print = field.type.kind === 'array' ? outputTexts : outputText
  return print({ ...info, sql })
}

/** Prints values; null for a value that is invalid for the type. */
async function printValues(
  pool: Pool,
  begin: string,
  values: readonly string[],
): Promise<readonly unknown[]> {
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
