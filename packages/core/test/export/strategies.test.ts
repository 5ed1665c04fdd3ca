// Every column type on both roads, printed by COPY and through `printRow`: the same bytes, as written here by hand.
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Resource, type StreamOptions, Type } from '../../src/index.ts'

const nullable = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const timestamp = Type.String({ format: 'date-time' })

const schema = Type.Object({
  id: Type.Integer(),
  text: nullable(Type.String()),
  kind: nullable(Type.String()),
  flag: nullable(Type.Boolean()),
  small: nullable(Type.Integer()),
  big: nullable(Type.String({ format: 'int64' })),
  exact: nullable(Type.String({ format: 'decimal' })),
  float: nullable(Type.Number()),
  single: nullable(Type.Number()),
  uuid: nullable(Type.String({ format: 'uuid' })),
  day: nullable(Type.String({ format: 'date' })),
  instant: nullable(timestamp),
  local: nullable(timestamp),
  json: nullable(Type.Unknown()),
  jsonb: nullable(Type.Unknown()),
  texts: nullable(Type.Array(Type.Union([Type.String(), Type.Null()]))),
  bigs: nullable(Type.Array(Type.Union([Type.String({ format: 'int64' }), Type.Null()]))),
  floats: nullable(Type.Array(Type.Union([Type.Number(), Type.Null()]))),
  days: nullable(Type.Array(Type.Union([Type.String({ format: 'date' }), Type.Null()]))),
  instants: nullable(Type.Array(Type.Union([timestamp, Type.Null()]))),
  locals: nullable(Type.Array(Type.Union([timestamp, Type.Null()]))),
  address: nullable(Type.String()),
})
const table = 'things'
const roads = {
  COPY: defineResource('things', { table, schema }),
  'rows, returned unchanged': defineResource('things', { table, schema, printRow: row => row }),
  'rows, returned as another object': defineResource('things', {
    table,
    schema,
    printRow: row => ({ ...row }),
  }),
}

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create type mood as enum ('happy', 'a,"b"');
    create table things (id int primary key, "text" text, kind mood, flag boolean, small smallint, big bigint, exact numeric,
      "float" double precision, single real, uuid uuid, day date, instant timestamptz, local timestamp, "json" json,
      "jsonb" jsonb, texts text[], bigs bigint[], floats double precision[], days date[], instants timestamptz[],
      locals timestamp[], address inet);
    insert into things values
      (1, 'plain', 'happy', true, -7, 9223372036854775807, 1234567890123456789.5000, 0.1, 1.5,
       '6F304CD1-8A43-4417-AEC7-55F419572494', '0001-01-01', '2024-01-31 23:59:59.5+02', '9999-12-31 23:59:59.999999',
       E'{"b" : 1,\\n "a":[1e3, 9007199254740993]}', '{"b": 1, "a": "\\n\\u00e9"}', '{a,"b,c","",NULL,"q\\"x"}', '{-1,9007199254740993}',
       '{1e300,-0.5}', '{2024-02-29}', '{2024-01-31 12:00:00.25+00,0001-01-01 00:00:00+00}', '{2024-01-31 12:00:00}', '::1'),
      (3, '', 'a,"b"', false, 0, 0, 0, 1e-7, 1e20, null, null, null, null, '""', '[]', '{}', '{}', '{}', '{}', '{}', '{}', null);
    insert into things (id) values (2);
    insert into things (id, "text", big, exact, "float", "json", "jsonb", texts) values
      (4, E'line\\r\\nbreak; "quoted"\\t\\\\', -1, -0.10, -1, 'true', '-5', '{=1}'),
      (5, E'\\\\.', null, null, null, ' -5', '"=1"', null)`)
})
afterAll(() => database.drop())

const names =
  'id,text,kind,flag,small,big,exact,float,single,uuid,day,instant,local,json,jsonb,texts,bigs,floats,days,instants,locals,address'
const nulls = (count: number) => ','.repeat(count)

/** The lines of the CSV file, without what ends them. */
const csv = [
  names,
  `1,plain,happy,true,-7,9223372036854775807,1234567890123456789.5000,0.1,1.5,6f304cd1-8a43-4417-aec7-55f419572494,0001-01-01,2024-01-31T21:59:59.5Z,9999-12-31T23:59:59.999999Z,"{""b"" : 1,\n ""a"":[1e3, 9007199254740993]}","{""a"": ""\\né"", ""b"": 1}","{a,""b,c"","""",NULL,""q\\""x""}","{-1,9007199254740993}","{1e+300,-0.5}",{2024-02-29},"{2024-01-31T12:00:00.25Z,0001-01-01T00:00:00Z}",{2024-01-31T12:00:00Z},::1`,
  `2${nulls(21)}`,
  '3,"","a,""b""",false,0,0,0,1e-07,1e+20,,,,,"""""",[],{},{},{},{},{},{},',
  `4,"line\r\nbreak; ""quoted""\t\\",,,,-1,-0.10,-1,,,,,,true,-5,{=1},,,,,,`,
  `5,\\.${nulls(12)} -5,"""=1""",,,,,,,`,
]

