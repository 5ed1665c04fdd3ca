// The connection of a worker process, cut inside of a batch's transaction, or sabotaged.
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import type { Cut, WorkerSettings } from './settings.ts'

export interface Steps {
  /** Called at each step; does not return at the one where the process is to die. */
  pass(step: Cut): void
  /** Whether the next pass of this step is that one. */
  isDue(step: Cut): boolean
}

interface Socket {
  write(bytes: Buffer): boolean
}

/** What `pg-copy-streams` sends; `pg` calls it when the server waits for the rows. */
interface Copy {
  text: string
  handleCopyInResponse(connection: { readonly stream: Socket }): void
}

type TapSettings = Pick<WorkerSettings, 'sabotage' | 'cutWithOpen'>

type Query = (what: unknown, values?: unknown) => unknown

const fence =
  /do \$\w*\$\s*(?:#variable_conflict error\s+)?begin\s+perform from lading\.jobs[\s\S]*?\send\s*\$\w*\$/
/** In the first statements of every batch. */
const mark = 'pg_advisory_xact_lock_shared'
const counters = /update lading\.jobs set processed = [\s\S]*? where id = '[0-9a-f-]{36}'/
const checkpoint = /checkpoint_byte = \d+, checkpoint_row = \d+, checkpoint_line = \d+/

/**
 * A batch is two round trips: `begin; fence; copy` and `merge; errors; counters; commit`. To die between two of
 * their statements, the part up to there is sent alone, and its answer awaited. A batch that the table refused is copied
 * again, for a merge; its steps are those of the first attempt. If the batch before it may be open, the fence is in the second
 * round trip, with the counters.
 */
export function tapWire(pool: pg.Pool, steps: Steps, settings: TapSettings): void {
  const batches = { open: 0 }
  pool.on('connect', client => {
    const query = client.query.bind(client) as Query
    Object.assign(client, { query: tap(query, steps, settings, batches) })
  })
}

function tap(
  query: Query,
  { pass, isDue }: Steps,
  { sabotage, cutWithOpen = 1 }: TapSettings,
  batches: { open: number },
): Query {
  let isAgain = false
  return (what, values) => {
    if (isCopy(what) && what.text.includes(mark)) {
      if (sabotage === 'fence' && fence.test(what.text)) what.text = unfenced(what.text)
      if (!isAgain) return open(what)
      isAgain = false
    }
    if (what === 'rollback') isAgain = true
    if (typeof what === 'string' && counters.test(what)) {
      return close(sabotage === 'fence' && fence.test(what) ? unfenced(what) : what)
    }
    return query(what, values)
  }

  function open(copy: Copy): unknown {
    pass('before_begin')
    const [fencing] = fence.exec(copy.text) ?? []
    const steps =
      fencing === undefined ? (['after_begin'] as const) : (['after_begin', 'after_fence'] as const)
    const step = steps.find(isDue)
    if (step !== undefined) {
      const part = step === 'after_begin' ? 'begin' : `begin; ${fencing}`
      void Promise.resolve(query(part)).then(() => pass(step))
      // Never sent: the process that waits for it dies.
      return copy
    }
    for (const passed of steps) pass(passed)
    const begin = copy.handleCopyInResponse.bind(copy)
    copy.handleCopyInResponse = connection => {
      if (isDue('mid_copy')) halve(connection.stream, () => pass('mid_copy'))
      else pass('mid_copy')
      begin(connection)
    }
    batches.open++
    return query(copy)
  }

  async function close(text: string): Promise<unknown> {
    pass('after_copy')
    try {
      return await end(text)
    } finally {
      batches.open--
    }
  }

  async function end(text: string): Promise<unknown> {
    if (sabotage === 'checkpoint' || sabotage === 'counters') return closeApart(text)
    const [fencing] = fence.exec(text) ?? []
    if (fencing !== undefined) await partly('after_fence', text.slice(0, text.indexOf(fencing)) + fencing)
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
    if (isDue(step)) {
      await query(part)
      while (batches.open < cutWithOpen) await setTimeout(5)
    }
    pass(step)
  }

  /** Statements of the transaction of the batch, moved into a transaction after it. */
  async function closeApart(text: string): Promise<unknown> {
    const [counting = ''] = counters.exec(text) ?? []
    const [place = ''] = checkpoint.exec(counting) ?? []
    const kept =
      sabotage === 'counters'
        ? `update lading.jobs set ${place} where ${counting.split(' where ').at(-1)}`
        : 'select 1'
    const answer = await query(changed(text, counters, kept))
    pass('after_commit_before_ack')
    await query(counting)
    return answer
  }
}

/** The next message is sent in two parts; `between` is called after the first one. */
function halve(stream: Socket, between: () => void): void {
  const write = stream.write.bind(stream)
  stream.write = (bytes: Buffer) => {
    // The head of a message is sent alone.
    if (bytes.length <= 5) return write(bytes)
    stream.write = write
    write(bytes.subarray(0, bytes.length / 2))
    between()
    return write(bytes.subarray(bytes.length / 2))
  }
}

function isCopy(what: unknown): what is Copy {
  return typeof what === 'object' && what !== null && 'handleCopyInResponse' in what
}

/** @throws Error if the statement is not what it was: then the sabotage would be none, and prove nothing */
function changed(text: string, part: RegExp, by: string): string {
  if (!part.test(text)) throw new Error(`Nothing to sabotage in: ${text.slice(0, 400)}`)
  return text.replace(part, () => by)
}

function unfenced(text: string): string {
  return changed(text, fence, 'set local work_mem = 4096')
}
