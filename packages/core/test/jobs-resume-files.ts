// The files of the tests of resuming: one in every format and coding, with blank records, warnings and limits in them.
import { gzipSync } from 'node:zlib'
import type { ImportOptions, JobWarning } from '../src/index.ts'
import { bytes } from './support.ts'

export interface ResumedFile {
  readonly format: string
  readonly source: Buffer
  /** Whether any byte of its text can be read without those before it. */
  readonly isPlain: boolean
  readonly settings?: ImportOptions
  /** What the attempt is given that is stopped. */
  readonly part?: number
  /** One of the warnings in the end. */
  readonly warned?: Partial<JobWarning>
}

/** 40 people, of whom every seventh has no good address and every ninth the one of somebody before. */
const people = Array.from({ length: 40 }, (_, index) => {
  const email = index % 7 === 3 ? `bad-${index}` : `person-${index % 9 === 8 ? index - 5 : index}@example.org`
  return { email, name: `Zoë “${index}”`, role: 'reader', active: index % 2 === 0 }
})
/** The column that nobody knows is named in the part that the second attempt does not read. */
const objects = people.map((person, index) =>
  JSON.stringify(index === 1 ? { ...person, hobby: 'x' } : person),
)
const csvLines = people.map(
  ({ email, name, role, active }, index) =>
    `${email}${index % 5 === 0 ? ';"' : ';"\r\n'}${name}";${role};${active};x`,
)
const csv = ['sep=;', 'email;name;role;active;hob\0by', ...csvLines, ''].join('\r\n')
/** A record without a value after every second line, and five at the end. */
const blankCsv = `${csv.replace(/\r\n(person-\d*[02468]@)/g, '\r\n;;;;\r\n$1')}${';;;;\r\n'.repeat(5)}`
const blank = { code: 'BLANK_RECORDS', count: 21 } as const
const json = `\n [${objects.join(' ,\n\n  ')}\n]\n`
export const ndjson = `${objects.join('\n\n')}\n`

/** Files are inflated in pieces of 8 KiB: this one begins with empty lines, so that a piece ends among its records. */
const inGzip = (content: string) =>
  gzipSync('\n'.repeat(8 * 1024 - Math.floor(content.length / 2)) + content, { level: 0 })
const utf16 = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le')
/** The few letters of the file beyond Latin-1 that Windows-1252 has a byte for. */
const windows1252 = (content: string) =>
  Buffer.from(content.replaceAll('“', '\x93').replaceAll('”', '\x94'), 'latin1')

export const files: readonly (readonly [name: string, file: ResumedFile])[] = [
  [
    'CSV',
    {
      format: 'csv',
      source: bytes(csv),
      isPlain: true,
      // All but every fifth name begin with a line break.
      warned: { code: 'INVISIBLE_CHARACTERS', field: 'name', count: 32 },
    },
  ],
  ['CSV with a byte order mark', { format: 'csv', source: bytes(`\ufeff${csv}`), isPlain: true }],
  ['CSV in CR lines', { format: 'csv', source: bytes(csv.replaceAll('\r\n', '\r')), isPlain: true }],
  ['CSV with blank records', { format: 'csv', source: bytes(blankCsv), isPlain: true, warned: blank }],
  [
    'CSV with blank records, up to a limit of rejected ones',
    { format: 'csv', source: bytes(blankCsv), isPlain: true, settings: { maxErrors: 7 } },
  ],
  [
    'CSV with blank records in UTF-16',
    { format: 'csv', source: utf16(blankCsv), isPlain: false, warned: blank },
  ],
  ['NDJSON', { format: 'ndjson', source: bytes(ndjson), isPlain: true }],
  [
    'NDJSON with a mapping of a key that only one record has, and of one that none has',
    {
      format: 'ndjson',
      source: bytes(ndjson),
      isPlain: true,
      settings: { mapping: { hobby: 'created_at', never: 'updated_at' } },
      warned: { code: 'MAPPING_UNUSED', column: 'never' },
    },
  ],
  ['a JSON array', { format: 'json', source: bytes(json), isPlain: true }],
  [
    'gzip',
    { format: 'csv', source: inGzip(csv), isPlain: false, settings: { compression: 'gzip' }, part: 0.95 },
  ],
  [
    'a JSON array in gzip',
    { format: 'json', source: inGzip(json), isPlain: false, settings: { compression: 'gzip' }, part: 0.95 },
  ],
  ['UTF-16 by its mark', { format: 'csv', source: utf16(csv), isPlain: false }],
  [
    'Windows-1252',
    {
      format: 'csv',
      source: windows1252(csv),
      isPlain: false,
      settings: { encoding: 'windows-1252' },
    },
  ],
  [
    'a file whose end is broken',
    { format: 'csv', source: bytes(csv.replace('person-38', '"x"person-38')), isPlain: true },
  ],
  [
    'a limit of rejected records',
    { format: 'csv', source: bytes(csv), isPlain: true, settings: { maxErrors: 7 } },
  ],
]
