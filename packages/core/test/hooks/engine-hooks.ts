// Hooks of imports and exports.
import { memoryStorage } from '../../src/index.ts'
import type { HookCase } from './hook-case.ts'
import { exported, imported } from './things.ts'

const importing = { result: imported }
const exporting = { result: exported }
const nothing = () => undefined

export const engineHooks: readonly HookCase[] = [
  {
    name: 'transform',
    kind: 'at once',
    good: text => text,
    ...importing,
    use: (harness, transform) => harness.importing({ resource: { fields: { name: { transform } } } }),
  },
  {
    name: 'check',
    kind: 'at once',
    good: nothing,
    ...importing,
    use: (harness, check) => harness.importing({ resource: { check } }),
  },
  {
    name: 'lookUp',
    kind: 'answer',
    good: nothing,
    ...importing,
    use: (harness, lookUp, signal) => harness.importing({ resource: { lookUp }, run: { signal } }),
  },
  {
    name: 'scope of an import',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...importing,
    use: (harness, scope, signal) => harness.importing({ resource: { scope }, run: { signal } }),
  },
  {
    name: 'scope of an export',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...exporting,
    use: (harness, scope) => harness.exporting({ resource: { scope } }),
  },
  {
    name: 'sessionVariables of an importer',
    kind: 'answer',
    good: () => ({}),
    ...importing,
    use: (harness, sessionVariables, signal) =>
      harness.importing({ importer: { sessionVariables }, run: { signal } }),
  },
  {
    name: 'sessionVariables of an exporter',
    kind: 'answer',
    good: () => ({}),
    ...exporting,
    use: (harness, sessionVariables) => harness.exporting({ exporter: { sessionVariables } }),
  },
  {
    name: 'printRow',
    kind: 'at once',
    good: row => row,
    ...exporting,
    use: (harness, printRow) => harness.exporting({ resource: { printRow } }),
  },
  {
    name: 'keyOf of a spool',
    kind: 'at once',
    good: file => file,
    result: true,
    use: (harness, keyOf) =>
      harness.exporting({}, exporter => exporter.bundle({ spool: { storage: memoryStorage(), keyOf } })),
  },
  {
    name: 'onError of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (harness, onError, signal) => harness.importing({ run: { onError, signal } }),
  },
  {
    name: 'onProgress of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (harness, onProgress, signal) => harness.importing({ run: { onProgress, signal } }),
  },
  {
    name: 'onRows of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (harness, onRows) => harness.exporting({ stream: { onRows } }),
  },
  {
    name: 'onRows of a stream with printRow',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (harness, onRows) => harness.exporting({ resource: { printRow: row => row }, stream: { onRows } }),
  },
  {
    name: 'onProgress of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (harness, onProgress) => harness.exporting({ stream: { onProgress } }),
  },
  {
    name: 'onRows of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (harness, onRows) => harness.exporting({}, exporter => exporter.bundle({ onRows })),
  },
  {
    name: 'onProgress of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (harness, onProgress) => harness.exporting({}, exporter => exporter.bundle({ onProgress })),
  },
]
