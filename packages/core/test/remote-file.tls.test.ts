// A server that cannot prove who it is gives no file, whatever the environment says of such servers.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { faultOf, remoteBed } from './remote-bed.ts'

const bed = remoteBed()

/** A key and a certificate that its owner has signed; undefined where there is no openssl to make them. */
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
afterEach(() => {
  if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
})

test.skipIf(certificate === undefined).each(['1', '0'])(
  'a certificate that nobody vouches for, with NODE_TLS_REJECT_UNAUTHORIZED=%s (skipped without openssl)',
  async value => {
    let requests = 0
    const server = createServer({ ...certificate }, (_request, response) => {
      requests++
      response.end('a,b\n')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    bed.names.set('files.example.org', ['127.0.0.1'])
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = value
    const fault = await faultOf(bed.open(`https://files.example.org:${port}/`, { allow: ['127.0.0.1:*'] }))
    server.close()
    expect(fault).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('no certificate that can be trusted'),
    ])
    expect(requests).toBe(0)
  },
)
