// A request for a resource → a plan. The resource's table is read again only after it has changed.

import { type Client, type Pool, withClient } from '../../../postgres/pool/checkout.ts'
import { sessionVariablesSql } from '../../../postgres/transaction/session-variables.ts'
import { beginSnapshot } from '../../../postgres/transaction/transaction.ts'
import { readTarget } from '../../catalogue/read-target.ts'
import { assertSupportedSettings } from '../../catalogue/session-settings.ts'
import { tableVersion } from '../../catalogue/table-version.ts'
import { codecsOf, type Target } from '../../catalogue/target.ts'
import type { Resource } from '../../resource/define.ts'
import type { SessionVariables } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import { createRegistry, type Registry } from '../../resource/registry.ts'
import type { StreamOptions } from '../exporter-options.ts'
import { defaultFields } from '../selection/export-fields.ts'
import { scopeTests } from '../selection/export-scope.ts'
import { assertHiddenColumnsStayHidden } from '../selection/hidden-columns.ts'
import { printedTests } from '../selection/printed-tests.ts'
import { type ParsedSelection, readSelection } from '../selection/selection.ts'
import type { ExportPlan, OutputShape } from './export-plan.ts'
import { readShape } from './output-shape.ts'
import { exportQuery } from './query-sql.ts'

/** A request, checked without a database. */
export interface ExportRequest {
  readonly selection: ParsedSelection
  readonly shape: OutputShape
}

/** The caller, and how long hooks may take. */
export interface PlanContext extends Pick<StreamOptions, 'caller'> {
  /** Ends the wait for hooks. */
  readonly signal?: AbortSignal | undefined
}

export interface Planner {
  readonly registry: Registry
  /** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID` */
  read(options: StreamOptions): ExportRequest
  /** @throws LadingError `SCOPE_FAILED`, `RESOURCE_MISMATCH`, `DATABASE_UNAVAILABLE`; `FILTER_INVALID` for a filter that only the catalogue can reject */
  plan(request: ExportRequest, context: PlanContext): Promise<ExportPlan>
  /** The resource with its table from the catalogue. @throws LadingError `RESOURCE_MISMATCH`, `DATABASE_UNAVAILABLE` */
  targetOf(resource: Resource): Promise<Target>
}

/** Fields that `printRow` sees in addition: what it withholds must not depend on the request. */
function unrequestedFields({ resource, fields }: ParsedSelection): readonly Field[] {
  return defaultFields(resource).filter(field => !fields.includes(field))
}

/** @throws LadingError `RESOURCE_INVALID` */
export function createPlanner(
  pool: Pool,
  resources: readonly Resource[],
  sessionVariables: SessionVariables | undefined,
  timeoutSeconds: number,
): Planner {
  const registry = createRegistry(resources)
  const targets = new Map<string, { readonly mark: string; readonly target: Target }>()
  assertHiddenColumnsStayHidden(resources)

  const read = async (client: Client, resource: Resource): Promise<Target> => {
    const { name, table, references } = resource
    const cached = targets.get(name)
    // Before reading the table, so that the next call notices a concurrent change.
    const mark = await tableVersion(client, [table, ...references.map(one => one.table)])
    if (cached?.mark === mark) return cached.target
    await assertSupportedSettings(client)
    const target = await readTarget(client, resource)
    targets.set(name, { mark, target })
    return target
  }
  const targetOf = (resource: Resource): Promise<Target> =>
    withClient(pool, client => read(client, resource), { access: 'read' })
  return {
    registry,
    targetOf,
    read(options) {
      const resource = registry.get(options.resource)
      return { shape: readShape(options), selection: readSelection(resource, options) }
    },
    async plan({ selection, shape }, { caller, signal }) {
      const { resource } = selection
      const timeout = { signal, timeoutSeconds }
      const scope = await scopeTests(resource, caller, timeout)
      const unprinted = resource.printRow === undefined ? [] : unrequestedFields(selection)
      const fields = [...selection.fields, ...unprinted]
      const target = await targetOf(resource)
      const preparedTests = await printedTests(pool, target, [...scope, ...selection.tests], beginSnapshot())
      const { columns, source, rows } = exportQuery(target, { ...selection, fields, tests: preparedTests })
      const count = selection.fields.length
      return {
        resource,
        shape,
        codecOf: codecsOf(target),
        query: { columns: columns.slice(0, count), source },
        rows,
        unprinted: columns.slice(count),
        setupSql: await sessionVariablesSql(sessionVariables, caller, timeout),
      }
    },
  }
}
