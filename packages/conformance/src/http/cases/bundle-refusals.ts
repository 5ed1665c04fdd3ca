// Cases of the HTTP suite: bundles that are refused, or break off, before there is any import.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { until } from '../../runner.ts'
import { bundleArchive } from '../bundle-archive.ts'
import { bundleOf, form, planted, sendBundle, userFields } from '../bundle-planting.ts'
import {
  assertProblem,
  field,
  file,
  type HttpCases,
  leavesNothing,
  newUploads,
  requestHead,
} from '../harness.ts'

export const bundleRefusalCases: HttpCases = {
  'options that cannot apply to several imports are rejected, and nothing is left': async harness => {
    const bundle = await bundleOf(planted())
    await leavesNothing(harness, async () => {
      for (const [query, named] of [
        ['dry_run=true', 'dry_run'],
        ['atomic=true', 'atomic'],
        ['mapping={"a":"email"}', 'mapping'],
        ['delimiter=;', 'delimiter'],
        ['encoding=utf-8', 'encoding'],
        ['excel=true', 'excel'],
        ['resource=users', 'resource'],
        ['after=nobody', 'after'],
        ['colour=red', 'colour'],
      ] as const) {
        const response = await sendBundle(harness, bundle, `format=bundle&${query}`)
        const sentence = await assertProblem(response, 400, 'OPTION_INVALID')
        assert.ok(sentence.includes(`"${named}"`), sentence)
      }
      for (const late of [field('dry_run', 'true'), field('resource', 'users'), field('format', 'csv')]) {
        const response = await form(harness, file(bundle.toString('latin1'), 'x.tar.gz'), late)
        await assertProblem(response, 400, 'OPTION_INVALID')
      }
    })
  },

  'a bundle that contradicts its manifest is rejected before there is any import': async harness => {
    const { users, articles } = planted()
    const whole = await bundleArchive([users, articles])
    const none = '0'.repeat(64)
    await leavesNothing(harness, async () => {
      for (const [bundle, status, code] of [
        [whole.subarray(0, whole.length - 30), 400, 'COMPRESSION_INVALID'],
        [Buffer.concat([whole, Buffer.from('tail')]), 400, 'COMPRESSION_INVALID'],
        [await bundleArchive([users, { ...articles, stated: { sha256: none } }]), 400, 'BUNDLE_INVALID'],
        [await bundleArchive([users, { ...articles, stated: { bytes: 1 } }]), 400, 'BUNDLE_INVALID'],
        [
          await bundleArchive([users, { ...articles, stated: { file: '../x.ndjson' } }]),
          400,
          'BUNDLE_INVALID',
        ],
        [await bundleArchive([users], ['articles.ndjson', 'x']), 400, 'BUNDLE_INVALID'],
        [await bundleArchive([users], ['../../etc/passwd', 'x']), 400, 'BUNDLE_INVALID'],
        [await bundleArchive([users, { ...articles, resource: 'article' }]), 400, 'RESOURCE_UNKNOWN'],
        [
          await bundleArchive([{ ...users, fields: { ...userFields, colour: 'text' } }]),
          409,
          'BUNDLE_MISMATCH',
        ],
        [
          await bundleArchive([{ ...users, fields: { ...userFields, active: 'text' } }]),
          409,
          'BUNDLE_MISMATCH',
        ],
        [await bundleArchive([{ ...users, fields: { id: 'uuid', email: 'text' } }]), 409, 'BUNDLE_MISMATCH'],
        [Buffer.from('email,name\n'), 400, 'BUNDLE_INVALID'],
      ] as const) {
        await assertProblem(await sendBundle(harness, bundle, 'format=bundle'), status, code)
        await assertProblem(await form(harness, file(bundle.toString('latin1'), 'x.tar.gz')), status, code)
      }
    })
  },

  'a bundle that is too large, compressed or decompressed, is rejected': async harness => {
    const { users } = planted()
    const wide = { ...users, content: `${users.content}${' '.repeat(20_000)}\n` }
    const bundle = await bundleArchive([wide])
    assert.ok(bundle.length < 3_000)
    await leavesNothing(harness, async () => {
      for (const maxFileBytes of [10_000, 200]) {
        const small = await harness.serve({ maxFileBytes })
        await assertProblem(await sendBundle(small, bundle), 413, 'FILE_TOO_LARGE')
        await assertProblem(
          await form(small, file(bundle.toString('latin1'), 'x.tar.gz')),
          413,
          'FILE_TOO_LARGE',
        )
      }
    })
  },

  'a client that disconnects during its upload leaves nothing': async harness => {
    // Not compressible, so that its beginning is unpacked before its end has come.
    const noise = Array.from({ length: 3_000 }, () => `{"name":"${randomUUID()}"}\n`).join('')
    const bundle = await bundleArchive([{ ...planted().users, content: noise }])
    const { hostname, port } = new URL(harness.origin)
    const uploads = await newUploads(harness)
    await leavesNothing(harness, async () => {
      for (const part of [0.3, 0.9]) {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => undefined)
        const headers = { 'Content-Type': 'application/gzip', 'Content-Length': bundle.length }
        socket.write(requestHead(harness, 'POST /v1/imports', headers))
        socket.write(bundle.subarray(0, bundle.length * part), () => socket.destroy())
        await until('the socket is closed', () => socket.closed)
      }
    })
    assert.equal(await uploads(), 0)
  },
}
