// What the tests of sequences share: a table that draws from a sequence of any kind, and a run into it.
import type pg from 'pg'
import { expect } from 'vitest'
import { createImporter, defineResource, type RunOptions, Type } from '../src/index.ts'

let tables = 0

/** A new table `t` whose `id` draws from a sequence `s` with these options, and a run into it. */
export async function draws(main: pg.Pool, options: string, type = 'bigint') {
  const table = `t${++tables}`
  const sequence = `${table}_s`
  await main.query(`
    create sequence ${sequence} as ${type === 'numeric' ? 'bigint' : type} ${options};
    create table ${table} (id ${type} primary key default nextval('${sequence}'), other ${type}, name text)`)
  const optional = Type.Optional(Type.Integer())
  const resource = defineResource(table, {
    table,
    schema: Type.Object({ id: optional, other: optional, name: Type.Optional(Type.String()) }),
  })
  const known = new Map<pg.Pool, ReturnType<typeof createImporter>>()
  return {
    table,
    sequence,
    async run(
      ids: readonly (number | object)[],
      { pool = main, ...more }: Partial<RunOptions> & { pool?: pg.Pool } = {},
    ) {
      const importer = known.get(pool) ?? createImporter({ pool, resources: [resource] })
      known.set(pool, importer)
      const source = ids.map(id => (typeof id === 'number' ? { id } : id))
      const report = await importer.run({ resource: table, source, ...more })
      expect(report.failed).toBe(0)
      return report.warnings
    },
    async position() {
      const { rows } = await main.query(`select last_value::float8 as at, is_called from ${sequence}`)
      return [rows[0].at, rows[0].is_called]
    },
    async next(): Promise<number> {
      const { rows } = await main.query(`select nextval('${sequence}')::float8 as next`)
      return rows[0].next
    },
  }
}
