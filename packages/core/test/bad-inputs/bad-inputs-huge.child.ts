// A separate process: imports a generated input and prints the result, with its peak memory.
import pg from 'pg'
import { runInput } from './bad-inputs-fixture.ts'
import { type HugeName, huge } from './bad-inputs-huge.ts'

const [name, megabytes, url] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url ?? '', max: 2 })
const { format, chunks } = huge(name as HugeName, Number(megabytes))
const { rows, errors, fault } = await runInput(pool, { format }, chunks)
await pool.end()
process.stdout.write(
  JSON.stringify({
    rows,
    errors: errors.map(({ rowNumber, code }) => `${rowNumber} ${code}`),
    fault: fault?.code,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
)
