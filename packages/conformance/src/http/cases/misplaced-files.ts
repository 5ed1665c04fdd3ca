// Cases of the HTTP suite: a file that is sent in place of the JSON that gives its address is answered with how to send it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  assertProblem,
  ended,
  field,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendRaw,
} from '../harness.ts'

const user = () => ({ email: `${randomUUID()}@example.org`, name: 'A', role: 'reader', active: true })

function send(harness: HttpHarness, body: string, type = 'application/json', query = ''): Promise<Response> {
  return fetch(`${harness.base}/v1/imports${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
}

/** Does what the two commands of the sentence do, with a file that holds this. */
async function obey(harness: HttpHarness, sentence: string, content: string, count: number): Promise<void> {
  const form = /curl -F resource=(\w+) -F file=@FILE\.(\w+) "\$SERVER([^"]*)"/.exec(sentence)
  const raw = /curl --data-binary @FILE\.\w+ -H "Content-Type: ([^"]+)" "\$SERVER([^"?]*)\?([^"]+)"/.exec(
    sentence,
  )
  assert.ok(form !== null && raw !== null, sentence)
  const [, resource = '', ending = '', path = ''] = form
  assert.deepEqual([path, raw[2]], [`${harness.mount}/v1/imports`, path])
  assert.match(resource, /^(users|RESOURCE)$/)
  const parts = [field('resource', 'users'), { name: 'file', value: content, fileName: `FILE.${ending}` }]
  const [, type = '', , query = ''] = raw
  const fresh = content.replaceAll(/[\w-]+@/g, () => `${randomUUID()}@`)
  const jobs = [
    await ended(harness, await sendForm(harness, formBody(parts))),
    await ended(harness, await sendRaw(harness, query.replace('RESOURCE', 'users'), fresh, type)),
  ]
  assert.deepEqual(
    jobs.map(job => [job.status, job.progress.inserted_records]),
    [
      ['completed', count],
      ['completed', count],
    ],
  )
}

export const misplacedFileCases: HttpCases = {
  'A23: a JSON array is answered with how to send a file, and that way works': async harness => {
    const array = JSON.stringify([user(), user()])
    for (const query of ['', '?resource=users']) {
      const detail = await assertProblem(
        await send(harness, array, 'application/json', query),
        400,
        'OPTION_INVALID',
      )
      assert.match(
        detail,
        /^The body is a JSON array, and JSON must be an object that says where the file lies \(file_url\)\. /,
      )
      await obey(
        harness,
        detail,
        array.replaceAll(/[\w-]+@/g, () => `${randomUUID()}@`),
        2,
      )
    }
    assert.match(await assertProblem(await send(harness, '[]'), 400, 'OPTION_INVALID'), /as a form: curl/)
  },

  'A23: an envelope is answered with where its records are': async harness => {
    for (const [envelope, path] of [
      [{ data: [user()], total: 1 }, 'data'],
      [{ resource: 'users', records: [user()] }, 'records'],
      [{ meta: { tags: [], page: 1 }, result: { items: [user()] } }, 'result.items'],
    ] as const) {
      const answer = await send(harness, JSON.stringify(envelope))
      const detail = await assertProblem(answer, 400, 'OPTION_INVALID')
      assert.match(
        detail,
        new RegExp(`^The body is a JSON object with records in "${path.replace('.', '\\.')}"`),
      )
      if (path === 'records') assert.match(detail, /-F resource=users /)
      await obey(harness, detail, JSON.stringify([user()]), 1)
    }
  },

  'A23: one record, and an object that only lacks the address, are answered with how to send a file':
    async harness => {
      for (const [body, begins] of [
        [user(), /^Unknown option "email"\. /],
        [{ resource: 'users' }, /^The option "file_url" is missing\. /],
        [
          { resource: 'users', file_ur: 'https://x.example.org/a.csv' },
          /^Unknown option "file_ur"\. Did you mean "file_url"\?/,
        ],
        [{}, / is missing\. /],
      ] as const) {
        const detail = await assertProblem(await send(harness, JSON.stringify(body)), 400, 'OPTION_INVALID')
        assert.match(detail, begins)
        assert.match(detail, /JSON says where a file lies \(file_url\)\. Send a file as a form: curl/)
      }
      // A client that gives an address knows what the JSON is for.
      const known = await send(
        harness,
        JSON.stringify({ resource: 'users', file_url: 'https://x.example.org/a.csv', data: [user()] }),
      )
      assert.doesNotMatch(await assertProblem(known, 400, 'OPTION_INVALID'), /curl/)
    },

  'A23: NDJSON, CSV and broken JSON with a JSON content type are recognized': async harness => {
    const lines = `${JSON.stringify(user())}\n${JSON.stringify(user())}\n`
    const { email } = user()
    for (const [content, begins, count] of [
      [lines, /^The body is NDJSON, one object a line, and was sent as application\/json\. /, 2],
      [`email,name,role,active\n${email},A,reader,true\n`, /^The body is no JSON: it looks like CSV, /, 1],
      ['[{"email":', /^The body is not valid JSON in UTF-8\. Send a file as a form/, 0],
    ] as const) {
      const answer = await send(harness, content)
      if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) {
        // A body parser of the host that comes first answers with its own message.
        assert.equal(answer.status, 400)
        await answer.text()
        continue
      }
      const detail = await assertProblem(answer, 400, 'BODY_INVALID')
      assert.match(detail, begins)
      if (count > 0) await obey(harness, detail, content, count)
    }
  },

  'A23: a file that is too long for JSON is answered with how to send a file before it is read':
    async harness => {
      const array = JSON.stringify(Array.from({ length: 800 }, user))
      const detail = await assertProblem(await send(harness, array), 413, 'BODY_TOO_LARGE')
      assert.match(detail, /^A JSON body may have at most \d+ bytes\. Send a file as a form: curl/)
    },

  'A23: a file that curl -d has changed is recognized': async harness => {
    await leavesNothing(harness, async () => {
      const body = 'email,name,role,activea@example.org,A,reader,true'
      const answer = await send(harness, body, 'application/x-www-form-urlencoded', '?resource=users')
      const detail = await assertProblem(answer, 415, 'MEDIA_TYPE_UNSUPPORTED')
      assert.match(detail, /^The body was sent as application\/x-www-form-urlencoded, as curl does with -d/)
      assert.match(detail, /curl --data-binary @FILE\.csv -H "Content-Type: text\/csv"/)
    })
  },
}
