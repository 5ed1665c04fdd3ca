// Each address on the way to a remote file is judged before it is connected to, and the judged address is used.
import { describe, expect, test } from 'vitest'
import { bytesOf, faultOf, remoteFixture } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()
const { names } = harness

const notAllowed = ['URL_NOT_ALLOWED', false, expect.stringContaining('is not allowed')]

test('a name is resolved once for each connection, and the resolved address is used', async () => {
  const server = await harness.serve((_request, response) => response.end('a,b\n'))
  // Resolved once more, it would be a forbidden address.
  names.set('rebind.example.org', ['127.0.0.1'], ['169.254.169.254'])
  const file = await harness.open(`http://rebind.example.org:${server.port}/users.csv`, {
    allow: [`127.0.0.1:${server.port}`],
  })
  expect(await bytesOf(file)).toBe('a,b\n')
  expect(names.asked('rebind.example.org')).toBe(1)
  expect(server.requests.map(({ headers }) => headers.host)).toEqual([`rebind.example.org:${server.port}`])
})

test('a name that resolves elsewhere on the second hop is rejected there', async () => {
  const server = await harness.serve((_request, response) =>
    response.writeHead(302, { location: '/again' }).end(),
  )
  names.set('rebind.example.org', ['127.0.0.1'], ['10.0.0.1'])
  const opened = harness.open(`http://rebind.example.org:${server.port}/`, {
    allow: [`127.0.0.1:${server.port}`],
  })
  expect(await faultOf(opened)).toEqual(notAllowed)
  expect(server.requests.map(({ url }) => url)).toEqual(['/'])
})

describe('no connection is made', () => {
  const refused = async (url: (port: number) => string, ...answers: readonly string[]) => {
    const server = await harness.serve((_request, response) => response.end('secret'))
    names.set('files.example.org', answers)
    expect(await faultOf(harness.open(url(server.port), { allow: [':1024-65535'] }))).toEqual(notAllowed)
    expect(server.connections()).toBe(0)
  }
  const byName = (port: number) => `http://files.example.org:${port}/users.csv`

  test('if the name resolves to this machine', () => refused(byName, '127.0.0.1'))
  test('by an address of the other family', () => refused(byName, '::1'))
  test('mapped', () => refused(byName, '::ffff:127.0.0.1'))
  test('if one of several addresses is not public', () => refused(byName, '93.184.216.34', '127.0.0.1'))
  test('whichever comes first', () => refused(byName, '127.0.0.1', '93.184.216.34'))
  test('if it has none', () => refused(byName))
  test('if the name does not exist', () => refused(port => `http://nowhere.example.org:${port}/`))
  test('by an address', () => refused(port => `http://127.0.0.1:${port}/`))
  test('by a disguised one', () => refused(port => `http://0x7f.1:${port}/`))
  test('by an IPv6 one', () => refused(port => `http://[::ffff:127.0.0.1]:${port}/`))
})

describe('redirects', () => {
  const via = async (location: string | string[] | undefined, status = 302) => {
    const inner = await harness.serve((_request, response) => response.end('secret'))
    const outer = await harness.serve((_request, response) => {
      const headers =
        typeof location === 'string' ? { location: location.replace('PORT', String(inner.port)) } : {}
      response.writeHead(status, headers).end()
    })
    names.set('outer.example.org', ['127.0.0.1'])
    names.set('inner.example.org', ['127.0.0.1'])
    const allow = [`127.0.0.1:${outer.port}`, ':1024-65535']
    const fault = await faultOf(harness.open(`http://outer.example.org:${outer.port}/`, { allow }))
    return { fault, connections: inner.connections(), asked: outer.requests.length }
  }

  test.each([
    ['http://127.0.0.1:PORT/', 301],
    ['http://[::1]:PORT/', 302],
    ['http://2130706433:PORT/', 303],
    ['//127.0.0.1:PORT/', 307],
    ['http://inner.example.org:PORT/', 308],
    ['http://user:pw@inner.example.org:PORT/', 302],
    ['file:///etc/passwd', 307],
    ['http://169.254.169.254/latest/meta-data/', 302],
  ])('to %s are rejected', async (location, status) => {
    expect(await via(location, status)).toEqual({ fault: notAllowed, connections: 0, asked: 1 })
  })

  test.each(['http://user:pw@outer.example.org:PORT/next', 'http://outer.example.org:PORT/a b'])(
    'to %s are rejected, although the server may be fetched from',
    async location => {
      const server = await harness.serve((request, response) => {
        const to = location.replace('PORT', String(request.socket.localPort))
        if (request.url === '/') response.writeHead(302, { location: to }).end()
        else response.end('secret')
      })
      names.set('outer.example.org', ['127.0.0.1'])
      const allow = [`127.0.0.1:${server.port}`]
      const opened = harness.open(`http://outer.example.org:${server.port}/`, { allow })
      expect(await faultOf(opened)).toEqual(notAllowed)
      expect(server.requests.length).toBe(1)
    },
  )

  test('without a destination are reported', async () => {
    const { fault } = await via(undefined)
    expect(fault).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('without naming the new address'),
    ])
  })

  test('five are followed, each to its own server, and no header is passed on', async () => {
    const server = await harness.serve((request, response) => {
      const [, left = 0] = /^\/(\d)$/.exec(request.url ?? '') ?? []
      if (Number(left) === 0) return void response.end('end')
      response
        .writeHead(302, {
          location: `http://h${left}.example.org:${server.port}/${Number(left) - 1}`,
          'set-cookie': 'a=b',
        })
        .end()
    })
    for (const name of ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']) names.set(`${name}.example.org`, ['127.0.0.1'])
    const allow = [`127.0.0.1:${server.port}`]
    expect(await bytesOf(await harness.open(`http://h6.example.org:${server.port}/5`, { allow }))).toBe('end')
    expect(server.requests.map(({ headers }) => headers.host?.split('.')[0])).toEqual([
      'h6',
      'h5',
      'h4',
      'h3',
      'h2',
      'h1',
    ])
    const sent = new Set(server.requests.flatMap(({ headers }) => Object.keys(headers)))
    expect([...sent].sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
    expect(server.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(
      Array(6).fill('identity'),
    )

    const sixth = harness.open(`http://h6.example.org:${server.port}/6`, { allow })
    expect(await faultOf(sixth)).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('more than 5 times'),
    ])
  })
})

test('a proxy of the environment is not used', async () => {
  const proxy = await harness.serve((_request, response) => response.end('from the proxy'))
  const server = await harness.serve((_request, response) => response.end('from the server'))
  names.set('files.example.org', ['127.0.0.1'])
  const variables = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
  const before = variables.map(name => process.env[name])
  for (const name of variables) process.env[name] = `http://127.0.0.1:${proxy.port}`
  try {
    const allow = [`127.0.0.1:${server.port}`]
    expect(await bytesOf(await harness.open(`http://files.example.org:${server.port}/`, { allow }))).toBe(
      'from the server',
    )
  } finally {
    for (const [index, name] of variables.entries()) {
      if (before[index] === undefined) delete process.env[name]
      else process.env[name] = before[index]
    }
  }
  expect(proxy.connections()).toBe(0)
})
