// The connection of a worker process, cut inside of a batch's transaction, or sabotaged.
import type pg from 'pg'
import type { Cut, Sabotage } from './settings.ts'

export interface Steps {
  /** Called at each step; does not return at the one where the process is to die. */
  pass(step: Cut): void
  /** Whether the next pass of this step is that one. */
  isDue(step: Cut): boolean
}

type Query = (what: unknown, values?: unknown) => unknown

const fence = /do \$\w*\$\s*begin\s+perform from lading\.jobs[\s\S]*?\send\s*\$\w*\$/
const counters = /update lading\.jobs set processed = [\s\S]*? where id = '[0-9a-f-]{36}'/
const checkpoint = /checkpoint_byte = \d+, checkpoint_row = \d+, checkpoint_line = \d+/

/**
 * A batch is two round trips: `begin; fence; copy` and `merge; errors; counters; commit`. To die between two of
 * their statements, the part up to there is sent alone, and its answer awaited.
 */
export function tapWire(pool: pg.Pool, steps: Steps, sabotage: Sabotage | undefined): void {
  pool.on('connect', client => {
    const query = client.query.bind(client) as Query
    const { connection } = client as unknown as { connection: { sendCopyFromChunk(chunk: Buffer): void } }
    const send = connection.sendCopyFromChunk.bind(connection)
    connection.sendCopyFromChunk = chunk => {
      // The chunk may be the only one of the batch, so half of it goes out.
      if (steps.isDue('mid_copy')) send(chunk.subarray(0, chunk.length / 2))
      steps.pass('mid_copy')
      send(chunk)
    }
    Object.assign(client, { query: tap(query, steps, sabotage) })
  })
}

function tap(query: Query, { pass, isDue }: Steps, sabotage: Sabotage | undefined): Query {
  return (what, values) => {
    process.stderr.write(`Q ${typeof what === 'string' ? what.slice(0, 300) : Object.keys(what as object).join() + ' ' + String((what as {text: string}).text).slice(0, 200)}\n`)
    if (isCopy(what) && what.text.includes('for update')) return open(what)
    if (typeof what === 'string' && counters.test(what)) return close(what)
    return query(what, values)
  }

  function open(copy: { text: string }): unknown {
    pass('before_begin')
    const step = (['after_begin', 'after_fence'] as const).find(isDue)
    if (step !== undefined) {
      const [fencing = ''] = fence.exec(copy.text) ?? []
      const part = step === 'after_begin' ? 'begin' : `begin; ${fencing}`
      void Promise.resolve(query(part)).then(() => pass(step))
      // Never sent: whoever waits for it dies.
      return copy
    }
    pass('after_begin')
    pass('after_fence')
    if (sabotage === 'fence') copy.text = changed(copy.text, fence, 'set local work_mem = 4096')
    return query(copy)
  }

  async function close(text: string): Promise<unknown> {
    pass('after_copy')
    if (sabotage === 'checkpoint' || sabotage === 'counters') return closeApart(text)
    const [counting = ''] = counters.exec(text) ?? []
    const before = text.slice(0, text.indexOf(counting))
    await partly('after_errors', before)
    await partly('after_checkpoint', before + counting)
    await partly('before_commit', text.replace(/;\s*commit\s*$/, ''))
    const answer = await query(text)
    pass('after_commit_before_ack')
    return answer
  }

  async function partly(step: Cut, part: string): Promise<void> {
    if (isDue(step)) await query(part)
    pass(step)
  }

  /** What belongs to the batch's transaction, in one of its own behind it. */
  async function closeApart(text: string): Promise<unknown> {
    const [counting = ''] = counters.exec(text) ?? []
    const [place = ''] = checkpoint.exec(counting) ?? []
    const kept = sabotage === 'counters' ? `update lading.jobs set ${place} where ${counting.split(' where ').at(-1)}` : 'select 1'
    const answer = await query(changed(text, counters, kept))
    pass('after_commit_before_ack')
    await query(counting)
    return answer
  }
}

function isCopy(what: unknown): what is { text: string } {
  return typeof what === 'object' && what !== null && 'handleCopyInResponse' in what
}

/** @throws Error if the statement is not what it was: then the sabotage would be none, and prove nothing */
function changed(text: string, part: RegExp, by: string): string {
  if (!part.test(text)) throw new Error(`Nothing to sabotage in: ${text.slice(0, 400)}`)
  return text.replace(part, () => by)
}
