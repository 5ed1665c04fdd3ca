// Badly behaved clients: they disconnect midway, send slowly, announce what they do not send, and come in crowds.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setInterval } from 'node:timers/promises'

const target = '/v1/imports?resource=users'
const header = 'email,name,role,active\n'

export function users(count: number, tag: string): string {
  const rows = Array.from(
    { length: count },
    (_, row) => `${row}-${tag}@example.org,User ${row},reader,true\n`,
  )
  return header + rows.join('')
}

/** Runs this many at a time. */
export async function crowd(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

const boundary = 'hostile'
const part = (name: string, more = '') =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`
const resourceField = `${part('resource')}users\r\n`
const fileField = part('file', '; filename="users.csv"')

/** Ways to send a file, each already started. */
const ways = [
  ['text/csv', ''],
  [`multipart/form-data; boundary=${boundary}`, resourceField + fileField],
  [`multipart/form-data; boundary=${boundary}`, fileField],
] as const

const rows = Buffer.from(users(4_000, 'aborted'))

/** Sends a part of a file, a different one each time, and goes away: by an end, or by a reset. */
export async function abortedUpload(url: string, index: number): Promise<void> {
  const [type, start] = ways[index % ways.length] ?? ways[0]
  const sent = Math.floor((rows.length * ((index * 37) % 101)) / 100)
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const head = `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${rows.length + 1_000}\r\n\r\n`
  await new Promise(resolve =>
    socket.write(Buffer.concat([Buffer.from(head + start), rows.subarray(0, sent)]), resolve),
  )
  const closed = once(socket, 'close')
  if (index % 2 === 0) socket.destroy()
  else socket.resetAndDestroy()
  await closed
}

/** Reads the beginning of an export and disconnects; returns how often it got a Retry-After before. */
export async function abortedExport(url: string, index: number): Promise<number> {
  const format = ['csv', 'ndjson', 'json'][index % 3]
  for (let refused = 0; ; refused++) {
    const asking = request(`${url}/v1/exports?resource=users&format=${format}`, { agent: false })
    asking.on('error', () => undefined)
    asking.end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    answer.on('error', () => undefined)
    if (answer.statusCode === 200) await once(answer, 'data')
    else await text(answer)
    asking.destroy()
    if (answer.statusCode === 200) return refused
    if (answer.statusCode !== 429) throw new Error(`An export was answered with ${answer.statusCode}.`)
  }
}

export interface Unread {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Goes away. */
  leave(): void
}

/** Connects from its own address, and reads nothing of the response. */
export async function unread(url: string, path: string, localAddress: string): Promise<Unread> {
  const asking = request(url + path, { agent: false, localAddress })
  asking.on('error', () => undefined)
  asking.end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  answer.on('error', () => undefined)
  const { statusCode: status = 0, headers } = answer
  return { status, retryAfter: headers['retry-after'], leave: () => asking.destroy() }
}

/** Sends a byte each second until the server cuts it off; returns the status it received, or `closed`. */
export async function slowloris(url: string, index: number): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const isBody = index % 2 === 0
  socket.write(
    isBody
      ? `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n${header}`
      : 'GET /v1/imports HTTP/1.1\r\nHost: x\r\nX-Slow: ',
  )
  const stop = new AbortController()
  const drip = async () => {
    for await (const _ of setInterval(1_000, undefined, { signal: stop.signal })) socket.write('x')
  }
  const dripping = drip().catch(() => undefined)
  const answer = await text(socket).catch(() => '')
  stop.abort()
  await dripping
  socket.destroy()
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed'
}

const bodiless = [
  'OPTIONS /v1/imports',
  'HEAD /v1/imports',
  'GET /v1/exports?resource=users&format=csv&limit=10',
  'GET /v1/nothing',
]

/** Sends a body, a byte each second, to a route that reads none; returns after how many seconds the server closed it. */
export async function trickler(url: string, index: number): Promise<number> {
  const { hostname, port } = new URL(url)
  // That the answer is over is nothing to it.
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => undefined).resume()
  await once(socket, 'connect')
  const began = performance.now()
  const closed = once(socket, 'close').catch(() => undefined)
  socket.write(`${bodiless[index % bodiless.length]} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`)
  const stop = new AbortController()
  const drip = async () => {
    for await (const _ of setInterval(1_000, undefined, { signal: stop.signal })) socket.write('x')
  }
  const dripping = drip().catch(() => undefined)
  // So that a server that bears it for ever ends this too.
  const enough = setTimeout(() => socket.destroy(), 60_000)
  await closed
  clearTimeout(enough)
  stop.abort()
  await dripping
  return (performance.now() - began) / 1000
}

/** Announces 10 GB; returns the answer before it has sent a byte. */
export async function tenGigabytes(url: string, expect: boolean): Promise<string> {
  const asking = request(url + target, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'text/csv',
      'content-length': 10_000_000_000,
      ...(expect && { expect: '100-continue' }),
    },
  })
  asking.on('error', () => undefined)
  let isAsked = false
  asking.once('continue', () => {
    isAsked = true
  })
  asking.flushHeaders()
  const [answer] = await once(asking, 'response')
  await text(answer)
  asking.destroy()
  return `${isAsked ? '100 ' : ''}${answer.statusCode}`
}

/** Sends a file again as often as Retry-After asks for it. */
export async function insistentUpload(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  options = '',
): Promise<{ readonly id: string; readonly refused: number }> {
  for (let refused = 0; ; refused++) {
    const response = await fetch(url + target + options, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...headers },
      body,
    })
    const answer = (await response.json()) as { job_id: string }
    if (response.status === 202) return { id: answer.job_id, refused }
    if (response.status !== 429) throw new Error(`An upload was answered with ${response.status}.`)
  }
}
