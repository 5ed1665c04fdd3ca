// Cases of the HTTP suite: an answer that breaks is seen to be broken, and a client that disconnects leaves nothing.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { until } from '../../runner.ts'
import { assertProblem, type HttpCases, type HttpHarness } from '../harness.ts'

interface Way {
  readonly broken: string
  readonly whole: string
  readonly long: string
}

/** Every way on which core makes the bytes of an export. */
const shapes = [
  'format=csv',
  'format=csv&excel=true',
  'format=ndjson',
  'format=json',
  'format=csv&compression=gzip',
]
const allWays: readonly Way[] = shapes.flatMap(shape => [
  {
    broken: `${shape}&resource=lines`,
    whole: `${shape}&resource=whole_lines`,
    long: `${shape}&resource=long_lines`,
  },
  {
    broken: `${shape}&resource=lines_by_rows`,
    whole: `${shape}&resource=whole_lines_by_rows`,
    long: `${shape}&resource=long_lines_by_rows`,
  },
])

/** A framework is given a stream of text or of compressed bytes. The first way and the last are one of each. */
const isForFrameworks = (way: Way) => way === allWays[0] || way === allWays.at(-1)

/** Ways that curl tries: text, JSON and compressed bytes. */
const curlWays = new Set([allWays[0], allWays[4], allWays.at(-1)])

async function served(harness: HttpHarness): Promise<HttpHarness> {
  await harness.service.brittle.prepare()
  return harness.serve(harness.service.brittle)
}

/** An answer whose head has come; nothing of its body is read yet. */
async function begun(harness: HttpHarness, query: string): Promise<[ClientRequest, IncomingMessage]> {
  const request = get(`${harness.base}/v1/exports?${query}`, { agent: false })
  const [answer] = await once(request, 'response')
  request.on('error', () => undefined)
  answer.on('error', () => undefined)
  return [request, answer]
}

/** Whether Node's own client takes what it gets for a whole answer. */
async function isComplete(answer: IncomingMessage): Promise<boolean> {
  const closed = new Promise(resolve => answer.once('close', resolve))
  answer.resume()
  await closed
  return answer.complete
}

/**
 * The status that curl was sent, and its exit code: 0 for a complete response, 18 if less came than was announced, 56 if
 * the connection was reset. A second client in Node would not do: libuv may report a reset as a plain end.
 */
function curl(harness: HttpHarness, query: string, ...options: readonly string[]): Promise<string> {
  const status = ['-o', '/dev/null', '-w', '%{http_code}']
  const child = spawn('curl', ['-s', ...status, ...options, `${harness.base}/v1/exports?${query}`])
  const printed = text(child.stdout)
  return new Promise((resolve, reject) => {
    child.on('error', cause => reject(new Error('This case needs curl.', { cause })))
    child.on('close', code => printed.then(status => resolve(`${status}, exit ${code}`), reject))
  })
}

/** A curl that asks as a proxy of HTTP/1.0 does, has the head of its answer, and takes its time for the rest; and how it ends. */
async function slowCurl(harness: HttpHarness, query: string): Promise<[ChildProcess, Promise<number>]> {
  const options = ['-s', '-i', '--http1.0', '--limit-rate', '1M']
  const child = spawn('curl', [...options, `${harness.base}/v1/exports?${query}`])
  const code = once(child, 'exit').then(([code]) => Number(code))
  const [head] = await once(child.stdout, 'data')
  child.stdout.resume()
  assert.match(String(head), /^HTTP\/1\.1 200 /)
  return [child, code]
}

/** Without a limit, they would print for a minute or more, or forever, to a reader that takes nothing. */
const gone = (harness: HttpHarness, what: string) =>
  until(what, async () => (await harness.service.brittle.printing()) === 0)

