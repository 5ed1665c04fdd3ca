// The peer, COPY itself, as a command: psql's \copy, or without psql a Node.js process that only passes bytes.
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { columns } from './data.mjs'

const list = columns.join(', ')
const rows = `select ${list} from users order by id`

/** The source and the options of COPY; the direction and the file go in between. */
const imports = { what: `users (${list})`, direction: 'from', options: 'format csv, header' }
const exports = {
  csv: { what: `(${rows})`, direction: 'to', options: 'format csv, header' },
  // A quote and a delimiter that JSON never contains: COPY's text format would double backslashes, which breaks JSON.
  ndjson: {
    what: `(select row_to_json(t) from (${rows}) t)`,
    direction: 'to',
    options: "format csv, quote E'\\x01', delimiter E'\\x02'",
  },
}

/** @param {{ url: string, hasPsql: boolean }} context @param {string} file */
export function peerImport(context, file) {
  return command(context, imports, file)
}

/**
 * @param {{ url: string, hasPsql: boolean }} context
 * @param {'csv' | 'ndjson'} format
 * @param {string} file
 * @param {string} [what] a select in parentheses, instead of the bare columns
 */
export function peerExport(context, format, file, what = exports[format].what) {
  return command(context, { ...exports[format], what }, file)
}

function command({ url, hasPsql }, copy, file) {
  return hasPsql ? psql(url, copy, file) : node(url, copy, file)
}

function psql(url, { what, direction, options }, file) {
  // Not on the command line, where every user of the machine could see the password.
  const address = new URL(url)
  const password = decodeURIComponent(address.password)
  address.password = ''
  // The bare name, from inside its folder, needs no quoting, whatever the name of the folder.
  const meta = `\\copy ${what} ${direction} '${basename(file)}' with (${options})`
  return {
    command: 'psql',
    args: ['--no-psqlrc', '--set=ON_ERROR_STOP=1', '--dbname', address.href, '--command', meta],
    cwd: dirname(file),
    env: { PGCLIENTENCODING: 'UTF8', PGTZ: 'UTC', ...(password === '' ? {} : { PGPASSWORD: password }) },
  }
}

function node(url, { what, direction, options }, file) {
  const end = direction === 'from' ? 'stdin' : 'stdout'
  const script = fileURLToPath(new URL('peer-without-psql.mjs', import.meta.url))
  return {
    command: process.execPath,
    args: [script, direction, `copy ${what} ${direction} ${end} with (${options})`, file],
    env: { DATABASE_URL: url },
  }
}
