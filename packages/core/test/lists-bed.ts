// A table with lists of every type, and files of one cell a record, for the tests of lists.
import type pg from 'pg'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../src/index.ts'
import { bytes } from './support.ts'

type Schema = Parameters<typeof Type.Optional>[0]
const listOf = (element: Schema) => Type.Optional(Type.Array(Type.Union([element, Type.Null()])))
const tableOf = (element: Schema) => Type.Optional(Type.Array(Type.Array(element)))
const schema = Type.Object({
  id: Type.Integer(),
  words: listOf(Type.String()),
  strict: Type.Optional(Type.Array(Type.String())),
  flags: listOf(Type.Boolean()),
  numbers: listOf(Type.Integer()),
  bigs: listOf(Type.String({ format: 'int64' })),
  exacts: listOf(Type.String({ format: 'decimal' })),
  floats: listOf(Type.Number()),
  uuids: listOf(Type.String({ format: 'uuid' })),
  days: listOf(Type.String({ format: 'date' })),
  instants: listOf(Type.String({ format: 'date-time' })),
  walls: listOf(Type.String({ format: 'date-time' })),
  documents: listOf(Type.Unknown()),
  boxes: listOf(Type.String()),
  blobs: listOf(Type.String()),
  matrix: tableOf(Type.Integer()),
  grid: tableOf(Type.Union([Type.String(), Type.Null()])),
})
export const things = defineResource('things', { table: 'things', schema })
const columns = `id int primary key, words text[], strict text[], flags boolean[], numbers int[], bigs bigint[], exacts numeric[],
  floats float8[], uuids uuid[], days date[], instants timestamptz[], walls timestamp[], documents json[], boxes box[],
  blobs bytea[], matrix int[], grid text[]`

/** Sessions are in another zone than UTC: nothing may depend on it. @param name of the database */
export const setup = (name: string) => `alter database ${name} set timezone = 'America/New_York';
  create table things (${columns}); create table expected (${columns})`

/** Field, and what its cell holds. */
export type Cell = readonly [field: string, cell: string]

/** Imports a record for each cell. @returns the messages, each checked to show the cell as the file has it */
export async function run(pool: pg.Pool, cells: readonly Cell[], options: Partial<RunOptions> = {}) {
  const fields = Object.keys(schema.properties).slice(1)
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const lines = cells.map(([field, cell], index) =>
    [index + 1, ...fields.map(name => (name === field ? quoted(cell) : ''))].join(),
  )
  const errors: string[] = []
  const report = await createImporter<Resource>({ pool, resources: [things] }).run({
    resource: 'things',
    format: 'csv',
    source: bytes(`id,${fields.join()}\n${lines.join('\n')}\n`),
    onError: ({ recordIdentifier, message, value }) => {
      const isShown = value === cells[Number(recordIdentifier) - 1]?.[1]
      errors.push(isShown ? message : `${message} Shown: ${value}`)
    },
    ...options,
  })
  return { report, errors }
}

/** Rows of the one table that the other does not have, by PostgreSQL's own text of them. */
export async function difference(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query(`(select t::text from things t except select t::text from expected t)
    union all (select t::text from expected t except select t::text from things t)`)
  return rows.map(({ t }) => t)
}

/** Literals that PostgreSQL reads. */
export const good: readonly Cell[] = [
  ['words', '{red,green}'],
  ['words', '{}'],
  ['words', ' { } '],
  ['words', '{"a b",c}'],
  ['words', '{NULL,x,null,"NULL"}'],
  ['words', '{ a b , "  c,d " ,e}'],
  ['words', '{"a\\"b","c\\\\d",a\\,b,\\ a\\ ,N\\ULL}'],
  ['words', '{"",é😀,"{}","[]",\n\tx\n}'],
  ['words', '[0:1]={a,b}'],
  ['words', ' [-1:0] = {a,b} '],
  ['words', '[2]={a,b}'],
  ['words', '[1:2]={"1",2}'],
  ['strict', '{red,"NULL"}'],
  ['flags', '{t,f,NULL,true,0}'],
  ['numbers', '{1,-2, 3 ,NULL}'],
  ['numbers', '[5:6]={1,2}'],
  ['bigs', '{9223372036854775807,"-1"}'],
  ['exacts', '{1.50,12345678901234567890.0000000001}'],
  ['floats', '{1e+300,-0,0.1}'],
  ['uuids', '{6f304cd1-8a43-4417-aec7-55f419572494}'],
  ['days', '{2024-02-29,NULL}'],
  ['instants', '{"2026-11-28 20:34:00+00","2026-11-28 20:34:00.5+05:30"}'],
  ['walls', '{"2026-11-28 20:34:00","2026-03-08 02:30:00.25"}'],
  ['documents', '{"{\\"a\\": [1, 2.50]}",1,true,"null",NULL,"\\"x\\""}'],
  ['boxes', '{(2,2),(1,1);(4,4),(3,3)}'],
  ['blobs', '{"\\\\x00ff","\\\\x"}'],
  ['matrix', '{{1,2},{3,4}}'],
  ['matrix', '{}'],
  ['matrix', '[0:1][2:3]={{1,2},{3,4}}'],
  ['grid', ' { {"a,b" , NULL} , {"{", "\\"" } } '],
]
