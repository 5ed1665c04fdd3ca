// What jobs need of an importer beyond its public face.

import { LadingError } from '../../errors/lading-error.ts'
import type { Client, Pool } from '../../postgres/pool/client.ts'
import type { Target } from '../catalogue/target.ts'
import type { SessionVariables } from '../resource/definition.ts'
import type { Registry } from '../resource/registry.ts'
import type { Limits } from './importer-options.ts'

export interface ImporterInternals {
  readonly pool: Pool
  readonly registry: Registry
  readonly limits: Limits
  readonly sessionVariables: SessionVariables | undefined
  /** Without anybody's scope: see `aimOf`. */
  targetOf(client: Client, name: string): Promise<Target>
}

const known = new WeakMap<object, ImporterInternals>()

export function rememberInternals(importer: object, internals: ImporterInternals): void {
  known.set(importer, internals)
}

/** @throws LadingError `CONFIG_INVALID` for something that `createImporter` did not make */
export function internalsOf(importer: object): ImporterInternals {
  const internals = known.get(importer)
  if (internals !== undefined) return internals
  throw new LadingError(
    'CONFIG_INVALID',
    'The importer must be made by createImporter of this copy of @lading/core.',
  )
}
