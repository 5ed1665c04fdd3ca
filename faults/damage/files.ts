// One file of goods in every way in which it can be sent, and the rows that it leaves.
import { gzipSync } from 'node:zlib'
import type { ImportOptions } from '../../packages/core/src/index.ts'

export const records = 120
const labelOf = (ref: number) => (ref % 30 === 0 ? 'x'.repeat(31) : `crate ${ref}`)
const refs = Array.from({ length: records }, (_, index) => index + 1)
const csv = `ref,label\n${refs.map(ref => `${ref},${labelOf(ref)}\n`).join('')}`
const objects = refs.map(ref => ({ ref, label: labelOf(ref) }))
const ndjson = objects.map(one => `${JSON.stringify(one)}\n`).join('')
const json = JSON.stringify(objects)
/** What the file says, by hand: every 30th record is rejected. */
export const expectedRows = refs.filter(ref => ref % 30 !== 0).map(ref => `${ref} crate ${ref}`)

export const files: readonly (readonly [string, string, Buffer, ImportOptions])[] = [
  ['CSV', 'csv', Buffer.from(csv), {}],
  ['NDJSON', 'ndjson', Buffer.from(ndjson), {}],
  ['a JSON array', 'json', Buffer.from(json), {}],
  ['gzip', 'csv', gzipSync(csv), { compression: 'gzip' }],
  ['UTF-16', 'csv', Buffer.from(`\ufeff${csv}`, 'utf16le'), {}],
  [
    'an atomic import',
    'ndjson',
    Buffer.from(
      objects
        .filter(({ ref }) => ref % 30 !== 0)
        .map(one => `${JSON.stringify(one)}\n`)
        .join(''),
    ),
    { atomic: true },
  ],
]