const json = [
  '{"id":1,"text":"plain","kind":"happy","flag":true,"small":-7,"big":"9223372036854775807","exact":"1234567890123456789.5000","float":0.1,"single":1.5,"uuid":"6f304cd1-8a43-4417-aec7-55f419572494","day":"0001-01-01","instant":"2024-01-31T21:59:59.5Z","local":"9999-12-31T23:59:59.999999Z","json":{"b" : 1,  "a":[1e3, 9007199254740993]},"jsonb":{"a": "\\né", "b": 1},"texts":["a","b,c","",null,"q\\"x"],"bigs":["-1","9007199254740993"],"floats":[1e+300,-0.5],"days":["2024-02-29"],"instants":["2024-01-31T12:00:00.25Z","0001-01-01T00:00:00Z"],"locals":["2024-01-31T12:00:00Z"],"address":"::1"}',
  '{"id":2,"text":null,"kind":null,"flag":null,"small":null,"big":null,"exact":null,"float":null,"single":null,"uuid":null,"day":null,"instant":null,"local":null,"json":null,"jsonb":null,"texts":null,"bigs":null,"floats":null,"days":null,"instants":null,"locals":null,"address":null}',
  '{"id":3,"text":"","kind":"a,\\"b\\"","flag":false,"small":0,"big":"0","exact":"0","float":1e-07,"single":1e+20,"uuid":null,"day":null,"instant":null,"local":null,"json":"","jsonb":[],"texts":[],"bigs":[],"floats":[],"days":[],"instants":[],"locals":[],"address":null}',
  '{"id":4,"text":"line\\r\\nbreak; \\"quoted\\"\\t\\\\","kind":null,"flag":null,"small":null,"big":"-1","exact":"-0.10","float":-1,"single":null,"uuid":null,"day":null,"instant":null,"local":null,"json":true,"jsonb":-5,"texts":["=1"],"bigs":null,"floats":null,"days":null,"instants":null,"locals":null,"address":null}',
  '{"id":5,"text":"\\\\.","kind":null,"flag":null,"small":null,"big":null,"exact":null,"float":null,"single":null,"uuid":null,"day":null,"instant":null,"local":null,"json": -5,"jsonb":"=1","texts":null,"bigs":null,"floats":null,"days":null,"instants":null,"locals":null,"address":null}',
]

/** As Excel is to have it: numbers and dates as they are, and a guard before text that it would calculate. */
const excel = csv.map((line, index) => (index === 4 ? line.replace(',true,-5,', ",true,'-5,") : line))
excel[5] = `5,\\.${nulls(12)}' -5,"""=1""",,,,,,,`

describe.each(Object.entries(roads))('%s', (_road, resource) => {
  const file = (options: Omit<StreamOptions, 'resource'>) => {
    const exporter = createExporter<Resource>({ pool: database.pool, resources: [resource] })
    return buffer(exporter.stream({ resource: 'things', ...options }))
  }
  const printed = async (options: Omit<StreamOptions, 'resource'>) => (await file(options)).toString()

  test('CSV', async () => {
    expect(await printed({ format: 'csv' })).toBe(`${csv.join('\n')}\n`)
  })

  test('CSV without its header', async () => {
    expect(await printed({ format: 'csv', header: false })).toBe(`${csv.slice(1).join('\n')}\n`)
  })

  test('CSV for Excel', async () => {
    expect(await printed({ format: 'csv', excel: true })).toBe(`\ufeff${excel.join('\r\n')}\r\n`)
  })

  test.each([';', '\t', '|'] as const)('CSV with %j between the cells', async delimiter => {
    const fields = ['id', 'text', 'kind', 'texts']
    expect(await printed({ format: 'csv', delimiter, fields })).toBe(
      [
        'id,text,kind,texts',
        `1,plain,happy,"{a§""b§c""§""""§NULL§""q\\""x""}"`,
        '2,,,',
        '3,"","a§""b""",{}',
        `4,"line\r\nbreak; ""quoted""\t\\",,{=1}`,
        '5,\\.,,',
        '',
      ]
        .join('\n')
        .replaceAll(',', delimiter)
        .replaceAll('§', ','),
    )
  })

  test('NDJSON', async () => {
    expect(await printed({ format: 'ndjson' })).toBe(`${json.join('\n')}\n`)
  })

  test('a JSON array', async () => {
    expect(await printed({ format: 'json' })).toBe(`[${json.join(',\n')}]\n`)
  })

  test('compression does not change the content', async () => {
    const options = { format: 'csv', excel: true } as const
    const whole = await file({ ...options, compression: 'gzip' })
    expect(gunzipSync(whole).equals(await file(options))).toBe(true)
  })

  test('fields are in the requested order', async () => {
    expect(await printed({ format: 'csv', fields: ['flag', 'id'], limit: 2 })).toBe('flag,id\ntrue,1\n,2\n')
    expect(await printed({ format: 'ndjson', fields: ['flag', 'id'], limit: 1 })).toBe(
      '{"flag":true,"id":1}\n',
    )
  })

  test('a single column: null is a blank line, and `\\.` is quoted', async () => {
    const options = { format: 'csv', fields: ['text'] }
    expect(await printed(options)).toBe('text\nplain\n\n""\n"line\r\nbreak; ""quoted""\t\\"\n"\\."\n')
    expect(await printed({ ...options, excel: true })).toBe(
      '\ufefftext\r\nplain\r\n\r\n""\r\n"line\r\nbreak; ""quoted""\t\\"\r\n"\\."\r\n',
    )
  })

  test('no rows', async () => {
    const none = { filters: { id: -1 } }
    expect(await printed({ ...none, format: 'csv' })).toBe(`${names}\n`)
    expect(await printed({ ...none, format: 'csv', header: false })).toBe('')
    expect(await printed({ ...none, format: 'csv', excel: true })).toBe(`\ufeff${names}\r\n`)
    expect(await printed({ ...none, format: 'csv', excel: true, header: false })).toBe('')
    expect(await printed({ ...none, format: 'ndjson' })).toBe('')
    expect(await printed({ ...none, format: 'json' })).toBe('[]')
    expect(gunzipSync(await file({ ...none, format: 'ndjson', compression: 'gzip' })).toString()).toBe('')
  })

  test('the number of rows is reported', async () => {
    const reported: number[] = []
    await file({ format: 'json', compression: 'gzip', onRows: rows => reported.push(rows) })
    expect(reported).toEqual([5])
  })
})
