// Child process: a download to a file with curl. Arguments: the URL, the file, the process id of the server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { peakBytesOf } from './reference-server.mjs'

const [url, file, pid] = process.argv.slice(2)
const started = performance.now()
const curl = spawn('curl', ['--silent', '--show-error', '--fail', '--output', file, url], {
  stdio: 'inherit',
})
const [code] = await once(curl, 'exit')
if (code !== 0) throw new Error(`curl ended with ${code}.`)
const seconds = (performance.now() - started) / 1000
process.stdout.write(JSON.stringify({ seconds, peakBytes: peakBytesOf(pid) }))
