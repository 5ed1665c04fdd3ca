// The comparisons: for each task its preparation, the command of each side, and the result that both must reach.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { countRecords } from './count-records.mjs'
import { peerExport, peerImport } from './peer.mjs'
import { startReferenceServer } from './reference-server.mjs'
import { sameSelect } from './same-select.mjs'
import { contents, freshTable, settledTable } from './users-table.mjs'

/**
 * @typedef {object} Comparison
 * @property {string} what
 * @property {() => Promise<void>} [first] before the first round
 * @property {() => Promise<void>} [last] after the last round
 * @property {() => Promise<void>} before before every run, not timed
 * @property {{ command: string, args: string[], cwd?: string, env?: Record<string, string> }} peer
 * @property {{ command: string, args: string[], cwd?: string, env?: Record<string, string> }} ours
 * @property {() => Promise<{ rows: number }>} achieved after every run, not timed; must be equal for both sides
 *
 * @returns {Comparison[]} ordered so that the exports read the rows of the last import
 */
export function comparisons(context) {
  return [
    importJob(context),
    importCsv(context),
    exportTo(context, 'csv'),
    exportTo(context, 'ndjson'),
    download(context, 'csv'),
    download(context, 'ndjson'),
    downloadBeside(context),
  ]
}

function importCsv(context) {
  const { client, file, resource } = context
  return {
    what: 'import CSV',
    before: () => freshTable(client),
    peer: peerImport(context, file),
    ours: ours(context, 'import-ours.mjs', [resource, file]),
    achieved: () => contents(client),
  }
}

/** The same file as a job of the reference server, including its start, the upload and its stop. */
function importJob(context) {
  const { client, file } = context
  return {
    what: 'import job',
    before: () => freshTable(client),
    peer: peerImport(context, file),
    ours: ours(context, 'job-ours.mjs', [file]),
    achieved: () => contents(client),
  }
}

function exportTo(context, format) {
  const { client, folder, resource } = context
  const file = join(folder, `exported.${format}`)
  return {
    what: `export ${format.toUpperCase()}`,
    first: () => settledTable(client),
    before: () => rm(file, { force: true }),
    peer: peerExport(context, format, file),
    ours: ours(context, 'export-ours.mjs', [resource, format, file]),
    achieved: async () => ({ rows: await countRecords(file, format) }),
  }
}

/**
 * The same rows over HTTP with curl, from a running server. The peer runs the same select, with values formatted as Lading
 * does: this compares the transfer, not the formatting.
 */
function download(context, format) {
  const file = join(context.folder, `downloaded.${format}`)
  const comparison = {
    what: `HTTP ${format.toUpperCase()}`,
    async first() {
      await settledTable(context.client)
      const select = await sameSelect(context.url, context.resource, format)
      const server = await startReferenceServer(context.url)
      const url = `${server.url}/v1/exports?resource=users&format=${format}`
      comparison.peer = peerExport(context, format, file, select)
      comparison.ours = ours(context, 'download-ours.mjs', [url, file, String(server.pid)])
      comparison.last = server.stop
    },
    before: () => rm(file, { force: true }),
    achieved: async () => ({ rows: await countRecords(file, format), sha256: await sha256Of(file) }),
  }
  return comparison
}

/**
 * The same download compared with what a psql user would write without Lading: row_to_json of the bare columns. This is
 * the combined cost of Lading's values and of HTTP. Timestamps are formatted differently, so only row counts are compared.
 */
function downloadBeside(context) {
  const file = join(context.folder, 'downloaded-beside.ndjson')
  const comparison = {
    what: 'HTTP NDJSON, row_to_json',
    async first() {
      await settledTable(context.client)
      const server = await startReferenceServer(context.url)
      const url = `${server.url}/v1/exports?resource=users&format=ndjson`
      comparison.ours = ours(context, 'download-ours.mjs', [url, file, String(server.pid)])
      comparison.last = server.stop
    },
    before: () => rm(file, { force: true }),
    peer: peerExport(context, 'ndjson', file),
    achieved: async () => ({ rows: await countRecords(file, 'ndjson') }),
  }
  return comparison
}

async function sha256Of(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Plain Node.js without flags, as a user would run it. */
function ours({ url }, script, args) {
  const path = fileURLToPath(new URL(script, import.meta.url))
  return { command: process.execPath, args: [path, ...args], env: { DATABASE_URL: url } }
}
