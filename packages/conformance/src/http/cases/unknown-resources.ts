// Cases of the HTTP suite: an unknown resource is answered with those that the caller may use.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Authorize } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { usersOnly } from '../access-fixture.ts'
import { bundleArchive } from '../bundle-archive.ts'
import { planted, sendBundle } from '../bundle-planting.ts'
import {
  assertProblem,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

/** Near enough to `articles` to be taken for it. */
const mistyped = 'article'

const form = (harness: HttpHarness, ...parts: Parameters<typeof formBody>[0]) =>
  sendForm(harness, formBody(parts))

/** Every way to name a resource. */
const namings: Readonly<Record<string, (harness: HttpHarness, name: string) => Promise<Response>>> = {
  'query of a list': (harness, name) => fetch(`${harness.base}/v1/imports?resource=${name}`),
  'query of an import': (harness, name) => sendRaw(harness, `resource=${name}`, usersCsv(1)),
  'query of a form': (harness, name) =>
    sendForm(harness, formBody([file(usersCsv(1))]), `/v1/imports?resource=${name}`),
  'field before the file': (harness, name) => form(harness, field('resource', name), file(usersCsv(1))),
  'field after the file': (harness, name) => form(harness, file(usersCsv(1)), field('resource', name)),
  'body of an import': (harness, resource) =>
    sendJson(harness, '/v1/imports', { resource, file_url: 'https://example.org/a.csv' }),
  'manifest of a bundle': async (harness, resource) => {
    const { users } = planted()
    return sendBundle(harness, await bundleArchive([users, { ...users, resource }]), 'format=bundle')
  },
  'query of an export': (harness, name) => fetch(`${harness.base}/v1/exports?resource=${name}`),
  'body of an export': (harness, resource) => sendJson(harness, '/v1/exports', { resource }),
  'body of a bundle': (harness, name) => sendJson(harness, '/v1/exports', { resources: ['users', name] }),
}

/** Forbids every known resource except `users`; unknown names are not its concern. */
const noOtherThanUsers: Authorize = ({ resource }) => {
  if (resource === 'articles' || resource === 'comments') throw new AccessRefused('forbidden')
  return { principal: 'ann' }
}

export const unknownResourceCases: HttpCases = {
  'a caller with all rights gets the list of all resources, wherever the name is': async harness => {
    for (const served of [harness, await harness.serve({ authorize: () => ({}) })]) {
      for (const [where, send] of Object.entries(namings)) {
        assert.equal(
          await assertProblem(await send(served, mistyped), 400, 'RESOURCE_UNKNOWN'),
          'Unknown resource "article"; did you mean "articles"? Known: users, articles, comments.',
          where,
        )
      }
    }
  },

  'a resource that the caller may not use is neither listed nor suggested, wherever the name is':
    async harness => {
      const served = await harness.serve({ authorize: noOtherThanUsers })
      await leavesNothing(harness, async () => {
        for (const [where, send] of Object.entries(namings)) {
          for (const [name, sentence] of [
            [mistyped, 'Unknown resource "article"; known: users.'],
            ['usres', 'Unknown resource "usres"; did you mean "users"? Known: users.'],
          ] as const) {
            const reported = await assertProblem(await send(served, name), 400, 'RESOURCE_UNKNOWN')
            assert.equal(reported, sentence, where)
          }
        }
      })
    },

  'a caller without rights gets no list': async harness => {
    const served = await harness.serve({
      authorize({ resource }) {
        if (resource !== undefined) throw new AccessRefused('forbidden')
        return {}
      },
    })
    const response = await fetch(`${served.base}/v1/imports?resource=${mistyped}`)
    assert.equal(
      await assertProblem(response, 400, 'RESOURCE_UNKNOWN'),
      'Unknown resource "article"; known: none.',
    )
  },

  'a read-only resource is not listed to a caller that wants to write': async harness => {
    const served = await harness.serve({
      authorize({ action, resource }) {
        if (action === 'imports.create' && resource === 'articles') throw new AccessRefused('forbidden')
        return {}
      },
    })
    const reported = async (where: string) =>
      assertProblem((await namings[where]?.(served, mistyped)) as Response, 400, 'RESOURCE_UNKNOWN')
    assert.equal(await reported('query of an import'), 'Unknown resource "article"; known: users, comments.')
    assert.equal(
      await reported('query of an export'),
      'Unknown resource "article"; did you mean "articles"? Known: users, articles, comments.',
    )
  },

  'a hook that fails for one of the known resources reveals none': async harness => {
    const faults: unknown[] = []
    const served = await harness.serve({
      authorize({ resource }) {
        if (resource === 'comments') throw new Error('secret')
        return {}
      },
      onFault: error => faults.push(error),
    })
    const response = await fetch(`${served.base}/v1/exports?resource=${mistyped}`)
    assert.doesNotMatch(await assertProblem(response, 500, 'HOOK_FAILED'), /users|articles|secret/)
    assert.equal(faults.length, 1)
  },

  'a bundle that does not fit a forbidden resource reveals nothing of that resource': async harness => {
    const served = await harness.serve({ authorize: usersOnly })
    const { users, articles } = planted()
    const misfit = { ...articles, fields: { id: 'uuid', [`no${randomUUID().slice(0, 8)}`]: 'text' } }
    const bundle = await bundleArchive([users, misfit])
    await leavesNothing(harness, async () => {
      const refused = await sendBundle(served, bundle, 'format=bundle')
      assert.equal(await assertProblem(refused, 403, 'ACCESS_DENIED'), 'Users only.')
    })
    const reported = await assertProblem(
      await sendBundle(harness, bundle, 'format=bundle'),
      409,
      'BUNDLE_MISMATCH',
    )
    assert.match(reported, /lacks the field "slug"/)
  },
}
