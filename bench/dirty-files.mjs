// Files of people with planted faults, and the counts that an import of each must report.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { teams, tooOld } from './dirty-people.mjs'

/**
 * @typedef {object} DirtyFile
 * @property {string} what
 * @property {'error' | 'update'} onConflict
 * @property {boolean} [keepsTable] starts with the table as the previous run left it
 * @property {(number: number) => Planted} plant the record of this number, from 0
 *
 * @typedef {object} Planted
 * @property {Record<string, string>} cells instead of those of a good record
 * @property {'inserted' | 'updated' | 'ignored' | 'failed'} becomes
 * @property {string[]} [codes] of its errors
 *
 * @type {readonly DirtyFile[]} in the order in which they are imported
 */
export const dirtyFiles = [
  { what: 'clean', onConflict: 'error', plant: () => inserted },
  { what: 'all bad', onConflict: 'error', plant: number => fieldFaults[number % fieldFaults.length] },
  {
    what: 'every second one a duplicate',
    onConflict: 'error',
    plant: number => (number % 2 === 0 ? inserted : duplicates[(number >> 1) % duplicates.length](number)),
  },
  {
    what: '5 % of mixed faults',
    onConflict: 'error',
    plant: number => (number % 20 === 19 ? mixed[Math.floor(number / 20) % mixed.length](number) : inserted),
  },
  { what: 'clean, to be updated', onConflict: 'update', plant: () => inserted },
  { what: 'update, nothing new', onConflict: 'update', keepsTable: true, plant: () => ignored },
  {
    what: 'update, every second one new',
    onConflict: 'update',
    keepsTable: true,
    plant: number => (number % 2 === 0 ? ignored : updated),
  },
]

const inserted = { cells: {}, becomes: 'inserted' }
const ignored = { cells: {}, becomes: 'ignored' }
const updated = { cells: { name: 'Renamed' }, becomes: 'updated' }

const fails = (cells, ...codes) => ({ cells, becomes: 'failed', codes })

const fieldFaults = [
  fails({ email: 'nobody at example.org' }, 'INVALID_EMAIL'),
  fails({ active: 'perhaps' }, 'INVALID_BOOLEAN'),
  fails({ name: '' }, 'MISSING_FIELD'),
  fails({ team_id: 'x', created_at: 'yesterday' }, 'INVALID_TEAM_ID', 'INVALID_TIMESTAMP'),
  fails({ id: '1.5' }, 'INVALID_ID'),
]

/** Keys of the previous record, in the same batch, and of one far earlier, in the table. Both were imported. */
const duplicates = [
  number => fails({ email: emailOf(number - 1).toUpperCase() }, 'DUPLICATE_EMAIL'),
  number => fails({ email: emailOf(4 * (number >> 4)) }, 'DUPLICATE_EMAIL'),
  number => fails({ id: String(idOf(number - 1)) }, 'DUPLICATE_ID'),
]

const mixed = [
  number => fieldFaults[Math.floor(number / 100) % fieldFaults.length],
  number => duplicates[0](number),
  () => fails({ team_id: String(teams + 1) }, 'TEAM_NOT_FOUND'),
  () => fails({ age: String(tooOld) }, 'CONSTRAINT_VIOLATION'),
  number => fails({ id: String(idOf(number - 1)), team_id: '0' }, 'DUPLICATE_ID', 'TEAM_NOT_FOUND'),
]

const columns = ['id', 'email', 'name', 'active', 'team_id', 'age', 'created_at']

/** Spread over the index like the keys of a grown table, and unique: 7919 is coprime to 2³¹. */
const idOf = number => Number((BigInt(number) * 7919n) % 2n ** 31n)
const emailOf = number => `person.${number}@example.org`

function recordOf(number, changes) {
  const cells = {
    id: String(idOf(number)),
    email: emailOf(number),
    name: `Person ${number}`,
    active: number % 3 === 0 ? 'false' : 'true',
    team_id: String(1 + (number % teams)),
    age: String(20 + (number % 60)),
    created_at: '2024-01-02T03:04:05Z',
    ...changes,
  }
  return columns.map(column => cells[column]).join(',')
}

/** Writes the file, and counts what was planted. */
export async function writeDirtyFile({ plant }, rows, path, signal) {
  const counts = { inserted: 0, updated: 0, ignored: 0, failed: 0 }
  const errorsByCode = {}
  function* lines() {
    yield `${columns.join(',')}\n`
    let packed = ''
    for (let number = 0; number < rows; number++) {
      const { cells, becomes, codes = [] } = plant(number)
      counts[becomes]++
      for (const code of codes) errorsByCode[code] = (errorsByCode[code] ?? 0) + 1
      packed += `${recordOf(number, cells)}\n`
      if (packed.length < 65_536) continue
      yield packed
      packed = ''
    }
    yield packed
  }
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal })
  return { ...counts, processed: rows, errorsByCode }
}
