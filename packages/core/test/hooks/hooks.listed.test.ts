// Each function that an application can hand over is in the suite, and on its page of the documentation.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support.ts'
import { allHooks } from './all-hooks.ts'

const source = join(repositoryRoot, 'packages/core/src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('test') && !/index\.ts$/.test(name))
  .map(name => readFileSync(join(source, name), 'utf8'))
const exported = ['index.ts', 'http/index.ts'].map(name => readFileSync(join(source, name), 'utf8')).join()

/** Types of functions passed by users: options, definitions, and which of them count. Those of a queue are its contract. */
const isGiven = /^(?:\w+Options|\w+Definition|\w+Spool|Metrics|HttpMetrics)$/

/** `Interface.member` of each member that is a function. */
function functionMembers(text: string): readonly string[] {
  const found: string[] = []
  for (const [, name = '', body = ''] of text.matchAll(/^export interface (\w+).*? \{\n(.*?)^\}/gms)) {
    if (!isGiven.test(name) || !new RegExp(`\\b${name}\\b`).test(exported)) continue
    const members = /^ {2}(?:readonly )?(\w+)\??(?:\(|: \(+[\w)]|: (?:SessionVariables|Authorize)\b)/gm
    for (const [, member = ''] of body.matchAll(members)) found.push(`${name}.${member}`)
  }
  return found
}

/** Written by hand: the name in the suite, and on the page, of each. */
const names: Readonly<Record<string, string>> = {
  'BundleOptions.onProgress': 'onProgress of a bundle',
  'BundleOptions.onRows': 'onRows of a bundle',
  'BundleSpool.keyOf': 'keyOf of a spool',
  'ExporterOptions.sessionVariables': 'sessionVariables of an exporter',
  'FieldDefinition.transform': 'transform',
  'HttpMetrics.expose': 'metrics.expose',
  'HttpMetrics.httpRequest': 'metrics.httpRequest',
  'HttpOptions.authorize': 'authorize',
  'HttpOptions.isDraining': 'isDraining',
  'HttpOptions.onFault': 'onFault',
  'ImporterOptions.sessionVariables': 'sessionVariables of an importer',
  'JobsOptions.onError': 'onError of jobs',
  'JobsOptions.onJobEnd': 'onJobEnd',
  'JobsOptions.onOutage': 'onOutage',
  'LookupFieldDefinition.transform': 'transform',
  'Metrics.cleaned': 'metrics.cleaned',
  'Metrics.httpRequest': 'metrics.httpRequest',
  'Metrics.jobEnded': 'metrics.jobEnded',
  'Metrics.jobStarted': 'metrics.jobStarted',
  'Metrics.jobStopped': 'metrics.jobStopped',
  'Metrics.records': 'metrics.records',
  'Metrics.verified': 'metrics.verified',
  'Metrics.waiting': 'metrics.waiting',
  'RemoteOptions.lookup': '`lookup` of `remote`',
  'ResourceDefinition.check': 'check',
  'ResourceDefinition.lookUp': 'lookUp',
  'ResourceDefinition.printRow': 'printRow',
  'ResourceDefinition.scope': 'scope of an import',
  'RunOptions.onError': 'onError of a run',
  'RunOptions.onProgress': 'onProgress of a run',
  'StreamCallOptions.onProgress': 'onProgress of a stream',
  'StreamCallOptions.onRows': 'onRows of a stream',
  'WaitOptions.onWait': 'onWait',
}

test('every function of the public options is one of the suite', () => {
  expect([...new Set(files.flatMap(functionMembers))].sort()).toEqual(Object.keys(names).sort())
  const tested = new Set(allHooks.map(({ name }) => name))
  // What a resolver of names does wrong has its own tests: remote-file.lookup.
  expect(Object.values(names).filter(name => !tested.has(name))).toEqual(['`lookup` of `remote`'])
})

test('docs/hooks.md lists each hook of the suite, with its kind, and no other', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/hooks.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(.+?)` +\| `(at once|answer|within|listener)` +\|/gm)].map(
    ([, name, kind]) => [name, kind],
  )
  const listed = allHooks.filter(({ name }) => name !== 'onRows of a stream with printRow')
  const ours = [...listed.map(({ name, kind }) => [name, kind]), ['lookup` of `remote', 'answer']]
  expect(rows.sort()).toEqual(ours.sort())
})
