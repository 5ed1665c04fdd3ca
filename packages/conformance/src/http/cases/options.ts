// Cases of the HTTP suite: the options of an import, and invalid ones, which are rejected with one sentence.
import assert from 'node:assert/strict'
import {
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  leavesNothing,
  sendForm,
  sendJson,
  sendRaw,
  usersCsv,
} from '../harness.ts'

export const optionCases: HttpCases = {
  'an unknown option is rejected by name, with a suggestion': async harness => {
    await leavesNothing(harness, async () => {
      const detail = await assertProblem(
        await sendRaw(harness, 'resource=users&dryrun=1', usersCsv(1)),
        400,
        'OPTION_INVALID',
      )
      assert.match(detail, /"dryrun".*"dry_run".*on_conflict/)
      for (const name of ['nonsense', '__proto__', 'constructor']) {
        const before = formBody([field(name, 'x'), field('resource', 'users'), file(usersCsv(1))])
        await assertProblem(await sendForm(harness, before), 400, 'OPTION_INVALID')
        const after = formBody([field('resource', 'users'), file(usersCsv(1)), field(name, 'x')])
        await assertProblem(await sendForm(harness, after), 400, 'OPTION_INVALID')
      }
    })
  },

  'an unknown resource is rejected with the known ones': async harness => {
    const detail = await assertProblem(
      await sendRaw(harness, 'resource=user', usersCsv(1)),
      400,
      'RESOURCE_UNKNOWN',
    )
    assert.match(detail, /"user".*users/)
    for (const name of ['constructor', '__proto__']) {
      const form = formBody([file(usersCsv(1)), field('resource', name)])
      await assertProblem(await sendForm(harness, form), 400, 'RESOURCE_UNKNOWN')
    }
    await assertProblem(await sendRaw(harness, '', usersCsv(1)), 400, 'OPTION_INVALID')
    await assertProblem(await sendForm(harness, formBody([file(usersCsv(1))])), 400, 'OPTION_INVALID')
  },

  'an invalid or repeated value is rejected': async harness => {
    for (const bad of [
      'dry_run=yes',
      'on_conflict=replace',
      'max_errors=-1',
      'max_errors=0',
      'atomic=maybe',
      'unknown_columns=drop',
      'sequences=keep',
      'delimiter=x',
      'delimiter=',
      'encoding=klingon',
      'encoding=utf-16',
      'mapping=email',
      'mapping=[]',
      'mapping={"Mail":1}',
      'mapping={"Mail":"emial"}',
      'excel=1',
      'resource=users',
      'format=csv&format=csv',
    ]) {
      await assertProblem(await sendRaw(harness, `resource=users&${bad}`, usersCsv(1)), 400, 'OPTION_INVALID')
      const after = [...new URLSearchParams(bad)].map(([name, value]) => field(name, value))
      const form = formBody([field('resource', 'users'), file(usersCsv(1)), ...after])
      await assertProblem(await sendForm(harness, form), 400, 'OPTION_INVALID')
    }
    await assertProblem(
      await sendRaw(harness, 'resource=users&format=exe', usersCsv(1)),
      415,
      'FORMAT_UNSUPPORTED',
    )
    // Too late to be heeded: most of the file is stored by then.
    const late = formBody([field('resource', 'users'), file(usersCsv(20_000)), field('format', 'ndjson')])
    await leavesNothing(harness, async () => {
      await assertProblem(await sendForm(harness, late), 400, 'OPTION_INVALID')
    })
  },

  'values that turn an option off are accepted': async harness => {
    const idle =
      'dry_run=false&atomic=false&on_conflict=error&unknown_columns=warn&sequences=advance&delimiter=,&encoding=utf-8&excel=false'
    const job = await ended(harness, await sendRaw(harness, `resource=users&format=csv&${idle}`, usersCsv(1)))
    assert.equal(job.status, 'completed')
  },

  'a JSON body is checked': async harness => {
    for (const bad of [
      { resource: 'users' },
      { file_url: 'x' },
      [],
      { resource: 'users', file_url: 1 },
      { resource: 'users', file_url: 'x', extra: 1 },
      { resource: 'users', file_url: 'x', delimiter: 'x' },
      { resource: 'users', file_url: 'x', mapping: '{}' },
    ]) {
      await assertProblem(await sendJson(harness, '/v1/imports', bad), 400, 'OPTION_INVALID')
    }
    await assertProblem(
      await sendJson(harness, '/v1/imports', { resource: 'user', file_url: 'x' }),
      400,
      'RESOURCE_UNKNOWN',
    )
  },
}
