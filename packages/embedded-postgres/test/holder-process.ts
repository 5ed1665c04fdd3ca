/** A separate process that holds a server: prints one line of JSON when it runs, and stops it on a line from stdin. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { startEmbeddedPostgres } from '../src/index.ts'

async function main(dataDir: string): Promise<void> {
  if (process.argv.includes('--strict-umask')) process.umask(0o077)
  const postgres = await startEmbeddedPostgres({ dataDir })
  const { pid, port, url } = postgres
  process.stdout.write(`${JSON.stringify({ pid, port, url })}\n`)
  if (process.argv.includes('--forget')) return
  await once(createInterface({ input: process.stdin }), 'line')
  await postgres.stop()
  process.exit(0)
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(inspect(error))
  process.exit(1)
})
