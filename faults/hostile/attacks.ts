// The attacks: what each does, and what of its outcome is wrong.
import { gzipSync } from 'node:zlib'
import {
  abortedExport,
  abortedUpload,
  crowd,
  insistentUpload,
  slowloris,
  tenGigabytes,
  trickler,
  type Unread,
  unread,
  users,
} from './clients.ts'
import type { Victim } from './victim.ts'

export interface Outcome {
  /** What came of it, for the table. */
  readonly reported: string
  /** What should not be. */
  readonly wrong: readonly string[]
}

export interface Attack {
  readonly name: string
  run(victim: Victim): Promise<Outcome>
}

const good = (reported: string): Outcome => ({ reported, wrong: [] })

/** How often each was answered, such as `408 ×100`. */
function tally(answers: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1)
  return counts
}

const shown = (counts: Map<string, number>) =>
  [...counts].map(([answer, count]) => `${answer} ×${count}`).join(', ')

async function jobEnded(victim: Victim, ids: readonly string[]): Promise<readonly Row[]> {
  for (;;) {
    const { rows } = await victim.pool.query<Row>(
      'select status, error_code, inserted::int from lading.jobs where id = any ($1::uuid[])',
      [ids],
    )
    if (rows.every(({ status }) => !['pending', 'processing'].includes(status))) return rows
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

interface Row {
  readonly status: string
  readonly error_code: string | null
  readonly inserted: number
}

const jobCount = async ({ pool }: Victim): Promise<number> =>
  (await pool.query('select count(*)::int from lading.jobs')).rows[0].count

/** A third of what it inflates to is more than a file may have. */
const bomb = gzipSync(
  Buffer.concat([Buffer.from('email,name,role,active\n'), Buffer.alloc(500_000_000, '\n')]),
)

/** An import that is over at its first record, and leaves all others unprocessed. */
const rejected = gzipSync(
  Buffer.concat([
    Buffer.from('email,name,role,active\nnobody,X,king,true\n'),
    Buffer.alloc(100_000_000, 'someone@example.org,Some One,reader,true\n'),
  ]),
)

export const attacks: readonly Attack[] = [
  {
    name: '1,000 aborted uploads',
    async run(victim) {
      const before = await jobCount(victim)
      await crowd(1_000, 12, index => abortedUpload(victim.url, index))
      const more = (await jobCount(victim)) - before
      return { reported: 'no job', wrong: more === 0 ? [] : [`${more} jobs of aborted uploads`] }
    },
  },
  {
    name: '1,000 aborted exports',
    async run(victim) {
      let refused = 0
      await crowd(1_000, 6, async index => {
        refused += await abortedExport(victim.url, index)
      })
      return good(`200 ×1000, 429 ×${refused}`)
    },
  },
  {
    name: '200 slowloris connections',
    async run(victim) {
      const answers: string[] = []
      await crowd(200, 200, async index => {
        answers.push(await slowloris(victim.url, index))
      })
      const counts = tally(answers)
      const reported = ['408', '429', 'closed'].reduce((sum, answer) => sum + (counts.get(answer) ?? 0), 0)
      return { reported: shown(counts), wrong: reported === 200 ? [] : ['a client got another answer'] }
    },
  },
  {
    // All connections that the server has, but for that of the probe and a few more.
    name: '950 unexpected bodies',
    async run({ url }) {
      const borne: number[] = []
      await crowd(950, 950, async index => {
        borne.push(await trickler(url, index))
      })
      const longest = Math.round(Math.max(...borne))
      return {
        reported: `closed after ${longest} s at most`,
        // Five seconds, the byte that finds it closed, and time for a thousand on a machine that is busy.
        wrong: longest <= 15 ? [] : [`a connection was kept for ${longest} s`],
      }
    },
  },
  {
    name: `a gzip bomb (${Math.round(bomb.length / 1_000)} KB to 500 MB)`,
    async run(victim) {
      const { id } = await insistentUpload(victim.url, bomb, { 'content-encoding': 'gzip' })
      const [job] = await jobEnded(victim, [id])
      const isRefused = job?.status === 'failed' && job.inserted === 0
      return { reported: `${job?.status} ${job?.error_code}`, wrong: isRefused ? [] : ['it was not refused'] }
    },
  },
  {
    name: 'a Content-Length of 10 GB',
    async run({ url }) {
      const answers = await Promise.all([tenGigabytes(url, false), tenGigabytes(url, true)])
      const isRefused = answers.every(answer => answer === '413')
      return {
        reported: shown(tally(answers)),
        wrong: isRefused ? [] : ['it was not refused before the body'],
      }
    },
  },
  {
    name: '64 parallel uploads',
    async run(victim) {
      const rows = 2_000
      let refused = 0
      const ids: string[] = []
      await crowd(64, 64, async index => {
        const upload = await insistentUpload(victim.url, users(rows, `parallel-${index}`))
        ids.push(upload.id)
        refused += upload.refused
      })
      const jobs = await jobEnded(victim, ids)
      const isExact =
        jobs.length === 64 && jobs.every(job => job.status === 'completed' && job.inserted === rows)
      return {
        reported: `202 ×${ids.length}, 429 ×${refused}; all imported`,
        wrong: isExact ? [] : ['not every file was imported whole'],
      }
    },
  },
  {
    name: `300 readers of a .gz (${Math.round(rejected.length / 1_000)} KB)`,
    async run(victim) {
      const packed = { 'content-encoding': 'gzip' }
      const { id } = await insistentUpload(victim.url, rejected, packed, '&max_errors=1')
      const [job] = await jobEnded(victim, [id])
      const before = await victim.count()
      const path = `/v1/imports/${id}/rejects?unprocessed=true`
      const answers: Unread[] = []
      await crowd(300, 300, async index => {
        answers.push(await unread(victim.url, path, `127.0.0.${2 + (index % 10)}`))
      })
      const held = (await victim.count()).descriptors - before.descriptors
      for (const { leave } of answers) leave()
      const counts = tally(answers.map(({ status }) => String(status)))
      const served = counts.get('200') ?? 0
      const untold = answers.filter(({ status, retryAfter }) => status === 429 && retryAfter === undefined)
      return {
        reported: `${shown(counts)}; ${held} descriptors`,
        wrong: [
          ...(job?.error_code === 'TOO_MANY_ERRORS' ? [] : ['the import did not end as it should']),
          // A client that reads nothing is cut off after five seconds, and then another one gets the slot.
          ...(served >= 16 && served <= 48 ? [] : [`${served} were served, of places for 16`]),
          ...(served + (counts.get('429') ?? 0) === 300 ? [] : ['a client got another answer']),
          ...(untold.length === 0 ? [] : ['429 without Retry-After']),
          // Each holds a socket, and the source up to three times: header, records, bytes.
          ...(held <= 16 * 4 + 40 ? [] : [`${held} descriptors while they wait`]),
        ],
      }
    },
  },
]
