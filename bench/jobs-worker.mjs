// Child process: runs jobs until the parent stops it, and sends its statement counts. Argument: JSON of settings.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { poolThatCounts } from './jobs-pool.mjs'

const { url, folder, of, imports, exports } = JSON.parse(process.argv[2])
const { jobsOn } = await import('./jobs-service.mjs')
const core = await import(pathToFileURL(join(of, 'packages/core/dist/index.js')).href)
const { pool, counts } = poolThatCounts(url)
const stopping = new AbortController()
const working = jobsOn(core, pool, folder).work({ signal: stopping.signal, imports, exports, fetches: 0 })
process.on('message', async what => {
  if (what === 'counts') return void process.send(counts)
  stopping.abort()
  await working
  process.send(counts)
  await pool.end()
  process.disconnect()
})
process.send('ready')
