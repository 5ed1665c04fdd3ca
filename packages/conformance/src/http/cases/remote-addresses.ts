// Cases of the HTTP suite: forbidden addresses are not connected to, and every rejection has the same message.
import assert from 'node:assert/strict'
import { assertProblem, ended, type HttpCases, leavesNothing } from '../harness.ts'
import { fromUrl, serving } from '../remote-fixture.ts'
import type { Respond } from '../remote-names.ts'

const words =
  'The address of the file is not allowed: it must begin with http:// or https://, have no user name or password, use port 80 or 443, and lead to a public server; the operator of this server can allow others.'

/** Rejected before any packet. PORT is one with a listener, and one that public servers may use. */
const refused = [
  'http://127.0.0.1:PORT/',
  'http://127.1.2.3:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.1:PORT/',
  'http://127.1:PORT/',
  'http://017700000001:PORT/',
  'http://0177.0.0.01:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://127.0.0.1:PORT',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::]:PORT/',
  'http://[::1]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[64:ff9b:1::1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001::1]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fe80::1%25eth0]:PORT/',
  'http://[fc00::1]:PORT/',
  'http://[fd00:ec2::254]/',
  'http://[fec0::1]:PORT/',
  'http://[100::1]:PORT/',
  'http://[2001:db8::1]:PORT/',
  'http://[ff02::1]:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0xA9FEA9FE/',
  'http://2852039166/',
  'http://0251.0376.0251.0376/',
  'http://[::ffff:169.254.169.254]/',
  'http://100.100.100.200/',
  'http://168.63.129.16/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://１２７.０.０.１:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://LOCALHOST.:PORT/',
  'http://foo.localhost:PORT/',
  'http://loc\talhost:PORT/',
  'http://metadata.google.internal/',
  'http://intranet/',
  'http://user:pw@name.allowed.test:PORT/',
  'http://name.allowed.test@127.0.0.1:PORT/',
  'http://name.allowed.test:PORT\\@127.0.0.1:PORT/',
  'http://files.example.org:22/',
  'http://files.example.org:25/',
  'http://files.example.org:5432/',
  'http://files.example.org:6379/',
  'http://256.1.1.1/',
  'http://1.2.3.4.5/',
  'http://x.example.org:65536/',
  'http://xn--/',
  'http://name.allowed.test:PORT/ ',
  'http://name.all\r\nowed.test:PORT/',
  `http://name.allowed.test:PORT/${'x'.repeat(10_000)}`,
  'ftp://name.allowed.test:PORT/',
  'file:///etc/passwd',
  'data:text/csv,a',
  'users.csv',
  '',
]

/** Names and what they lead to; refused when the worker has asked, and before it connects. */
const leadingAstray: readonly (readonly [what: string, addresses: readonly string[]])[] = [
  ['this machine', ['127.0.0.1']],
  ['this machine by IPv6', ['::1']],
  ['this machine, mapped', ['::ffff:127.0.0.1']],
  ['a private network', ['10.0.0.1']],
  ['metadata', ['169.254.169.254']],
  ['a public address and this machine', ['93.184.216.34', '127.0.0.1']],
  ['this machine and a public address', ['127.0.0.1', '93.184.216.34']],
  ['NAT64', ['64:ff9b::7f00:1']],
  ['no address', []],
]

const redirects = [
  'http://169.254.169.254/',
  'http://127.0.0.1:PORT/',
  'http://[::1]:PORT/',
  'http://0x7f.1:PORT/',
  'http://localhost:PORT/',
  'http://inner.example.org:PORT/',
  'http://user:pw@outer.allowed.test:PORT/',
  '//127.0.0.1:PORT/',
  'file:///etc/passwd',
  'gopher://outer.allowed.test:PORT/',
]

export const remoteAddressCases: HttpCases = {
  'a forbidden address is rejected at once, with the same message, and without a connection':
    async harness => {
      harness.service.names.set('name.allowed.test', ['127.0.0.1'])
      await serving(
        (_request, response) => response.end('email,name,role,active\n'),
        ({ port, connections }) =>
          leavesNothing(harness, async () => {
            for (const url of refused) {
              const answer = await fromUrl(harness, url.replaceAll('PORT', String(port)))
              assert.equal(await assertProblem(answer, 400, 'URL_NOT_ALLOWED'), words, url)
            }
            assert.equal(harness.service.names.asked('name.allowed.test'), 0)
            assert.equal(connections(), 0)
          }),
      )
    },

  'a name that resolves to a forbidden address is rejected by the job with the same message, and without a connection':
    async harness => {
      await serving(
        (_request, response) => response.end('email,name,role,active\n'),
        async ({ port, connections }) => {
          for (const [index, [what, addresses]] of leadingAstray.entries()) {
            harness.service.names.set(`astray${index}.example.org`, addresses)
            const job = await ended(
              harness,
              await fromUrl(harness, `http://astray${index}.example.org:${port}/users.csv`),
            )
            assert.deepEqual(
              [job.status, job.error_code, job.error_message],
              ['failed', 'URL_NOT_ALLOWED', words],
              what,
            )
            assert.equal(harness.service.names.asked(`astray${index}.example.org`), 1, what)
          }
          const unknown = await ended(
            harness,
            await fromUrl(harness, `http://unknown.example.org:${port}/users.csv`),
          )
          assert.deepEqual([unknown.error_code, unknown.error_message], ['URL_NOT_ALLOWED', words])
          assert.equal(connections(), 0)
        },
      )
    },

  'a redirect is checked like a given address': async harness => {
    harness.service.names.set('outer.allowed.test', ['127.0.0.1'])
    harness.service.names.set('inner.example.org', ['127.0.0.1'])
    let location = ''
    const lead: Respond = (_request, response) => response.writeHead(302, { location }).end()
    await serving(
      (_request, response) => response.end('email,name,role,active\n'),
      inner =>
        serving(lead, async outer => {
          for (const to of redirects) {
            location = to.replaceAll('PORT', String(inner.port))
            const job = await ended(
              harness,
              await fromUrl(harness, `http://outer.allowed.test:${outer.port}/users.csv`),
            )
            assert.deepEqual([job.error_code, job.error_message], ['URL_NOT_ALLOWED', words], to)
          }
          assert.equal(outer.requests.length, redirects.length)
          assert.equal(inner.connections(), 0)
        }),
    )
  },

  'a name is resolved once per hop, and the resolved address is used': async harness => {
    harness.service.names.set('rebind.allowed.test', ['127.0.0.1'], ['169.254.169.254'])
    const csv = 'email,name,role,active\nnobody,A,reader,true\n'
    await serving(
      (_request, response) => response.end(csv),
      async ({ port }) => {
        const job = await ended(
          harness,
          await fromUrl(harness, `http://rebind.allowed.test:${port}/users.csv`),
        )
        assert.deepEqual([job.status, job.progress.failed_records], ['completed', 1])
        assert.equal(harness.service.names.asked('rebind.allowed.test'), 1)
      },
    )
  },
}