const casesOn = (ways: readonly Way[]): HttpCases => ({
  'an unprintable value in the first rows gives a problem document that names its field and row':
    async harness => {
      const own = await served(harness)
      for (const { broken } of ways) {
        const response = await fetch(`${own.base}/v1/exports?${broken}&id.gte=4999`)
        const reported = await assertProblem(response, 500, 'VALUE_NOT_PRINTABLE')
        assert.match(reported, /^The value of "at" in row 5000 cannot be printed/)
      }
    },

  'an unprintable value in a late row breaks the connection, for every client': async harness => {
    const own = await served(harness)
    for (const { broken } of ways) {
      const [, answer] = await begun(own, broken)
      assert.equal(answer.statusCode, 200, broken)
      assert.equal(await isComplete(answer), false, broken)
      // It asks for compression by default.
      const fetched = await fetch(`${own.base}/v1/exports?${broken}`)
      await assert.rejects(fetched.arrayBuffer(), Error, broken)
    }
  },

  'curl reports it too: chunked, compressed, and without either, as an HTTP/1.0 proxy requests it':
    async harness => {
      const own = await served(harness)
      for (const { broken, whole } of ways.filter(way => curlWays.has(way))) {
        // With chunks a plain end and a reset both show that the rest is missing; without them only the reset does.
        assert.match(await curl(own, broken), /^200, exit (18|56)$/, broken)
        assert.match(await curl(own, broken, '--compressed'), /^200, exit (18|56)$/, broken)
        assert.equal(await curl(own, broken, '--http1.0'), '200, exit 56', broken)
        for (const option of ['--http1.1', '--compressed', '--http1.0']) {
          assert.equal(await curl(own, whole, option), '200, exit 0', whole)
        }
      }
    },

  'a backend that is terminated in mid-stream breaks the connection too': async harness => {
    const own = await served(harness)
    for (const { long } of ways) {
      const [, answer] = await begun(own, long)
      assert.equal(await harness.service.brittle.terminate(), 1, long)
      assert.equal(await isComplete(answer), false, long)
      await gone(harness, `${long} is still printed`)
    }
  },

  'a client that disconnects frees its backend': async harness => {
    const own = await served(harness)
    for (const { long } of ways) {
      const [request, answer] = await begun(own, long)
      await once(answer, 'readable')
      assert.equal(await harness.service.brittle.printing(), 1, long)
      request.destroy()
      await gone(harness, `${long} is still printed`)
    }
  },
})

/** The same on every other way, which differ in core alone. */
export const everyWayCases: HttpCases = casesOn(allWays.filter(way => !isForFrameworks(way)))

export const transitCases: HttpCases = {
  ...casesOn(allWays.filter(isForFrameworks)),

  'a client that disconnects before the first row frees its backend': async harness => {
    const { brittle } = harness.service
    await brittle.prepare()
    const limits = { streamedExportsPerCaller: shapes.length }
    const own = await harness.serve({ ...brittle, limits })
    // All at once: PostgreSQL takes up to half a second to see that its client has gone.
    const requests = shapes.map(shape =>
      get(`${own.base}/v1/exports?${shape}&resource=sleepy_lines`, { agent: false }),
    )
    for (const request of requests) request.on('error', () => undefined)
    await until('all are asked', async () => (await brittle.printing()) === shapes.length)
    for (const request of requests) request.destroy()
    await gone(harness, 'the first row is still waited for')
  },

  'curl reports it when the host stops during an answer that only the end of the connection ends':
    async harness => {
      for (const { long } of allWays.slice(0, 2)) {
        const own = await served(harness)
        const [, code] = await slowCurl(own, long)
        await own.stop()
        assert.equal(await code, 56, long)
      }
    },

  'curl reports it when it reads nothing for too long, and is cut off': async harness => {
    await harness.service.brittle.prepare()
    const own = await harness.serve({ ...harness.service.brittle, limits: { stalledAnswerSeconds: 0.4 } })
    const [{ long }] = allWays as [Way]
    const [child, code] = await slowCurl(own, long)
    child.kill('SIGSTOP')
    await gone(harness, 'it is cut off')
    child.kill('SIGCONT')
    assert.equal(await code, 56)
  },

  'a complete file is complete in every form of transfer': async harness => {
    const own = await served(harness)
    const lines = async (query: string) =>
      (await (await fetch(`${own.base}/v1/exports?${query}`)).text()).split('\n').length
    assert.equal(await lines('resource=whole_lines&format=csv'), 6_002)
    assert.equal(await lines('resource=whole_lines_by_rows&format=csv&excel=true'), 6_002)
    assert.equal(await lines('resource=whole_lines&format=ndjson'), 6_001)
  },
}
