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
    use: (bed, transform) => bed.importing({ resource: { fields: { name: { transform } } } }),
  },
  {
    name: 'check',
    kind: 'at once',
    good: nothing,
    ...importing,
    use: (bed, check) => bed.importing({ resource: { check } }),
  },
  {
    name: 'lookUp',
    kind: 'answer',
    good: nothing,
    ...importing,
    use: (bed, lookUp, signal) => bed.importing({ resource: { lookUp }, run: { signal } }),
  },
  {
    name: 'scope of an import',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...importing,
    use: (bed, scope, signal) => bed.importing({ resource: { scope }, run: { signal } }),
  },
  {
    name: 'scope of an export',
    kind: 'answer',
    code: 'SCOPE_FAILED',
    good: () => ({}),
    ...exporting,
    use: (bed, scope) => bed.exporting({ resource: { scope } }),
  },
  {
    name: 'sessionVariables of an importer',
    kind: 'answer',
    good: () => ({}),
    ...importing,
    use: (bed, sessionVariables, signal) =>
      bed.importing({ importer: { sessionVariables }, run: { signal } }),
  },
  {
    name: 'sessionVariables of an exporter',
    kind: 'answer',
    good: () => ({}),
    ...exporting,
    use: (bed, sessionVariables) => bed.exporting({ exporter: { sessionVariables } }),
  },
  {
    name: 'printRow',
    kind: 'at once',
    good: row => row,
    ...exporting,
    use: (bed, printRow) => bed.exporting({ resource: { printRow } }),
  },
  {
    name: 'keyOf of a spool',
    kind: 'at once',
    good: file => file,
    result: true,
    use: (bed, keyOf) =>
      bed.exporting({}, exporter => exporter.bundle({ spool: { storage: memoryStorage(), keyOf } })),
  },
  {
    name: 'onError of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (bed, onError, signal) => bed.importing({ run: { onError, signal } }),
  },
  {
    name: 'onProgress of a run',
    kind: 'within',
    good: nothing,
    ...importing,
    use: (bed, onProgress, signal) => bed.importing({ run: { onProgress, signal } }),
  },
  {
    name: 'onRows of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onRows) => bed.exporting({ stream: { onRows } }),
  },
  {
    name: 'onRows of a stream with printRow',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onRows) => bed.exporting({ resource: { printRow: row => row }, stream: { onRows } }),
  },
  {
    name: 'onProgress of a stream',
    kind: 'within',
    good: nothing,
    ...exporting,
    use: (bed, onProgress) => bed.exporting({ stream: { onProgress } }),
  },
  {
    name: 'onRows of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (bed, onRows) => bed.exporting({}, exporter => exporter.bundle({ onRows })),
  },
  {
    name: 'onProgress of a bundle',
    kind: 'within',
    good: nothing,
    result: true,
    use: (bed, onProgress) => bed.exporting({}, exporter => exporter.bundle({ onProgress })),
  },
]
