// Cases of the HTTP suite: what an import may be asked for, and what is refused in a sentence.
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
  'an unknown option is refused by name, with a hint': async site => {
    await leavesNothing(site, async () => {
      const detail = await assertProblem(
        await sendRaw(site, 'resource=users&dryrun=1', usersCsv(1)),
        400,
        'OPTION_INVALID',
      )
      assert.match(detail, /"dryrun".*"dry_run".*on_conflict/)
      for (const name of ['nonsense', '__proto__', 'constructor']) {
        const before = formBody([field(name, 'x'), field('resource', 'users'), file(usersCsv(1))])
        await assertProblem(await sendForm(site, before), 400, 'OPTION_INVALID')
        const behind = formBody([field('resource', 'users'), file(usersCsv(1)), field(name, 'x')])
        await assertProblem(await sendForm(site, behind), 400, 'OPTION_INVALID')
      }
    })
  },

  'an unknown resource is refused with the known ones': async site => {
    const detail = await assertProblem(
      await sendRaw(site, 'resource=user', usersCsv(1)),
      400,
      'RESOURCE_UNKNOWN',
    )
    assert.match(detail, /"user".*users/)
    for (const name of ['constructor', '__proto__']) {
      const form = formBody([file(usersCsv(1)), field('resource', name)])
      await assertProblem(await sendForm(site, form), 400, 'RESOURCE_UNKNOWN')
    }
    await assertProblem(await sendRaw(site, '', usersCsv(1)), 400, 'OPTION_INVALID')
    await assertProblem(await sendForm(site, formBody([file(usersCsv(1))])), 400, 'OPTION_INVALID')
  },

  'a wrong or repeated value is refused': async site => {
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
      await assertProblem(await sendRaw(site, `resource=users&${bad}`, usersCsv(1)), 400, 'OPTION_INVALID')
      const behind = [...new URLSearchParams(bad)].map(([name, value]) => field(name, value))
      const form = formBody([field('resource', 'users'), file(usersCsv(1)), ...behind])
      await assertProblem(await sendForm(site, form), 400, 'OPTION_INVALID')
    }
    await assertProblem(
      await sendRaw(site, 'resource=users&format=exe', usersCsv(1)),
      415,
      'FORMAT_UNSUPPORTED',
    )
    // Too late to be heeded: most of the file is stored by then.
    const late = formBody([field('resource', 'users'), file(usersCsv(20_000)), field('format', 'ndjson')])
    await leavesNothing(site, async () => {
      await assertProblem(await sendForm(site, late), 400, 'OPTION_INVALID')
    })
  },

  'values that ask for nothing are accepted': async site => {
    const idle =
      'dry_run=false&atomic=false&on_conflict=error&unknown_columns=warn&sequences=advance&delimiter=,&encoding=utf-8&excel=false'
    const job = await ended(site, await sendRaw(site, `resource=users&format=csv&${idle}`, usersCsv(1)))
    assert.equal(job.status, 'completed')
  },

  'a JSON body is checked': async site => {
    for (const bad of [
      { resource: 'users' },
      { file_url: 'x' },
      [],
      { resource: 'users', file_url: 1 },
      { resource: 'users', file_url: 'x', extra: 1 },
      { resource: 'users', file_url: 'x', delimiter: 'x' },
      { resource: 'users', file_url: 'x', mapping: '{}' },
    ]) {
      await assertProblem(await sendJson(site, '/v1/imports', bad), 400, 'OPTION_INVALID')
    }
    await assertProblem(
      await sendJson(site, '/v1/imports', { resource: 'user', file_url: 'x' }),
      400,
      'RESOURCE_UNKNOWN',
    )
  },
}
