// What jobs need of an importer beyond its public API.

import { LadingError } from '../../errors/lading-error.ts'
import type { Client, Pool } from '../../postgres/pool/checkout.ts'
import type { Target } from '../catalogue/target.ts'
import type { SessionVariables } from '../resource/definition.ts'
import type { Registry } from '../resource/registry.ts'
import type { Limits } from './importer-options.ts'

export interface ImporterInternals {
  readonly pool: Pool
  readonly registry: Registry
  readonly limits: Limits
  readonly sessionVariables: SessionVariables | undefined
  /** Without the scope of a caller: see `resolveTarget`. */
  targetOf(client: Client, name: string): Promise<Target>
}

const internalsByImporter = new WeakMap<object, ImporterInternals>()

export function rememberInternals(importer: object, internals: ImporterInternals): void {
  internalsByImporter.set(importer, internals)
}

/** @throws LadingError `CONFIG_INVALID` for an object that `createImporter` did not make */
export function internalsOf(importer: object): ImporterInternals {
  const internals = internalsByImporter.get(importer)
  if (internals !== undefined) return internals
  throw new LadingError(
    'CONFIG_INVALID',
    'The importer must be made by createImporter of this copy of @lading/core.',
  )
}
