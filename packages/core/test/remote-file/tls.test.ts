// A server must prove its identity, whatever the environment says; and redirects do not lead from it to one that does not.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, expect, test, vi } from 'vitest'
import { bytesOf, faultOf, remoteFixture } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()

/** A self-signed key and certificate; undefined if there is no openssl to make them. */
function ownCertificate(): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'lading-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const subject = ['-subj', '/CN=files.example.org', '-addext', 'subjectAltName=DNS:files.example.org']
    const wanted = [
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', ['req', ...wanted, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const certificate = ownCertificate()
const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
const servers: Server[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
  if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
})

/** On 127.0.0.1, with the port that was taken. */
async function serveTls(respond: RequestListener): Promise<number> {
  const server = createServer({ ...certificate }, respond)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Makes this process believe in the certificate, as in those that Node comes with. */
function vouchFor({ cert }: { readonly cert: Buffer }): void {
  const create = tls.createSecureContext
  vi.spyOn(tls, 'createSecureContext').mockImplementation(options => {
    const made = create(options)
    made.context.addCACert(cert)
    return made
  })
}

test.skipIf(certificate === undefined).each(['1', '0'])(
  'an untrusted certificate is rejected, with NODE_TLS_REJECT_UNAUTHORIZED=%s (skipped without openssl)',
  async value => {
    let requests = 0
    const port = await serveTls((_request, response) => {
      requests++
      response.end('a,b\n')
    })
    harness.names.set('files.example.org', ['127.0.0.1'])
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = value
    const fault = await faultOf(
      harness.open(`https://files.example.org:${port}/`, { allow: ['127.0.0.1:*'] }),
    )
    expect(fault).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('no certificate that can be trusted'),
    ])
    expect(requests).toBe(0)
  },
)

test.skipIf(certificate === undefined)(
  'with a trusted certificate the file is fetched, under its own name only (skipped without openssl)',
  async () => {
    if (certificate !== undefined) vouchFor(certificate)
    const port = await serveTls((_request, response) => response.end('a,b\n'))
    for (const name of ['files', 'others']) harness.names.set(`${name}.example.org`, ['127.0.0.1'])
    const allow = ['127.0.0.1:*']
    const file = await harness.open(`https://files.example.org:${port}/users.csv`, { allow })
    expect(await bytesOf(file)).toBe('a,b\n')
    expect(await faultOf(harness.open(`https://others.example.org:${port}/users.csv`, { allow }))).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('no certificate that can be trusted'),
    ])
  },
)

test.skipIf(certificate === undefined).each([301, 302, 303, 307, 308])(
  'a redirect (%d) from https to http is rejected, without a connection (skipped without openssl)',
  async status => {
    if (certificate !== undefined) vouchFor(certificate)
    const plain = await harness.serve((_request, response) => response.end('secret'))
    const asked: unknown[] = []
    const port = await serveTls((request, response) => {
      asked.push(request.url)
      const location = `http://files.example.org:${plain.port}/users.csv`
      response.writeHead(status, { location }).end()
    })
    harness.names.set('files.example.org', ['127.0.0.1'])
    const opened = harness.open(`https://files.example.org:${port}/latest`, { allow: ['127.0.0.1:*'] })
    expect(await faultOf(opened)).toEqual([
      'URL_NOT_ALLOWED',
      false,
      expect.stringContaining('is not allowed'),
    ])
    expect([asked, plain.connections()]).toEqual([['/latest'], 0])
  },
)
