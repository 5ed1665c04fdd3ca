// The CSV file that both sides import: users of the test data generator, formatted so that plain COPY accepts them.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { run } from './child.mjs'

export const columns = ['id', 'email', 'name', 'role', 'active', 'created_at', 'updated_at']

const root = fileURLToPath(new URL('..', import.meta.url))
const keptFolder = join(tmpdir(), 'lading-bench-kept')

/** @returns {Promise<string>} path of the file; with `keep` it is outside of `folder`, and created only once */
export async function usersFile({ rows, keep, folder, signal }) {
  const target = join(keep ? keptFolder : folder, `users-${rows}.csv`)
  if (existsSync(target)) return target
  console.log(`Generating ${rows} users …`)
  const args = ['--import', 'tsx', 'testdata/generate.ts', '--users', String(rows)]
  args.push('--articles', '0', '--comments', '0', '--clean', '--seed', '1', '--out', folder)
  await run(process.execPath, args, { cwd: root, signal })
  if (keep) await mkdir(keptFolder, { recursive: true })
  const generated = join(folder, 'users.csv')
  const unfinished = `${target}.unfinished`
  await pipeline(records(generated), plain, createWriteStream(unfinished), { signal })
  await rm(generated)
  // The next run must only find a complete file.
  await rename(unfinished, target)
  return target
}

/** Yields the records as in the file. A line end inside quotes, which names may have, does not end a record. */
async function* records(path) {
  let record = ''
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      record += line
      if (quotes(record) % 2 === 0) {
        yield record
        record = ''
      } else {
        record += '\n'
      }
    }
  }
}

/**
 * Fills in missing ids and timestamps: Lading leaves them to the table's defaults, but COPY would read null and fail.
 * Writes e-mail addresses as the resource stores them, because COPY transforms nothing. So both sides read the same
 * bytes, and must fill equal tables.
 */
async function* plain(source) {
  let number = 0
  let lines = []
  for await (const record of source) {
    if (number === 0 && record !== columns.join(',')) throw new Error(`Unexpected header: ${record}`)
    lines.push(number === 0 ? record : plainRecord(record, number))
    number++
    if (lines.length < 1000) continue
    yield `${lines.join('\n')}\n`
    lines = []
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
}

/** Only the name, which is in the middle, may be quoted or contain a comma. */
function plainRecord(record, number) {
  const [, id, email, middle, created, updated] = /^([^,]*),([^,]*),(.*),([^,]*),([^,]*)$/s.exec(record) ?? []
  if (email === undefined) throw new Error(`Record ${number} has too few cells: ${record}`)
  const time = '2024-01-01T00:00:00Z'
  return `${id || uuidOf(number)},${email.trim().toLowerCase()},${middle},${created || time},${updated || time}`
}

/** The same id for the same number, and spread over the index like random ones. */
function uuidOf(number) {
  const hex = createHash('sha256').update(String(number)).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

function quotes(text) {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count
}
